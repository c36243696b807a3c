using Edge.Quantization.Metrics;
using Edge.Tensors;

namespace Edge.Evaluation.Tasks;

/// <summary>The same as the float model, without any truth.</summary>
/// <param name="metric">How that is measured.</param>
public sealed class AgreementTask(IAccuracyMetric metric) : EvaluationTask
{
    public override string Kind => "agreement with float";

    public override IReadOnlyList<Figure> Figures { get; } = [new(metric.Name, metric.Unit, metric.HigherIsBetter, metric.CountsAnswers)];

    public override TaskScore Start() => new Score(metric.Start());

    private sealed class Score(IAccuracyScore score) : TaskScore
    {
        private readonly IAccuracyScore _score = score;

        public override IReadOnlyList<double> Values => [_score.Value];

        public override void Add(int sample, IReadOnlyList<Tensor> reference, IReadOnlyList<Tensor> outputs) => _score.Add(sample, reference, outputs);

        public override void Add(TaskScore other) => _score.Add(((Score)other)._score);
    }
}
