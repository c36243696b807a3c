using Edge.Imaging;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Pipeline.Postprocessing.Heads;

/// <summary>
/// YOLOv8 (Ultralytics) as exported to ONNX, YOLO11 likewise: one output [1, 4 + classes, N], a plane a number: centre and size
/// in input pixels, then class scores with the sigmoid applied. There is no objectness.
/// </summary>
public sealed class YoloV8Head : IDetectionHead
{
    private readonly string _name;
    private float[] _best = [];
    private int[] _class = [];

    /// <exception cref="Onnx.ModelException">The outputs are not of this form.</exception>
    public YoloV8Head(IReadOnlyList<TensorInfo> outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        if (outputs.Count != 1 || HeadRules.Rank(outputs[0]) is not (3 or -1)) throw HeadRules.WrongOutputs("yolov8", outputs, "one of [1, 4 + classes, N]");
        _name = outputs[0].Name;
        Classes = HeadRules.Fixed(outputs[0], 1) - 4;
    }

    public int? Classes { get; }

    public void Decode(IReadOnlyList<Tensor> outputs, float minScore, List<Detection> candidates)
    {
        Tensor output = outputs[0];
        if (output.Shape.Rank != 3 || output.Shape[1] < 5) throw HeadRules.WrongShape(_name, output.Shape, "[1, 4 + classes, N]");
        ReadOnlySpan<float> values = HeadRules.Floats(output, _name);
        int cells = output.Shape[2];
        if (_best.Length < cells) (_best, _class) = (new float[cells], new int[cells]);
        HeadRules.BestOfPlanes(values[(4 * cells)..], _best.AsSpan(0, cells), _class);
        for (int i = 0; i < cells; i++)
        {
            if (_best[i] < minScore) continue;
            Box box = Box.FromCenter(values[i], values[cells + i], values[2 * cells + i], values[3 * cells + i]);
            HeadRules.Add(candidates, _class[i], _best[i], box, _name);
        }
    }
}
