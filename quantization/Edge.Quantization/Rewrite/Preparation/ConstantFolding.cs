using Edge.Onnx;
using Edge.Tensors;

namespace Edge.Quantization.Rewrite.Preparation;

/// <summary>
/// Replaces constant subexpressions by their value where a node reads them as weights or operand, so that they can be
/// folded or quantized (a reshaped or transposed weight matrix). Other constant subexpressions stay as they are.
/// </summary>
internal static class ConstantFolding
{
    private static readonly HashSet<string> Readers =
    [
        "Conv", "ConvTranspose", "Gemm", "MatMul", "BatchNormalization", "Add", "Sub", "Mul", "Div", "Max", "Min", "Concat", "Clip", "Pad", "ReduceMean",
        "LSTM", "GRU", "RNN",
    ];

    public static void Apply(OnnxGraph graph, TensorFacts facts)
    {
        foreach ((string name, Tensor value) in facts.Constants)
        {
            if (value.Type.Size() == 0 || graph.IsOutput(name)) continue;
            if (!graph.Consumers(name).Any(c => OnnxGraph.IsDefaultDomain(c) && Readers.Contains(c.OpType))) continue;
            string folded = graph.AddConstant(TensorValues.From(name + "_folded", value));
            facts.Add(folded, value.Type, value.Shape);
            graph.ReplaceReads(name, folded);
        }
        graph.RemoveDead();
    }
}
