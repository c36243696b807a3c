using Edge.Quantization.Metrics;
using Edge.Tensors;

namespace Edge.Evaluation.Tasks;

/// <summary>One number a sample.</summary>
/// <param name="truth">What the number should be.</param>
/// <param name="read">Reads it from a model's outputs.</param>
public sealed class RegressionTask(IReadOnlyList<double> truth, Func<int, IReadOnlyList<Tensor>, double> read) : EvaluationTask
{
    public override string Kind => "regression";

    public override IReadOnlyList<Figure> Figures { get; } = [new("RMSE", "", false), new("MAE", "", false)];

    public override TaskScore Start() => new Score(truth, read);

    private sealed class Score(IReadOnlyList<double> truth, Func<int, IReadOnlyList<Tensor>, double> read) : TaskScore
    {
        private readonly ErrorSum _error = new();

        public override IReadOnlyList<double> Values => [_error.RootMeanSquared, _error.MeanAbsolute];

        public override void Add(int sample, IReadOnlyList<Tensor> reference, IReadOnlyList<Tensor> outputs) => _error.Add(truth[sample], read(sample, outputs));

        public override void Add(TaskScore other) => _error.Add(((Score)other)._error);
    }
}

/// <summary>The input once more: an autoencoder, held to what it was given.</summary>
/// <param name="input">What the model was given for a sample.</param>
public sealed class ReconstructionTask(Func<int, IReadOnlyList<Tensor>> input) : EvaluationTask
{
    public override string Kind => "reconstruction";

    public override IReadOnlyList<Figure> Figures { get; } = [new("mean squared error", "", false)];

    public override TaskScore Start() => new Score(input);

    private sealed class Score(Func<int, IReadOnlyList<Tensor>> input) : TaskScore
    {
        private readonly ErrorSum _error = new();

        public override IReadOnlyList<double> Values => [_error.MeanSquared];

        public override void Add(int sample, IReadOnlyList<Tensor> reference, IReadOnlyList<Tensor> outputs) =>
            _error.Add(TensorNumbers.Of(input(sample)[0]), TensorNumbers.Of(outputs[0]));

        public override void Add(TaskScore other) => _error.Add(((Score)other)._error);
    }
}
