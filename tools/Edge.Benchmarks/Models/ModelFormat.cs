using Edge.Benchmarks.Architectures;
using Edge.Onnx;

namespace Edge.Benchmarks.Models;

/// <summary>Names of the forms that models come in.</summary>
internal static class ModelFormat
{
    public const string Float = "fp32";

    public static string Of(Int8Form form) => form switch
    {
        Int8Form.U8S8 => "int8 u8·s8 QDQ",
        Int8Form.U8U8 => "int8 u8·u8 QDQ",
        Int8Form.S8S8 => "int8 s8·s8 QDQ",
        Int8Form.QLinearU8S8 => "int8 u8·s8 QLinear",
        Int8Form.QLinearU8U8 => "int8 u8·u8 QLinear",
        _ => "int8 s8·s8 QLinear",
    };

    /// <summary>The form of a file, by its operators and the types of its constants.</summary>
    public static string Of(ModelProto model)
    {
        var nodes = model.Graph.Nodes;
        if (nodes.Any(n => n.OpType is "DynamicQuantizeLinear" or "DynamicQuantizeMatMul" or "DynamicQuantizeLSTM")) return "int8 dynamic";
        NodeProto? quantize = nodes.FirstOrDefault(n => n.OpType == "QuantizeLinear"), product = nodes.FirstOrDefault(n => n.OpType is "QLinearConv" or "QLinearMatMul" or "QGemm");
        if (product is not null) return $"int8 {Letter(model, product.Inputs[2])}·{Letter(model, product.Inputs[3])} QLinear";
        if (quantize is null) return Float;
        NodeProto? weights = nodes.FirstOrDefault(n => n.OpType == "DequantizeLinear" && Constant(model, n.Inputs[0]) is { Dims.Count: > 1 });
        return $"int8 {(quantize.Inputs.Count > 2 ? Letter(model, quantize.Inputs[2]) : "u8")}·{(weights is null ? "?" : Letter(model, weights.Inputs[0]))} QDQ";
    }

    private static string Letter(ModelProto model, string constant) => Constant(model, constant)?.ElementType switch
    {
        ElementType.Int8 => "s8",
        ElementType.UInt8 => "u8",
        _ => "?",
    };

    private static TensorProto? Constant(ModelProto model, string name) => model.Graph.Initializers.FirstOrDefault(t => t.Name == name);
}
