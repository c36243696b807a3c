using Edge.Onnx;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Quantization.Metrics;

/// <summary>
/// How often a model gives the same answers as the float model, in percent: of each sample, the share of answers that are the
/// same in the output that agrees least. An answer is the best class of a row of scores, whether a probability is above one
/// half, or a label; outputs of other kinds are left out. This is what there is to hold a classifier to without labels.
/// </summary>
public sealed class AgreementMetric : IAccuracyMetric
{
    private readonly IReadOnlyList<OutputKind> _kinds;

    /// <param name="kinds">One an output; at least one that gives answers.</param>
    /// <exception cref="ArgumentException">No output gives answers.</exception>
    public AgreementMetric(IReadOnlyList<OutputKind> kinds)
    {
        ArgumentNullException.ThrowIfNull(kinds);
        if (kinds.All(k => k == OutputKind.Values)) throw new ArgumentException("no output gives answers that could agree", nameof(kinds));
        _kinds = kinds;
    }

    public string Name => "agreement with float";

    public string Unit => "%";

    public bool HigherIsBetter => true;

    public bool CountsAnswers => true;

    /// <summary>The metric for a model without labels: agreement of its answers, or the error of its numbers where it gives no answers.</summary>
    /// <param name="graph">Of the model; null where only its declarations are known.</param>
    /// <param name="inputs">The model's inputs.</param>
    /// <param name="outputs">The model's outputs.</param>
    public static IAccuracyMetric For(GraphProto? graph, IReadOnlyList<TensorInfo> inputs, IReadOnlyList<TensorInfo> outputs)
    {
        IReadOnlyList<OutputKind> kinds = OutputKinds.Of(graph, inputs, outputs);
        return kinds.All(k => k == OutputKind.Values) ? new RelativeErrorMetric() : new AgreementMetric(kinds);
    }

    public IAccuracyScore Start() => new Score(_kinds);

    private sealed class Score(IReadOnlyList<OutputKind> kinds) : IAccuracyScore
    {
        private double _agreed;
        private int _samples;

        public double Value => _samples == 0 ? double.NaN : 100 * _agreed / _samples;

        public void Add(int sample, IReadOnlyList<Tensor> reference, IReadOnlyList<Tensor> outputs)
        {
            double least = 1;
            for (int i = 0; i < kinds.Count; i++)
            {
                if (kinds[i] == OutputKind.Values) continue;
                if (reference[i].Shape != outputs[i].Shape) throw new ModelException($"output {i} of sample {sample} is {outputs[i]}, where the float model gives {reference[i]}");
                least = Math.Min(least, Same(kinds[i], TensorNumbers.Of(reference[i]), TensorNumbers.Of(outputs[i])));
            }
            _agreed += least;
            _samples++;
        }

        public void Add(IAccuracyScore other)
        {
            var more = (Score)other;
            _agreed += more._agreed;
            _samples += more._samples;
        }

        private static double Same(OutputKind kind, double[] a, double[] b)
        {
            if (kind == OutputKind.Classes) return TensorNumbers.ArgMax(a) == TensorNumbers.ArgMax(b) ? 1 : 0;
            int same = 0;
            for (int i = 0; i < a.Length; i++)
                if (kind == OutputKind.Labels ? a[i] == b[i] : a[i] > 0.5 == b[i] > 0.5) same++;
            return a.Length == 0 ? 1 : (double)same / a.Length;
        }
    }
}
