using Edge.Quantization.Metrics;
using Edge.Tensors;

namespace Edge.Evaluation.Tasks;

/// <summary>The same as the float model, without any truth.</summary>
/// <param name="metric">How that is measured.</param>
public sealed class AgreementTask(IAccuracyMetric metric) : EvaluationTask
{
    public override string Kind => "agreement with float";

    public override IReadOnlyList<Figure> Figures { get; } = [new(metric.Name, metric.Unit, metric.HigherIsBetter)];

    public override TaskScore Start() => new Score(metric.Start());

    private sealed class Score(IAccuracyScore score) : TaskScore
    {
        public override IReadOnlyList<double> Values => [score.Value];

        public override void Add(int sample, IReadOnlyList<Tensor> reference, IReadOnlyList<Tensor> outputs) => score.Add(sample, reference, outputs);
    }
}
