using Edge.Runtime.Graph;
using Edge.Runtime.Operators;
using Edge.Tensors;

namespace Edge.Runtime.Passes.Qdq;

/// <summary>
/// Operators that only move or choose elements work on integers as well as on the numbers that these stand for:
/// <c>op(dequantize(x)) = dequantize(op(x))</c>. The dequantization moves behind the operator, towards the next one.
/// </summary>
internal static class MovementFusion
{
    public static bool TryMove(ModelGraph graph, Node node)
    {
        if (node.Domain.Length > 0 || node.Outputs.Any(v => v is null or { IsStatic: false })) return false;
        int inputs = node.OpType == "Concat" ? node.Inputs.Count : 1;
        if (!Moves(node)) return false;
        var from = new List<Affine8>();
        for (int i = 0; i < inputs; i++)
        {
            if (Affine8.Activation(node.Input(i)) is not { } q || (from.Count > 0 && !q.SameParameters(from[0]))) return false;
            from.Add(q);
        }

        if (from.Count == 0 || from.All(q => q.Integer.IsConstant)) return false;
        for (int i = 0; i < inputs; i++) node.SetInput(i, from[i].Integer);
        if (node.OpType == "Pad" && node.Has(2))
            node.SetInput(2, graph.AddConstant(node.Name + ".value", Filled(from[0], from[0].Quantize(node.Constant(2)!.AsSpan<float>()[0]))));
        else if (node.OpType == "Pad" && from[0].SingleZeroPoint != 0)
            node.SetInput(2, graph.AddConstant(node.Name + ".value", Filled(from[0], from[0].SingleZeroPoint)));

        for (int i = node.Outputs.Count - 1; i >= 0; i--)
        {
            var real = node.Outputs[i]!;
            var integer = graph.AddValue(real.Name, from[0].Type, real.Shape);
            node.SetOutput(i, integer);
            var dq = graph.Make("", "DequantizeLinear", real.Name, [integer, .. from[0].Parameters(graph, real.Name)], [real]);
            graph.InsertAfter(node, dq);
        }

        return true;
    }

    /// <summary>The place of an extreme: that of the number is that of the integer.</summary>
    public static bool TryChoose(Node node)
    {
        // Different integers stand for different numbers, unless these are too large or too small to be told apart.
        if (node is not { Domain: "", OpType: "ArgMax" or "ArgMin" } || Affine8.Activation(node.Input(0)) is not { SingleScale: > 1e-30f and < 1e30f } q) return false;
        node.SetInput(0, q.Integer);
        return true;
    }

    /// <summary>QuantizeLinear of what was just dequantized: nothing, or a change of parameters.</summary>
    public static bool TryRequantize(ModelGraph graph, Node quantize)
    {
        if (Affine8.Quantized(quantize) is not { } to || Affine8.Activation(quantize.Inputs[0]) is not { } from || from.Integer.IsConstant) return false;
        var result = quantize.Outputs[0]!;
        if (from.SameParameters(to) && !graph.IsOutput(result))
        {
            graph.ReplaceUses(result, from.Integer);
            graph.Remove(quantize);
            return true;
        }

        var requantize = graph.Make(OperatorCatalog.Internal, "Requantize", quantize.Name,
            [from.Integer, .. from.Parameters(graph, quantize.Name + ".x"), .. to.Parameters(graph, quantize.Name + ".y")], [result]);
        graph.Replace(quantize, requantize);
        return true;
    }

    private static bool Moves(Node node) => node.OpType switch
    {
        "Reshape" or "Flatten" or "Transpose" or "Squeeze" or "Unsqueeze" or "Slice" or "Split" or "Gather" or "Concat"
            or "DepthToSpace" or "SpaceToDepth" or "Expand" or "Tile" or "Identity" or "GlobalMaxPool" => true,
        "MaxPool" => node.Outputs.Count == 1,
        "Resize" or "Upsample" => node.Attributes.String("mode", "nearest") == "nearest",
        "Pad" => node.Opset >= 11 && node.Attributes.String("mode", "constant") == "constant"
            && (!node.Has(2) || node.Constant(2) is { Type: DataType.Float32, Count: 1 }),
        _ => false,
    };

    private static Tensor Filled(Affine8 like, int value)
    {
        var t = Tensor.Create(like.Type, Shape.Scalar);
        t.Bytes[0] = unchecked((byte)value);
        return t;
    }
}
