using Edge.Imaging;
using Edge.Imaging.Preprocessing;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Pipeline.Postprocessing.Heads;

/// <summary>
/// YOLOX (Ge et al. 2021) as its authors export it: one output [1, N, 5 + classes] over the grids of strides 8, 16 and 32,
/// finest first, rows before columns. Per cell: centre offset and log size in units of the stride, objectness and class
/// scores with the sigmoid applied. Score = objectness · class.
/// </summary>
public sealed class YoloxHead : IDetectionHead
{
    private static readonly int[] Strides = [8, 16, 32];
    private readonly string _name;
    private readonly ModelInput _input;

    /// <exception cref="Onnx.ModelException">The outputs are not of this form.</exception>
    public YoloxHead(IReadOnlyList<TensorInfo> outputs, ModelInput input)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(input);
        if (outputs.Count != 1 || HeadRules.Rank(outputs[0]) is not (3 or -1)) throw HeadRules.WrongOutputs("yolox", outputs, "one of [1, N, 5 + classes]");
        (_name, _input) = (outputs[0].Name, input);
        Classes = HeadRules.Fixed(outputs[0], 2) - 5;
    }

    public int? Classes { get; }

    /// <summary>Cells of all grids over an input of this size.</summary>
    internal static int Cells(int width, int height) => Strides.Sum(s => width / s * (height / s));

    public void Decode(IReadOnlyList<Tensor> outputs, float minScore, List<Detection> candidates)
    {
        Tensor output = outputs[0];
        int cells = Cells(_input.Width, _input.Height);
        if (output.Shape.Rank != 3 || output.Shape[1] != cells || output.Shape[2] < 6) throw HeadRules.WrongShape(_name, output.Shape, $"[1, {cells}, 5 + classes]");
        ReadOnlySpan<float> values = HeadRules.Floats(output, _name);
        int step = output.Shape[2];
        foreach (int stride in Strides)
        {
            int columns = _input.Width / stride, count = columns * (_input.Height / stride);
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<float> cell = values.Slice(i * step, step);
                int best = HeadRules.Best(cell[5..]);
                float score = cell[4] * cell[5 + best];
                if (score < minScore) continue;
                float x = (cell[0] + i % columns) * stride, y = (cell[1] + i / columns) * stride;
                Box box = Box.FromCenter(x, y, HeadRules.Exp(cell[2]) * stride, HeadRules.Exp(cell[3]) * stride);
                HeadRules.Add(candidates, best, score, box, _name);
            }
            values = values[(count * step)..];
        }
    }
}
