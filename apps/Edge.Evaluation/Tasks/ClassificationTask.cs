using Edge.Onnx;
using Edge.Pipeline;
using Edge.Quantization.Metrics;
using Edge.Tensors;

namespace Edge.Evaluation.Tasks;

/// <summary>One class a sample.</summary>
public sealed class ClassificationTask : EvaluationTask
{
    private static readonly Figure[] s_figures = [new("top-1", "%", true, true), new("top-5", "%", true, true), new("macro F1", "%", true)];

    private readonly IReadOnlyList<int> _truth;
    private readonly int _output, _firstClass;
    private readonly bool _isLabel;

    /// <param name="labels">Names of the classes.</param>
    /// <param name="truth">The class of each sample.</param>
    /// <param name="output">Position of the output that is read.</param>
    /// <param name="firstClass">Place of class 0 in it.</param>
    /// <param name="isLabel">The output holds the class itself instead of a score for each.</param>
    public ClassificationTask(Labels labels, IReadOnlyList<int> truth, int output = 0, int firstClass = 0, bool isLabel = false)
    {
        (Labels, _truth, _output, _firstClass, _isLabel) = (labels, truth, output, firstClass, isLabel);
        // Among five classes or fewer, or with a label alone, the best five say nothing.
        Figures = isLabel || labels.Count <= 5 ? [s_figures[0], s_figures[2]] : s_figures;
    }

    public override string Kind => "classification";

    public override IReadOnlyList<Figure> Figures { get; }

    public Labels Labels { get; }

    public override TaskScore Start() => new ClassificationScore(this);

    /// <summary>The class of a sample.</summary>
    public int Truth(int sample) => _truth[sample];

    internal (int Predicted, int Rank) Judge(int sample, IReadOnlyList<Tensor> outputs)
    {
        double[] scores = TensorNumbers.Of(outputs[_output]);
        if (_isLabel)
        {
            int answer = scores.Length == 1 ? (int)scores[0] : throw new ModelException($"output {_output} is {outputs[_output]}, where one label a sample is expected");
            return (answer, answer == _truth[sample] ? 0 : int.MaxValue);
        }
        if (scores.Length - _firstClass != Labels.Count) throw new ModelException($"output {_output} is {outputs[_output]}, where {Labels.Count} classes are expected");
        ReadOnlySpan<double> classes = scores.AsSpan(_firstClass);
        return (TensorNumbers.ArgMax(classes), Ranking.Of(classes, _truth[sample]));
    }
}

/// <summary>Counts of a <see cref="ClassificationTask"/>.</summary>
public sealed class ClassificationScore : TaskScore
{
    private readonly ClassificationTask _task;
    private int _samples, _among5;

    internal ClassificationScore(ClassificationTask task) => _task = task;

    public ConfusionMatrix Confusion { get; } = new();

    public override IReadOnlyList<double> Values
    {
        get
        {
            double top1 = 100 * Confusion.Accuracy, f1 = 100 * Confusion.MacroF1;
            return _task.Figures.Count == 2 ? [top1, f1] : [top1, _samples == 0 ? double.NaN : 100.0 * _among5 / _samples, f1];
        }
    }

    public override void Add(int sample, IReadOnlyList<Tensor> reference, IReadOnlyList<Tensor> outputs)
    {
        (int predicted, int rank) = _task.Judge(sample, outputs);
        Confusion.Add(_task.Truth(sample), predicted);
        _samples++;
        if (rank < 5) _among5++;
    }

    public override void Add(TaskScore other)
    {
        var more = (ClassificationScore)other;
        Confusion.Add(more.Confusion);
        _samples += more._samples;
        _among5 += more._among5;
    }
}
