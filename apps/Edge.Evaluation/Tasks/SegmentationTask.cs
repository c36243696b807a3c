using Edge.Pipeline;
using Edge.Quantization.Metrics;
using Edge.Tensors;

namespace Edge.Evaluation.Tasks;

/// <summary>A class for every pixel.</summary>
/// <param name="labels">Names of the classes; null where nobody gave them.</param>
/// <param name="read">The class of each pixel of the picture, from a model's outputs; negative where it saw nothing.</param>
/// <param name="truth">The class that each pixel has; negative where nobody says.</param>
public sealed class SegmentationTask(Labels? labels, Func<int, IReadOnlyList<Tensor>, int[]> read, Func<int, int[]> truth) : EvaluationTask
{
    public override string Kind => "segmentation";

    public override IReadOnlyList<Figure> Figures { get; } = [new("mean IoU", "%", true)];

    public Labels? Labels { get; } = labels;

    public override TaskScore Start() => new SegmentationScore(read, truth);
}

/// <summary>Overlaps of a <see cref="SegmentationTask"/>.</summary>
public sealed class SegmentationScore : TaskScore
{
    private readonly Func<int, IReadOnlyList<Tensor>, int[]> _read;
    private readonly Func<int, int[]> _truth;

    internal SegmentationScore(Func<int, IReadOnlyList<Tensor>, int[]> read, Func<int, int[]> truth) => (_read, _truth) = (read, truth);

    public MaskOverlap Overlap { get; } = new();

    public override IReadOnlyList<double> Values => [100 * Overlap.Mean];

    public override void Add(int sample, IReadOnlyList<Tensor> reference, IReadOnlyList<Tensor> outputs) => Overlap.Add(_truth(sample), _read(sample, outputs));

    public override void Add(TaskScore other) => Overlap.Add(((SegmentationScore)other).Overlap);
}
