using Edge.Imaging;
using Edge.Imaging.Preprocessing;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Pipeline.Postprocessing.Heads;

/// <summary>
/// NanoDet (RangiLyu) with separate outputs, as in OpenCV's model zoo: for each grid, scores [1, cells, classes] with the sigmoid
/// applied and box distributions [1, cells, 4 · bins], rows before columns; the grids' strides follow from their sizes. Each of the
/// distances left, top, right, bottom from the cell's centre is the mean of a softmax over bins 0, 1, …, in strides
/// (generalized focal loss, Li et al. 2020, eq. 3).
/// </summary>
public sealed class NanoDetHead : IDetectionHead
{
    private static readonly int[] Strides = [8, 16, 32, 64];
    private readonly ModelInput _input;
    private readonly List<Grid> _grids = [];
    private readonly IReadOnlyList<TensorInfo> _outputs;
    private readonly int _bins;

    private readonly record struct Grid(int Scores, int Boxes, int Stride, int Columns, int Cells);

    /// <exception cref="Onnx.ModelException">The outputs are not of this form.</exception>
    public NanoDetHead(IReadOnlyList<TensorInfo> outputs, ModelInput input)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(input);
        (_outputs, _input) = (outputs, input);
        foreach (int stride in Strides)
        {
            // ceil: NanoDet's grids cover the border of inputs that are no multiple of the stride.
            int columns = (input.Width + stride - 1) / stride, cells = columns * ((input.Height + stride - 1) / stride);
            int[] pair = [.. Enumerable.Range(0, outputs.Count).Where(i => HeadRules.Rank(outputs[i]) == 3 && HeadRules.Fixed(outputs[i], 1) == cells)];
            if (pair.Length == 0) continue;
            if (pair.Length != 2) throw Unsuitable();
            _grids.Add(new Grid(pair[0], pair[1], stride, columns, cells));
        }
        if (_grids.Count == 0 || _grids.Count * 2 != outputs.Count) throw Unsuitable();
        // Boxes are as wide in every grid, a multiple of four; scores come first where that does not tell them apart.
        int first = Width(_grids[0].Scores), second = Width(_grids[0].Boxes);
        if (second % 4 != 0 || second <= 4) (first, second) = (second, first);
        for (int i = 0; i < _grids.Count; i++)
        {
            var g = _grids[i];
            if (Width(g.Scores) != first) _grids[i] = g = g with { Scores = g.Boxes, Boxes = g.Scores };
            if (Width(g.Scores) != first || Width(g.Boxes) != second) throw Unsuitable();
        }
        if (second % 4 != 0 || second <= 4 || first < 1) throw Unsuitable();
        (Classes, _bins) = (first, second / 4);
    }

    public int? Classes { get; }

    public void Decode(IReadOnlyList<Tensor> outputs, float minScore, List<Detection> candidates)
    {
        int classes = Classes!.Value;
        foreach (var (s, b, stride, columns, cells) in _grids)
        {
            if (outputs[s].Count != cells * classes) throw HeadRules.WrongShape(_outputs[s].Name, outputs[s].Shape, $"[1, {cells}, {classes}]");
            if (outputs[b].Count != cells * 4 * _bins) throw HeadRules.WrongShape(_outputs[b].Name, outputs[b].Shape, $"[1, {cells}, {4 * _bins}]");
            ReadOnlySpan<float> scores = HeadRules.Floats(outputs[s], _outputs[s].Name), boxes = HeadRules.Floats(outputs[b], _outputs[b].Name);
            for (int i = 0; i < cells; i++)
            {
                ReadOnlySpan<float> cell = scores.Slice(i * classes, classes);
                int best = HeadRules.Best(cell);
                if (cell[best] < minScore) continue;
                float x = (i % columns + 0.5f) * stride, y = (i / columns + 0.5f) * stride;
                ReadOnlySpan<float> d = boxes.Slice(i * 4 * _bins, 4 * _bins);
                var box = new Box(
                    x - Distance(d[.._bins]) * stride, y - Distance(d.Slice(_bins, _bins)) * stride,
                    x + Distance(d.Slice(2 * _bins, _bins)) * stride, y + Distance(d[(3 * _bins)..]) * stride);
                HeadRules.Add(candidates, best, cell[best], box, _outputs[s].Name);
            }
        }
    }

    /// <summary>The mean of the softmax distribution over 0, 1, 2, …</summary>
    internal static float Distance(ReadOnlySpan<float> bins)
    {
        float max = bins[HeadRules.Best(bins)], sum = 0, mean = 0;
        for (int i = 0; i < bins.Length; i++)
        {
            float p = HeadRules.Exp(bins[i] - max);
            sum += p;
            mean += i * p;
        }
        return mean / sum;
    }

    private int Width(int output) => HeadRules.Fixed(_outputs[output], 2) ?? 0;

    private Onnx.ModelException Unsuitable() => HeadRules.WrongOutputs(
        "nanodet", _outputs, $"for each stride of {string.Join(", ", Strides)} that is used, one of [1, cells, classes] and one of [1, cells, 4·bins] over {_input.Width}x{_input.Height}");
}
