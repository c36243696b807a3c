using Edge.Imaging;
using Edge.Imaging.Preprocessing;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Pipeline.Postprocessing.Heads;

/// <summary>
/// FastestDet (dog-qiuqiu): one output [1, 5 + classes, rows, columns] of a single grid. Planes: objectness (sigmoid applied);
/// centre offsets, to be put through tanh, in cells from the cell's corner; width and height, to be put through the sigmoid, as
/// parts of the input; class scores (softmax applied). Score = objectness^0.6 · class^0.4.
/// </summary>
public sealed class FastestDetHead : IDetectionHead
{
    private readonly string _name;
    private readonly ModelInput _input;
    private float[] _best = [];
    private int[] _class = [];

    /// <exception cref="Onnx.ModelException">The outputs are not of this form.</exception>
    public FastestDetHead(IReadOnlyList<TensorInfo> outputs, ModelInput input)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(input);
        if (outputs.Count != 1 || HeadRules.Rank(outputs[0]) is not (4 or -1)) throw HeadRules.WrongOutputs("fastestdet", outputs, "one of [1, 5 + classes, rows, columns]");
        (_name, _input) = (outputs[0].Name, input);
        Classes = HeadRules.Fixed(outputs[0], 1) - 5;
    }

    public int? Classes { get; }

    public void Decode(IReadOnlyList<Tensor> outputs, float minScore, List<Detection> candidates)
    {
        Tensor output = outputs[0];
        if (output.Shape.Rank != 4 || output.Shape[1] < 6) throw HeadRules.WrongShape(_name, output.Shape, "[1, 5 + classes, rows, columns]");
        int rows = output.Shape[2], columns = output.Shape[3], cells = rows * columns;
        ReadOnlySpan<float> values = HeadRules.Floats(output, _name);
        if (_best.Length < cells) (_best, _class) = (new float[cells], new int[cells]);
        HeadRules.BestOfPlanes(values[(5 * cells)..], _best.AsSpan(0, cells), _class);
        for (int i = 0; i < cells; i++)
        {
            float score = (float)(Math.Pow(values[i], 0.6) * Math.Pow(_best[i], 0.4));
            if (score < minScore) continue;
            float x = (i % columns + HeadRules.Tanh(values[cells + i])) / columns, y = (i / columns + HeadRules.Tanh(values[2 * cells + i])) / rows;
            float width = HeadRules.Sigmoid(values[3 * cells + i]), height = HeadRules.Sigmoid(values[4 * cells + i]);
            Box box = Box.FromCenter(x * _input.Width, y * _input.Height, width * _input.Width, height * _input.Height);
            HeadRules.Add(candidates, _class[i], score, box, _name);
        }
    }
}
