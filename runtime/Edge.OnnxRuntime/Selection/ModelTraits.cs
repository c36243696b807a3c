using Edge.Onnx;

namespace Edge.OnnxRuntime.Selection;

/// <summary>What a model's results can be expected to agree in.</summary>
/// <param name="Quantized">Whether it computes with integers, where engines may round a tie differently.</param>
/// <param name="Steps">For each output the scale of the DequantizeLinear that makes it; 0 for others.</param>
public sealed record ModelTraits(bool Quantized, IReadOnlyList<double> Steps)
{
    /// <exception cref="ModelException">Not an ONNX file.</exception>
    public static ModelTraits Read(string path)
    {
        using var file = OnnxFile.Open(path);
        return Of(file.Model);
    }

    public static ModelTraits Of(ModelProto model)
    {
        var graph = model.Graph!;
        bool quantized = graph.Nodes.Any(n => n.OpType is "QuantizeLinear" or "DynamicQuantizeLinear" or "ConvInteger" or "MatMulInteger" or "QGemm"
            || n.OpType.StartsWith("QLinear", StringComparison.Ordinal));
        return new ModelTraits(quantized, [.. graph.Outputs.Select(o => StepOf(graph, o.Name))]);
    }

    private static double StepOf(GraphProto graph, string output)
    {
        var node = graph.Nodes.FirstOrDefault(n => n.Outputs.Contains(output));
        var scale = node?.OpType == "DequantizeLinear" ? graph.Initializers.FirstOrDefault(t => t.Name == node.Inputs[1]) : null;
        return scale is { DataType: (int)ElementType.Float } && scale.GetBytes() is { Length: 4 } bytes ? BitConverter.ToSingle(bytes.Span) : 0;
    }
}
