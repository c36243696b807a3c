using Edge.Imaging;
using Edge.Imaging.Preprocessing;
using Edge.Onnx;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Pipeline.Postprocessing.Heads;

/// <summary>
/// Boxes that need no decoding: boxes [1, N, 4] or [N, 4] with either scores [1, N, classes], or scores [1, N] and classes
/// [1, N] (or [N] both), as torchvision, TensorFlow's detection post-processing and UltraFace give them. Further outputs, such as a count, are
/// not needed. What the four numbers mean is said by <see cref="DetectionOptions.BoxForm"/> and
/// <see cref="DetectionOptions.Normalized"/>.
/// </summary>
public sealed class BoxesHead : IDetectionHead
{
    private readonly IReadOnlyList<TensorInfo> _outputs;
    private readonly ModelInput _input;
    private readonly DetectionOptions _options;
    private readonly int _boxes, _scores, _classes;

    /// <exception cref="ModelException">The outputs are not of this form.</exception>
    public BoxesHead(IReadOnlyList<TensorInfo> outputs, ModelInput input, DetectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(options);
        (_outputs, _input, _options) = (outputs, input, options);
        _boxes = Find("box", "loc");
        _scores = Find("score", "conf", "prob");
        _classes = Find("class", "label");
        // Without telling names: the one with four columns are the boxes, the other the scores.
        if (_boxes < 0) _boxes = Enumerable.Range(0, outputs.Count).FirstOrDefault(i => i != _scores && LastSize(i) == 4, -1);
        if (_scores < 0 && outputs.Count == 2 && _boxes >= 0) _scores = 1 - _boxes;
        if (_boxes < 0 || _scores < 0 || _boxes == _scores || LastSize(_boxes) is { } four && four != 4) throw Unsuitable();
        if (_classes >= 0) return;
        if (HeadRules.Rank(outputs[_scores]) is not (3 or 2 or -1)) throw Unsuitable();
        int? classes = LastSize(_scores);
        if (classes is { } c) ScoreTable.Check(c, options.Background, outputs[_scores].Name);
        Classes = classes - (options.Background is null ? 0 : 1);
    }

    public int? Classes { get; }

    public void Decode(IReadOnlyList<Tensor> outputs, float minScore, List<Detection> candidates)
    {
        string boxName = _outputs[_boxes].Name, scoreName = _outputs[_scores].Name;
        Tensor b = outputs[_boxes];
        if (b.Count % 4 != 0 || b.Shape.Rank == 0 || b.Shape[b.Shape.Rank - 1] != 4) throw HeadRules.WrongShape(boxName, b.Shape, "[1, N, 4]");
        int count = b.Count / 4;
        ReadOnlySpan<float> boxes = HeadRules.Floats(b, boxName), scores = HeadRules.Floats(outputs[_scores], scoreName);
        int columns = _classes >= 0 ? 1 : count == 0 ? 1 : scores.Length / count;
        if (scores.Length != columns * count) throw HeadRules.WrongShape(scoreName, outputs[_scores].Shape, $"[1, {count}{(_classes >= 0 ? "" : ", classes")}]");
        if (_classes < 0 && count > 0) ScoreTable.Check(columns, _options.Background, scoreName);
        if (_classes >= 0 && outputs[_classes].Count != count) throw HeadRules.WrongShape(_outputs[_classes].Name, outputs[_classes].Shape, $"[1, {count}]");
        for (int i = 0; i < count; i++)
        {
            (int best, float score) = _classes >= 0
                ? (ClassAt(outputs[_classes], i), Activate(scores[i]))
                : ScoreTable.Best(scores.Slice(i * columns, columns), _options.Activation, _options.Background);
            if (best < 0 || score < minScore) continue;
            HeadRules.Add(candidates, best, score, InPixels(boxes.Slice(4 * i, 4)), boxName);
        }
    }

    /// <summary>The class of a box, background not counted; −1 for the background itself.</summary>
    private int ClassAt(Tensor classes, int i)
    {
        long id = classes.Type switch
        {
            DataType.Int64 => classes.AsSpan<long>()[i],
            DataType.Int32 => classes.AsSpan<int>()[i],
            DataType.Float32 => (long)classes.AsSpan<float>()[i],
            _ => throw new ModelException($"output '{_outputs[_classes].Name}' is {classes.Type.OnnxName()}; classes are read from int64, int32 and float"),
        };
        if (id is < 0 or > 100_000) throw new ModelException($"output '{_outputs[_classes].Name}' holds class {id}");
        if (_options.Background is not { } background) return (int)id;
        return id == background ? -1 : (int)(id > background ? id - 1 : id);
    }

    private float Activate(float score) => _options.Activation == Activation.Sigmoid ? HeadRules.Sigmoid(score) : score;

    private Box InPixels(ReadOnlySpan<float> v)
    {
        Box box = _options.BoxForm switch
        {
            BoxForm.CornersYx => new Box(v[1], v[0], v[3], v[2]),
            BoxForm.Center => Box.FromCenter(v[0], v[1], v[2], v[3]),
            _ => new Box(v[0], v[1], v[2], v[3]),
        };
        return _options.Normalized
            ? new Box(box.Left * _input.Width, box.Top * _input.Height, box.Right * _input.Width, box.Bottom * _input.Height)
            : box;
    }

    private int Find(params ReadOnlySpan<string> parts)
    {
        for (int i = 0; i < _outputs.Count; i++)
        {
            foreach (string part in parts)
            {
                if (_outputs[i].Name.Contains(part, StringComparison.OrdinalIgnoreCase)) return i;
            }
        }
        return -1;
    }

    private int? LastSize(int output) => HeadRules.Rank(_outputs[output]) is var rank and > 0 ? HeadRules.Fixed(_outputs[output], rank - 1) : null;

    private ModelException Unsuitable() => HeadRules.WrongOutputs(
        "boxes", _outputs, "boxes [1, N, 4] and scores [1, N, classes], or boxes, scores [1, N] and classes [1, N]");
}
