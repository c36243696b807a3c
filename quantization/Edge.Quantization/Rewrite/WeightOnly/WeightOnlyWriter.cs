using Edge.Onnx;

namespace Edge.Quantization.Rewrite.WeightOnly;

/// <summary>
/// Stores weights as integers behind a DequantizeLinear; what reads them computes as before. Rows that are looked up stay
/// integers until they were looked up. Weights that several nodes read are stored once.
/// </summary>
internal sealed class WeightOnlyWriter(OnnxGraph graph, QuantizationOptions options)
{
    private readonly Dictionary<(string Tensor, int Channel, int Sum, int Bits), (string Value, StoredWeights Stored)> _written = [];

    /// <summary>Stores all weights of a node.</summary>
    /// <param name="sites">What <see cref="WeightSite.Of"/> found of it.</param>
    /// <param name="bits">8, or 4 where the sums are long enough.</param>
    public StoredWeights Write(IReadOnlyList<WeightSite> sites, int bits) => StoredWeights.Join([.. sites.Select(s => Write(s, bits))]);

    private StoredWeights Write(WeightSite site, int bits)
    {
        if (site.Node.OpType == "Gather") return WriteRows(site);
        // A sum shorter than half of a block has more scales than it saves bits.
        if (bits == 4 && site.Tensor.Dims[site.SumAxis] < options.WeightBlock / 2) bits = 8;
        var key = (site.Tensor.Name, site.ChannelAxis, site.SumAxis, bits);
        if (!_written.TryGetValue(key, out (string Value, StoredWeights Stored) written))
            _written[key] = written = bits == 4 ? WriteBlocks(site) : WriteChannels(site);
        site.Node.Inputs[site.Input] = written.Value;
        graph.Changed();
        return written.Stored;
    }

    private (string, StoredWeights) WriteChannels(WeightSite site)
    {
        ChannelWeights w = ChannelWeights.Of(site, options.PerChannel);
        string name = site.Tensor.Name;
        bool several = options.PerChannel && site.Stacked && site.Tensor.Dims[0] > 1;
        // DequantizeLinear has scales along one axis; those of several directions lie along the two first ones.
        long[] dims = several ? [site.Channels, site.Tensor.Dims[^1]] : [.. site.Tensor.Dims];
        string codes = graph.AddConstant(TensorValues.Make<sbyte>(name + "_quantized", w.Codes, dims));
        string scale = graph.AddConstant(options.PerChannel ? TensorValues.Vector(name + "_scale", w.Scales) : TensorValues.Scalar(name + "_scale", w.Scales[0]));
        string value = graph.Fresh(name + "_dequantized");
        NodeProto dequantize = Node("DequantizeLinear", name, [codes, scale], value);
        if (options.PerChannel) dequantize.Set("axis", several ? 0 : (long)site.ChannelAxis);
        graph.InsertBefore(site.Node, dequantize);
        if (!several) return (value, w.Stored);
        string shape = graph.AddConstant(TensorValues.Vector(name + "_shape", site.Tensor.Dims.ToArray())), shaped = graph.Fresh(name + "_directions");
        graph.InsertBefore(site.Node, Node("Reshape", name, [value, shape], shaped));
        return (shaped, w.Stored);
    }

    private (string, StoredWeights) WriteBlocks(WeightSite site)
    {
        float[] values = site.Values();
        BlockLayout layout = site.Blocks(options.WeightBlock);
        BlockWeights w = BlockQuantizer.Quantize(values, layout, options.AsymmetricWeights);
        string name = site.Tensor.Name;
        long[] scaleDims = [.. site.Tensor.Dims.Select((d, axis) => axis == site.SumAxis ? layout.PerExtent : d)];
        List<string> inputs = [Packed(name + "_quantized", w.Codes, [.. site.Tensor.Dims]), graph.AddConstant(TensorValues.Make<float>(name + "_scale", w.Scales, scaleDims))];
        if (w.ZeroPoints is not null) inputs.Add(Packed(name + "_zero_point", w.ZeroPoints, scaleDims));
        string value = graph.Fresh(name + "_dequantized");
        NodeProto dequantize = Node("DequantizeLinear", name, [.. inputs], value);
        dequantize.Set("axis", (long)site.SumAxis);
        dequantize.Set("block_size", (long)options.WeightBlock);
        graph.InsertBefore(site.Node, dequantize);
        (int low, int high) = options.AsymmetricWeights ? (0, BlockQuantizer.AsymmetricHigh) : (BlockQuantizer.Low, BlockQuantizer.High);
        return (value, StoredWeights.Of(4, values, w.Dequantize(), w.Codes, low, high, w.Scales));
    }

    /// <summary>Rows of integers are looked up, then made real: the table is never expanded.</summary>
    private StoredWeights WriteRows(WeightSite site)
    {
        NodeProto gather = site.Node;
        ChannelWeights w = ChannelWeights.Of(site, perChannel: true);
        string name = site.Tensor.Name, result = gather.Outputs[0], indices = gather.Inputs[1];
        string codes = graph.AddConstant(TensorValues.Make<sbyte>(name + "_quantized", w.Codes, [.. site.Tensor.Dims]));
        string scales = graph.AddConstant(TensorValues.Make<float>(name + "_scale", w.Scales, w.Scales.Length, 1));
        string rows = graph.Fresh(result + "_quantized"), real = graph.Fresh(result + "_codes"), scale = graph.Fresh(result + "_scale");
        gather.Inputs[0] = codes;
        gather.Outputs[0] = rows;
        NodeProto cast = Node("Cast", result, [rows], real);
        cast.Set("to", (long)ElementType.Float);
        graph.InsertAfter(gather, Node("Mul", result, [real, scale], result));
        graph.InsertAfter(gather, Node("Gather", result + "_scale", [scales, indices], scale));
        graph.InsertAfter(gather, cast);
        return w.Stored;
    }

    private string Packed(string name, sbyte[] codes, long[] dims) => graph.AddConstant(new TensorProto
    {
        Name = name,
        DataType = (int)(options.AsymmetricWeights ? ElementType.UInt4 : ElementType.Int4),
        Dims = [.. dims],
        RawData = BlockWeights.Pack(codes),
    });

    private static NodeProto Node(string opType, string name, string[] inputs, string output) =>
        new() { Name = $"{name}_{opType}", OpType = opType, Inputs = [.. inputs], Outputs = [output] };
}
