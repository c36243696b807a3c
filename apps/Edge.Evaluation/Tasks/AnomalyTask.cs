using Edge.Onnx;
using Edge.Pipeline.Postprocessing;
using Edge.Quantization.Metrics;
using Edge.Tensors;

namespace Edge.Evaluation.Tasks;

/// <summary>Tells good samples from others by one number.</summary>
public sealed class AnomalyTask : EvaluationTask
{
    /// <summary>What folders and labels of good samples are called.</summary>
    private static readonly string[] s_good = ["good", "normal", "ok", "free", "healthy", "negative", "0"];

    private readonly IReadOnlyList<bool> _positive;
    private readonly Func<int, IReadOnlyList<Tensor>, double> _score;

    /// <param name="positive">Whether each sample is an anomaly.</param>
    /// <param name="score">How unusual a model finds a sample, from its outputs.</param>
    public AnomalyTask(IReadOnlyList<bool> positive, Func<int, IReadOnlyList<Tensor>, double> score) => (_positive, _score) = (positive, score);

    public override string Kind => "anomaly detection";

    public override IReadOnlyList<Figure> Figures { get; } = [new("AUROC", "", true)];

    public override TaskScore Start() => new Score(_positive, _score);

    /// <summary>Whether a label means that nothing is wrong.</summary>
    public static bool IsGood(string label) => s_good.Contains(label, StringComparer.OrdinalIgnoreCase);

    /// <summary>The first number of the first output.</summary>
    /// <exception cref="ModelException">There is none.</exception>
    public static double FirstNumber(int sample, IReadOnlyList<Tensor> outputs) =>
        TensorNumbers.Of(outputs[0]) is [var first, ..] ? first : throw new ModelException($"sample {sample}: the first output is empty");

    /// <summary>The reconstruction error of an autoencoder's first output.</summary>
    /// <param name="input">What the model was given for a sample.</param>
    public static Func<int, IReadOnlyList<Tensor>, double> Reconstruction(Func<int, IReadOnlyList<Tensor>> input) =>
        (sample, outputs) => AnomalyScore.MeanSquaredError(input(sample)[0], outputs[0]);

    private sealed class Score(IReadOnlyList<bool> positive, Func<int, IReadOnlyList<Tensor>, double> score) : TaskScore
    {
        private readonly RocArea _area = new();

        public override IReadOnlyList<double> Values => [_area.Value];

        public override void Add(int sample, IReadOnlyList<Tensor> reference, IReadOnlyList<Tensor> outputs) => _area.Add(score(sample, outputs), positive[sample]);

        public override void Add(TaskScore other) => _area.Add(((Score)other)._area);
    }
}
