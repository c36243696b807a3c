using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Passes.Qdq;

/// <summary>
/// Convolutions and products with constant weights between dequantized operands become integer ones. Gemm and MatMul
/// are 1×1 convolutions over a picture of one row: <c>[M,K]</c> is <c>[1,M,1,K]</c> channels-last, without moving a byte.
/// </summary>
internal static class ConvFusion
{
    public static bool TryConv(ModelGraph graph, Node conv)
    {
        if (conv.OpType != "Conv" || Affine8.Activation(conv.Inputs[0]) is not { } x || Weights(conv.Inputs[1], 0) is not { } w) return false;
        if (!conv.Outputs[0]!.IsStatic || !TryBias(conv.Input(2), x, w, w.Integer.Shape!.Value[0], out var bias)) return false;
        Rewrite(graph, conv, conv.Outputs[0]!, x, x.Integer, w, w.Integer, bias, conv.Attributes);
        return true;
    }

    public static bool TryProduct(ModelGraph graph, Node node)
    {
        if (node.OpType is not ("Gemm" or "MatMul") || Affine8.Activation(node.Inputs[0]) is not { } x) return false;
        bool transposed = node.OpType == "Gemm" && node.Attributes.Int("transB", 0) != 0;
        if (node.OpType == "Gemm" && (node.Attributes.Int("transA", 0) != 0 || node.Attributes.Float("alpha", 1) != 1 || node.Attributes.Float("beta", 1) != 1)) return false;
        var y = node.Outputs[0]!;
        if (!y.IsStatic || Weights(node.Inputs[1], transposed ? 0 : 1) is not { } w || w.Integer.Shape!.Value.Rank != 2 || x.Integer.Shape!.Value.Rank < 2) return false;
        int k = w.Integer.Shape.Value[transposed ? 1 : 0], n = w.Integer.Shape.Value[transposed ? 0 : 1];
        int m = x.Integer.Shape.Value.Count / Math.Max(1, k);
        if (k == 0 || m == 0 || !TryBias(node.Input(2), x, w, n, out var bias)) return false;

        var weights = graph.AddConstant(node.Name + ".weights", (transposed ? w.Integer.Constant! : Transpose(w.Integer.Constant!)).Reshape(new Shape(n, k, 1, 1)));
        var picture = Reshape(graph, node, x.Integer, new Shape(1, m, 1, k), node.Name + ".rows");
        Rewrite(graph, node, y, x, picture, w, weights, bias, null, new Shape(1, m, 1, n));
        return true;
    }

    private static void Rewrite(
        ModelGraph graph, Node node, Value y, Affine8 x, Value input, Affine8 w, Value weights, Tensor? bias, NodeAttributes? attributes, Shape? inner = null)
    {
        var tail = Tail.Find(graph, y);
        var result = tail?.To.Integer ?? y;
        List<Value?> inputs = [input, .. x.Parameters(graph, node.Name + ".x"), weights, .. w.Parameters(graph, node.Name + ".w")];
        if (tail is not null) inputs.AddRange(tail.To.Parameters(graph, node.Name + ".y"));
        inputs.Add(bias is null ? null : graph.AddConstant(node.Name + ".bias", bias));

        var output = graph.AddValue(result.Name, result.Type, inner ?? result.Shape);
        var fused = tail is null
            ? graph.Make(Operators.OperatorCatalog.Internal, "QConvFloat", node.Name, inputs, [output])
            : graph.Make("", "QLinearConv", node.Name, inputs, [output], ("activation_low", (long)tail.Low), ("activation_high", (long)tail.High));
        attributes?.CopyTo(fused.Attributes);
        if (inner is not null) fused.Attributes.Set("channels_last", 1L);

        graph.InsertBefore(node, fused);
        var last = inner is null ? fused : graph.MakeReshape(output, graph.AddValue(node.Name + ".out", result.Type, result.Shape));
        if (inner is not null) graph.InsertBefore(node, last);
        if (tail is not null)
        {
            foreach (var n in tail.Between) graph.Remove(n);
            graph.Remove(tail.Quantize);
        }

        graph.Remove(node);
        last.SetOutput(0, result);
    }

    /// <summary>Constant 8-bit weights, scaled as a whole or along <paramref name="axis"/>.</summary>
    private static Affine8? Weights(Value? value, int axis) =>
        Affine8.Dequantized(value) is { Type: DataType.UInt8 or DataType.Int8, Integer.IsConstant: true } w && (w.IsPerTensor || w.Axis == axis) ? w : null;

    /// <summary>The bias as int32 at <c>x_scale · w_scale</c>, null if there is none. False if it cannot be had.</summary>
    private static bool TryBias(Value? value, Affine8 x, Affine8 w, int channels, out Tensor? bias)
    {
        bias = null;
        if (value is null) return true;
        if (Affine8.Dequantized(value) is { Type: DataType.Int32, Integer.IsConstant: true } q && q.Integer.Constant!.Count == channels)
        {
            bool same = q.ZeroPoint is null || !q.ZeroPoint.AsSpan<int>().ContainsAnyExcept(0);
            for (int i = 0; i < channels && same; i++)
            {
                double scale = q.Scale.AsSpan<float>()[q.IsPerTensor ? 0 : i];
                same = Math.Abs(scale - Wanted(i)) <= 1e-6 * Wanted(i);
            }

            if (!same) return false;
            bias = q.Integer.Constant.Reshape(new Shape(channels));
            return true;
        }

        if (value.Constant is not { Type: DataType.Float32 } real || (real.Count != channels && real.Count != 1)) return false;
        bias = Tensor.Create(DataType.Int32, new Shape(channels));
        for (int i = 0; i < channels; i++)
        {
            double steps = Math.Round(real.AsSpan<float>()[real.Count == 1 ? 0 : i] / Wanted(i), MidpointRounding.ToEven);
            if (!(Math.Abs(steps) < int.MaxValue / 2)) return false;
            bias.AsSpan<int>()[i] = (int)steps;
        }

        return true;

        double Wanted(int channel) => (double)x.SingleScale * w.Scale.AsSpan<float>()[w.IsPerTensor ? 0 : channel];
    }

    private static Value Reshape(ModelGraph graph, Node before, Value x, Shape shape, string name)
    {
        var node = graph.MakeReshape(x, graph.AddValue(name, x.Type, shape));
        graph.InsertBefore(before, node);
        return node.Outputs[0]!;
    }

    private static Tensor Transpose(Tensor kn)
    {
        int k = kn.Shape[0], n = kn.Shape[1];
        var nk = Tensor.Create(kn.Type, new Shape(n, k));
        var from = kn.Bytes;
        var to = nk.Bytes;
        for (int i = 0; i < k; i++)
            for (int j = 0; j < n; j++) to[j * k + i] = from[i * n + j];
        return nk;
    }
}
