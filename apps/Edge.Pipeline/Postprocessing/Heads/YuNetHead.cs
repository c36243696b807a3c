using Edge.Imaging;
using Edge.Imaging.Preprocessing;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Pipeline.Postprocessing.Heads;

/// <summary>
/// YuNet (Wu et al. 2023; libfacedetection, OpenCV's face detector): for each stride 8, 16, 32 outputs <c>cls_S</c> and
/// <c>obj_S</c> [1, cells, 1] in 0…1 and <c>bbox_S</c> [1, cells, 4], rows before columns. The score is the root of the product
/// of the two; boxes are the centre's offset from the cell's corner and the logarithms of width and height, in strides.
/// Landmarks (<c>kps_S</c>) are not read.
/// </summary>
public sealed class YuNetHead : IDetectionHead
{
    private static readonly int[] s_strides = [8, 16, 32];
    private readonly List<Grid> _grids = [];
    private readonly IReadOnlyList<TensorInfo> _outputs;

    private readonly record struct Grid(int Class, int Object, int Boxes, int Stride, int Columns, int Cells);

    /// <exception cref="Onnx.ModelException">The outputs are not of this form.</exception>
    public YuNetHead(IReadOnlyList<TensorInfo> outputs, ModelInput input)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(input);
        _outputs = outputs;
        foreach (int stride in s_strides)
        {
            int columns = input.Width / stride;
            var grid = new Grid(Find($"cls_{stride}"), Find($"obj_{stride}"), Find($"bbox_{stride}"), stride, columns, columns * (input.Height / stride));
            if (Math.Min(grid.Class, Math.Min(grid.Object, grid.Boxes)) < 0)
                throw HeadRules.WrongOutputs("yunet", outputs, $"cls_S, obj_S and bbox_S for S of {string.Join(", ", s_strides)}");
            _grids.Add(grid);
        }
    }

    public int? Classes => 1;

    public void Decode(IReadOnlyList<Tensor> outputs, float minScore, List<Detection> candidates)
    {
        foreach (Grid g in _grids)
        {
            ReadOnlySpan<float> face = Read(outputs, g.Class, g.Cells), there = Read(outputs, g.Object, g.Cells), boxes = Read(outputs, g.Boxes, 4 * g.Cells);
            for (int i = 0; i < g.Cells; i++)
            {
                float score = MathF.Sqrt(Math.Clamp(face[i], 0, 1) * Math.Clamp(there[i], 0, 1));
                if (score < minScore) continue;
                ReadOnlySpan<float> b = boxes.Slice(4 * i, 4);
                var box = Box.FromCenter(
                    (i % g.Columns + b[0]) * g.Stride, (i / g.Columns + b[1]) * g.Stride, HeadRules.Exp(b[2]) * g.Stride, HeadRules.Exp(b[3]) * g.Stride);
                HeadRules.Add(candidates, 0, score, box, _outputs[g.Class].Name);
            }
        }
    }

    private ReadOnlySpan<float> Read(IReadOnlyList<Tensor> outputs, int output, int count) => outputs[output].Count == count
        ? HeadRules.Floats(outputs[output], _outputs[output].Name)
        : throw HeadRules.WrongShape(_outputs[output].Name, outputs[output].Shape, $"{count} values for this input");

    private int Find(string name)
    {
        for (int i = 0; i < _outputs.Count; i++)
            if (_outputs[i].Name == name) return i;
        return -1;
    }
}
