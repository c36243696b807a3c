using Edge.Onnx;

namespace Edge.Quantization.Rewrite.Preparation;

/// <summary>
/// Subtraction and division by a constant become addition and multiplication, for which integer operators exist. The
/// reciprocal is rounded to float32, so that a quotient may differ by one unit in the last place.
/// </summary>
internal static class ScalarArithmetic
{
    public static void Apply(OnnxGraph graph, TensorFacts facts)
    {
        foreach (NodeProto node in graph.Nodes)
        {
            if (!OnnxGraph.Is(node, "Sub") && !OnnxGraph.Is(node, "Div")) continue;
            if (graph.Constant(node.Inputs[1]) is not { IsFloat: true } operand || graph.Constant(node.Inputs[0]) is not null) continue;
            if (!facts.IsFloat(node.Outputs[0])) continue;
            bool subtract = node.OpType == "Sub";
            float[] values = Array.ConvertAll(operand.Floats(), v => subtract ? -v : 1 / v);
            if (!Array.TrueForAll(values, float.IsFinite)) continue;
            node.Inputs[1] = graph.AddConstant(TensorValues.Make<float>(operand.Name, values, [.. operand.Dims]));
            node.OpType = subtract ? "Add" : "Mul";
        }
        graph.RemoveDead();
    }
}
