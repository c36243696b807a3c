using Edge.Onnx;
using Edge.Quantization.Rewrite.Preparation;
using Edge.Quantization.Rewrite.WeightOnly;

namespace Edge.Quantization.Rewrite.Dynamic;

/// <summary>
/// Replaces dense layers and LSTMs with constant weights by operators that quantize their activations while they run:
/// DynamicQuantizeLinear, once for each activation, with MatMulIntegerToFloat, which adds the bias, too; and
/// DynamicQuantizeLSTM. Weights are int8 with zero point 0, so that a sum of products needs no correction for them.
/// </summary>
internal sealed class DynamicWriter(OnnxGraph graph, TensorFacts facts, QuantizationOptions options)
{
    public const string Domain = "com.microsoft";

    /// <summary>Where DynamicQuantizeLSTM has its quantization parameters.</summary>
    private const int WScale = 8, WZeroPoint = 9, RScale = 10, RZeroPoint = 11;

    private readonly Dictionary<string, (string Codes, string Scale, string ZeroPoint)> _activations = [];

    /// <summary>Rewrites a node.</summary>
    /// <param name="node">The node, which becomes another operator.</param>
    /// <param name="sites">Its weights.</param>
    /// <returns>Its weights as written; null if it has no such form, and is as it was.</returns>
    public StoredWeights? Write(NodeProto node, IReadOnlyList<WeightSite> sites) => node.OpType switch
    {
        "MatMul" or "Gemm" => WriteProduct(node, sites[0]),
        "LSTM" => WriteLstm(node, sites),
        _ => null,
    };

    private StoredWeights? WriteProduct(NodeProto node, WeightSite site)
    {
        if (LinearNode.Of(graph, node) is not { } linear || node.Int("transA", 0) != 0) return null;
        ChannelWeights w = ChannelWeights.Of(site, options.PerChannel);
        bool transposed = node.Int("transB", 0) != 0;
        (long rows, long columns) = (site.Tensor.Dims[0], site.Tensor.Dims[1]);
        string name = site.Tensor.Name;
        string codes = graph.AddConstant(transposed
            ? TensorValues.Make<sbyte>(name + "_quantized", Transpose(w.Codes, 1, (int)rows, (int)columns), columns, rows)
            : TensorValues.Make<sbyte>(name + "_quantized", w.Codes, rows, columns));
        string scale = graph.AddConstant(options.PerChannel ? TensorValues.Vector(name + "_scale", w.Scales) : TensorValues.Scalar(name + "_scale", w.Scales[0]));
        (string x, string xScale, string xZeroPoint) = Quantized(node);
        string bias = linear.Bias?.Name ?? TakeBias(node, linear.Channels);
        Become(node, "MatMulIntegerToFloat", [x, codes, xScale, scale, xZeroPoint, "", bias]);
        return w.Stored;
    }

    /// <summary>The integers of what a product reads; made once for all of its readers.</summary>
    private (string Codes, string Scale, string ZeroPoint) Quantized(NodeProto reader)
    {
        string x = reader.Inputs[0];
        if (_activations.TryGetValue(x, out (string, string, string) names)) return names;
        names = (graph.Fresh(x + "_quantized"), graph.Fresh(x + "_scale"), graph.Fresh(x + "_zero_point"));
        graph.InsertBefore(reader, new NodeProto { Name = x + "_DynamicQuantizeLinear", OpType = "DynamicQuantizeLinear", Inputs = [x], Outputs = [names.Item1, names.Item2, names.Item3] });
        return _activations[x] = names;
    }

    /// <summary>Takes the Add of one constant for each channel behind a product into it; returns the constant, or the empty name.</summary>
    private string TakeBias(NodeProto node, int channels)
    {
        string y = node.Outputs[0];
        if (graph.OnlyConsumer(y) is not { } add || !OnnxGraph.Is(add, "Add")) return "";
        string operand = add.Inputs[add.Inputs[0] == y ? 1 : 0];
        if (graph.Constant(operand) is not { IsFloat: true } bias || bias.Dims.Count == 0 || bias.Count != channels || bias.Dims[^1] != channels) return "";
        // A constant of more dimensions than the product would give the sum more, too.
        if (bias.Dims.Count > 1 && !(facts.Rank(y) >= bias.Dims.Count)) return "";
        string vector = bias.Dims.Count == 1 ? operand : graph.AddConstant(TensorValues.Vector(operand, bias.Floats()));
        node.Outputs[0] = add.Outputs[0];
        graph.Remove(add);
        return vector;
    }

    private StoredWeights? WriteLstm(NodeProto node, IReadOnlyList<WeightSite> sites)
    {
        if (node.Int("layout", 0) != 0) return null;
        var stored = new List<StoredWeights>();
        foreach (WeightSite site in sites)
        {
            ChannelWeights w = ChannelWeights.Of(site, options.PerChannel);
            (int directions, int gates, int inputs) = ((int)site.Tensor.Dims[0], (int)site.Tensor.Dims[1], (int)site.Tensor.Dims[2]);
            string name = site.Tensor.Name;
            long[] scaleDims = options.PerChannel ? [directions, gates] : [directions];
            float[] scales = options.PerChannel ? w.Scales : [.. Enumerable.Repeat(w.Scales[0], directions)];
            node.Inputs[site.Input] = graph.AddConstant(TensorValues.Make<sbyte>(name + "_quantized", Transpose(w.Codes, directions, gates, inputs), directions, inputs, gates));
            node.SetInput(site.Input == 1 ? WScale : RScale, graph.AddConstant(TensorValues.Make<float>(name + "_scale", scales, scaleDims)));
            node.SetInput(site.Input == 1 ? WZeroPoint : RZeroPoint, graph.AddConstant(TensorValues.Make<sbyte>(name + "_zero_point", new sbyte[scales.Length], scaleDims)));
            stored.Add(w.Stored);
        }
        node.RemoveAttribute("layout");
        node.OpType = "DynamicQuantizeLSTM";
        node.Domain = Domain;
        graph.Changed();
        return StoredWeights.Join(stored);
    }

    private void Become(NodeProto node, string opType, string[] inputs)
    {
        int count = inputs.Length;
        while (inputs[count - 1].Length == 0) count--;
        node.OpType = opType;
        node.Domain = Domain;
        node.Inputs = [.. inputs[..count]];
        node.Attributes = [];
        graph.Changed();
    }

    /// <summary><c>[outer, rows, columns]</c> to <c>[outer, columns, rows]</c>.</summary>
    private static sbyte[] Transpose(sbyte[] values, int outer, int rows, int columns)
    {
        var result = new sbyte[values.Length];
        for (int o = 0; o < outer; o++)
            for (int r = 0; r < rows; r++)
                for (int c = 0; c < columns; c++)
                    result[(((o * columns) + c) * rows) + r] = values[(((o * rows) + r) * columns) + c];
        return result;
    }
}
