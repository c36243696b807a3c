using Edge.Onnx;

namespace Edge.Quantization.Rewrite.Opset;

/// <summary>
/// Upsample and Resize-10 sample at <c>x_original = x_resized / scale</c> (asymmetric) and, for nearest, take the pixel
/// below, which Resize-11 names <c>asymmetric</c> and <c>floor</c>.
/// </summary>
internal static class ResizeConversions
{
    public static void UpsampleScalesToInput(OpsetConversion c)
    {
        float[] scales = c.Node.Floats("scales") ?? throw c.Error("attribute scales is missing");
        c.Node.SetInput(1, c.Graph.AddConstant(TensorValues.Vector(c.Node.Outputs[0] + "_scales", scales)));
        c.Node.RemoveAttribute("scales");
    }

    public static void UpsampleToResize(OpsetConversion c) => ToResize11(c);

    public static void Resize10(OpsetConversion c)
    {
        // Which pixel nearest takes when it shrinks was not defined, and engines differ.
        if (c.Node.Text("mode", "nearest") == "nearest"
            && (c.Graph.Constant(c.Node.Input(1)) is not { IsFloat: true } scales || scales.Floats().Any(s => s < 1)))
        {
            throw c.Error("nearest neighbour with scales that may be below 1");
        }
        ToResize11(c);
    }

    /// <summary>GridSample-20 has other names for its modes.</summary>
    public static void GridSample(OpsetConversion c) => c.Node.Set("mode", c.Node.Text("mode", "bilinear") switch
    {
        "bilinear" => "linear",
        "bicubic" => "cubic",
        var same => same,
    });

    private static void ToResize11(OpsetConversion c)
    {
        NodeProto node = c.Node;
        string mode = node.Text("mode", "nearest");
        string scales = node.Input(1);
        node.OpType = "Resize";
        node.Inputs = [node.Inputs[0], "", scales];
        node.Set("mode", mode == "bilinear" ? "linear" : mode);
        node.Set("coordinate_transformation_mode", "asymmetric");
        if (mode == "nearest") node.Set("nearest_mode", "floor");
        c.Graph.Changed();
    }
}
