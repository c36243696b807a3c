using Edge.Pipeline;
using Edge.Quantization.Metrics.Boxes;
using Edge.Tensors;

namespace Edge.Evaluation.Tasks;

/// <summary>Reads the boxes of a sample from a model's outputs, in pixels of its picture.</summary>
/// <param name="sample">Position of the sample.</param>
/// <param name="outputs">Of the model.</param>
public delegate IReadOnlyList<ObjectBox> BoxReader(int sample, IReadOnlyList<Tensor> outputs);

/// <summary>Objects with their boxes.</summary>
/// <param name="labels">Names of the classes.</param>
/// <param name="read">Reads what a model found, down to low scores: precision is measured over all of them.</param>
/// <param name="truth">What is there.</param>
public sealed class DetectionTask(Labels labels, BoxReader read, Func<int, IReadOnlyList<ObjectBox>> truth) : EvaluationTask
{
    public override string Kind => "detection";

    public override IReadOnlyList<Figure> Figures { get; } = [new("mAP@0.5", "%", true), new("mAP@0.5:0.95", "%", true)];

    public Labels Labels { get; } = labels;

    public override TaskScore Start() => new DetectionScore(read, truth);
}

/// <summary>Precision of a <see cref="DetectionTask"/>.</summary>
public sealed class DetectionScore : TaskScore
{
    private readonly BoxReader _read;
    private readonly Func<int, IReadOnlyList<ObjectBox>> _truth;

    internal DetectionScore(BoxReader read, Func<int, IReadOnlyList<ObjectBox>> truth) => (_read, _truth) = (read, truth);

    public AveragePrecision Precision { get; } = new();

    public override IReadOnlyList<double> Values => [100 * Precision.At50, 100 * Precision.At50To95];

    public override void Add(int sample, IReadOnlyList<Tensor> reference, IReadOnlyList<Tensor> outputs) => Precision.Add(_truth(sample), _read(sample, outputs));

    public override void Add(TaskScore other) => Precision.Add(((DetectionScore)other).Precision);
}

/// <summary>The same boxes as the float model, without any truth.</summary>
/// <param name="read">Reads what a model found, at the score from which on it counts.</param>
public sealed class BoxAgreementTask(BoxReader read) : EvaluationTask
{
    public override string Kind => "agreement of boxes";

    public override IReadOnlyList<Figure> Figures { get; } = [new("boxes as float", "%", true), new("boxes kept", "%", true), new("boxes confirmed", "%", true)];

    public override TaskScore Start() => new Score(read);

    private sealed class Score(BoxReader read) : TaskScore
    {
        private readonly BoxAgreement _agreement = new();

        public override IReadOnlyList<double> Values => [100 * _agreement.Share, 100 * _agreement.Kept, 100 * _agreement.Confirmed];

        public override void Add(int sample, IReadOnlyList<Tensor> reference, IReadOnlyList<Tensor> outputs) => _agreement.Add(read(sample, reference), read(sample, outputs));

        public override void Add(TaskScore other) => _agreement.Add(((Score)other)._agreement);
    }
}
