using Edge.Imaging;
using Edge.Imaging.Preprocessing;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Pipeline.Postprocessing.Heads;

/// <summary>
/// One grid without anchors, after FCOS (Tian et al. 2019): outputs <c>scores</c> [1, classes, rows, columns] with the sigmoid
/// applied, and <c>boxes</c> [1, 4, rows, columns]: distances left, top, right, bottom from the cell's centre in units of the cell.
/// A cell has input size / grid size pixels.
/// </summary>
public sealed class GridHead : IDetectionHead
{
    private readonly ModelInput _input;
    private readonly int _scores, _boxes;
    private float[] _best = [];
    private int[] _class = [];

    /// <exception cref="Onnx.ModelException">The outputs are not of this form.</exception>
    public GridHead(IReadOnlyList<TensorInfo> outputs, ModelInput input)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(input);
        _input = input;
        _scores = Find(outputs, "scores");
        _boxes = Find(outputs, "boxes");
        if (_scores < 0 || _boxes < 0 || HeadRules.Rank(outputs[_scores]) is not (4 or -1) || HeadRules.Rank(outputs[_boxes]) is not (4 or -1))
            throw HeadRules.WrongOutputs("grid", outputs, "'scores' [1, classes, rows, columns] and 'boxes' [1, 4, rows, columns]");
        Classes = HeadRules.Fixed(outputs[_scores], 1);
    }

    public int? Classes { get; }

    public void Decode(IReadOnlyList<Tensor> outputs, float minScore, List<Detection> candidates)
    {
        Shape shape = outputs[_scores].Shape, boxShape = outputs[_boxes].Shape;
        if (shape.Rank != 4) throw HeadRules.WrongShape("scores", shape, "[1, classes, rows, columns]");
        int rows = shape[2], columns = shape[3], cells = rows * columns;
        if (boxShape != new Shape(1, 4, rows, columns)) throw HeadRules.WrongShape("boxes", boxShape, $"[1, 4, {rows}, {columns}]");
        ReadOnlySpan<float> boxes = HeadRules.Floats(outputs[_boxes], "boxes");
        if (_best.Length < cells) (_best, _class) = (new float[cells], new int[cells]);
        HeadRules.BestOfPlanes(HeadRules.Floats(outputs[_scores], "scores"), _best.AsSpan(0, cells), _class);
        float cellWidth = (float)_input.Width / columns, cellHeight = (float)_input.Height / rows;
        for (int i = 0; i < cells; i++)
        {
            if (_best[i] < minScore) continue;
            float x = i % columns + 0.5f, y = i / columns + 0.5f;
            var box = new Box(
                (x - boxes[i]) * cellWidth, (y - boxes[cells + i]) * cellHeight,
                (x + boxes[2 * cells + i]) * cellWidth, (y + boxes[3 * cells + i]) * cellHeight);
            HeadRules.Add(candidates, _class[i], _best[i], box, "boxes");
        }
    }

    internal static int Find(IReadOnlyList<TensorInfo> outputs, string name)
    {
        for (int i = 0; i < outputs.Count; i++)
        {
            if (outputs[i].Name == name) return i;
        }
        return -1;
    }
}
