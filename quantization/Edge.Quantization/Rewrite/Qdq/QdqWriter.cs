using Edge.Onnx;
using Edge.Quantization.Rewrite.Preparation;
using Edge.Tensors;

namespace Edge.Quantization.Rewrite.Qdq;

/// <summary>
/// Writes QuantizeLinear and DequantizeLinear around the quantized units of a graph. Every quantized activation has one
/// pair; weights and biases are integer initializers behind a DequantizeLinear. The graph's inputs and outputs stay
/// float32 under their names.
/// </summary>
internal sealed class QdqWriter(OnnxGraph graph, QuantizationPlan plan, ActivationRanges ranges, QuantizationOptions options)
{
    private readonly Dictionary<(string Group, bool Wide), (string Scale, string ZeroPoint)> _parameters = [];
    private readonly Dictionary<string, string> _narrow = [];

    /// <summary>By activation: the value that holds its integers.</summary>
    public Dictionary<string, string> Integers { get; } = [];

    /// <summary>The value that holds the integers of an activation as a unit reads it.</summary>
    public string IntegersOf(QuantizationUnit reader, string activation) => reader.Wide ? Integers[activation] : _narrow.GetValueOrDefault(activation, Integers[activation]);

    /// <summary>By unit: its weights.</summary>
    public Dictionary<QuantizationUnit, WrittenWeights> Weights { get; } = [];

    public void Write()
    {
        foreach (QuantizationUnit unit in plan.Quantized)
        {
            DropClipping(unit);
            if (unit.Role == OperatorRole.Product) WriteWeights(unit);
            foreach (string operand in unit.Operands) WriteOperand(unit, operand);
        }
        foreach (string activation in plan.Activations) WriteActivation(activation);
        graph.RemoveDead();
        graph.NameNodes();
    }

    /// <summary>Removes a Relu or Clip that saturation does anyway, so that no engine has to prove it.</summary>
    private void DropClipping(QuantizationUnit unit)
    {
        if (unit.Activation is not { } activation || unit.Bounds is not { } bounds) return;
        if (!ActivationParameters.Clips(ranges.Parameters(unit.Outputs[0]), options.SymmetricActivations, bounds.Low, bounds.High, unit.Wide)) return;
        unit.Main.Outputs[0] = activation.Outputs[0];
        graph.Remove(activation);
    }

    private void WriteActivation(string activation)
    {
        QuantizationUnit? writer = plan.Quantized.FirstOrDefault(u => !u.FloatResult && u.Outputs.Contains(activation));
        NodeProto? producer = graph.Producer(activation);
        string real = activation, dequantized;
        if (writer is not null && graph.IsOutput(activation))
        {
            // The graph returns the dequantized value under the old name, which everybody reads.
            real = graph.Fresh(activation + "_float");
            dequantized = activation;
            producer!.Outputs[producer.Outputs.IndexOf(activation)] = real;
        }
        else
        {
            dequantized = graph.Fresh(activation + "_dequantized");
            // What a float operator computes, other float operators keep reading as it is.
            IEnumerable<NodeProto> readers = writer is not null
                ? graph.Consumers(activation)
                : plan.Quantized.Where(u => u.Inputs.Contains(activation)).SelectMany(u => u.Nodes);
            foreach (NodeProto reader in readers.ToArray()) OnnxGraph.ReplaceReads(reader, activation, dequantized);
        }
        int at = producer is null ? 0 : graph.Nodes.IndexOf(producer) + 1;
        Integers[activation] = WritePair(activation, real, dequantized, plan.IsWide(activation), at);
        if (!plan.IsWide(activation)) return;
        QuantizationUnit[] narrow = [.. plan.Quantized.Where(u => !u.Wide && u.Inputs.Contains(activation))];
        if (narrow.Length == 0) return;
        string copy = graph.Fresh(activation + "_dequantized8");
        foreach (NodeProto reader in narrow.SelectMany(u => u.Nodes)) OnnxGraph.ReplaceReads(reader, dequantized, copy);
        // From the 16 bits, not from what they were made of: the layer that computes it has a result of 16 bits.
        _narrow[activation] = WritePair(activation + "_8", dequantized, copy, false, at + 2, activation);
    }

    /// <summary>Quantizes and dequantizes again; returns the integers between.</summary>
    private string WritePair(string name, string real, string dequantized, bool wide, int at, string? activation = null)
    {
        (string scale, string zeroPoint) = Parameters(activation ?? name, wide);
        string integer = graph.Fresh(name + "_quantized");
        NodeProto quantize = Node("QuantizeLinear", name, [real, scale, zeroPoint], integer);
        NodeProto dequantize = Node("DequantizeLinear", name, [integer, scale, zeroPoint], dequantized);
        graph.Nodes.InsertRange(at, [quantize, dequantize]);
        graph.Changed();
        return integer;
    }

    private (string Scale, string ZeroPoint) Parameters(string activation, bool wide)
    {
        string group = ranges.Group(activation);
        if (!_parameters.TryGetValue((group, wide), out (string, string) names))
            _parameters[(group, wide)] = names = AddParameters(group, ActivationParameters.Of(ranges.Range(group), options.SymmetricActivations, wide), wide);
        return names;
    }

    private (string Scale, string ZeroPoint) AddParameters(string name, QuantizationParameters p, bool wide) =>
        (graph.AddConstant(TensorValues.Scalar(name + "_scale", p.Scale)), graph.AddConstant(Codes(name + "_zero_point", [p.ZeroPoint], [], wide)));

    /// <summary>Integers of activations.</summary>
    private TensorProto Codes(string name, int[] codes, long[] dims, bool wide) => (options.SymmetricActivations, wide) switch
    {
        (false, false) => TensorValues.Make<byte>(name, Array.ConvertAll(codes, c => (byte)c), dims),
        (true, false) => TensorValues.Make<sbyte>(name, Array.ConvertAll(codes, c => (sbyte)c), dims),
        (false, true) => TensorValues.Make<ushort>(name, Array.ConvertAll(codes, c => (ushort)c), dims),
        (true, true) => TensorValues.Make<short>(name, Array.ConvertAll(codes, c => (short)c), dims),
    };

    /// <summary>
    /// A constant operand has the element type of activations and a range of its own; that of a Concat is part of the
    /// output's observed range and takes its parameters.
    /// </summary>
    private void WriteOperand(QuantizationUnit unit, string operand)
    {
        TensorProto tensor = graph.Constant(operand)!;
        float[] values = Finite(tensor, unit);
        bool shares = unit.Main.OpType == "Concat" && unit.Activation is null;
        QuantizationParameters p = shares ? ranges.Parameters(unit.Outputs[0]) : ActivationParameters.Of(new(values.Min(), values.Max()), options.SymmetricActivations, unit.Wide);
        (string scale, string zeroPoint) = shares ? Parameters(unit.Outputs[0], unit.Wide) : AddParameters(operand, p, unit.Wide);
        int[] codes = Array.ConvertAll(values, v => ActivationParameters.Quantize(v, p, options.SymmetricActivations, unit.Wide));
        string integer = graph.AddConstant(Codes(operand + "_quantized", codes, [.. tensor.Dims], unit.Wide));
        string dequantized = graph.Fresh(operand + "_dequantized");
        graph.InsertBefore(unit.Main, Node("DequantizeLinear", operand, [integer, scale, zeroPoint], dequantized));
        OnnxGraph.ReplaceReads(unit.Main, operand, dequantized);
        graph.Changed();
    }

    private void WriteWeights(QuantizationUnit unit)
    {
        NodeProto node = unit.Main;
        if (graph.Constant(node.Inputs[1]) is not { } tensor) return;
        float[] w = Finite(tensor, unit);
        LinearNode? linear = LinearNode.Of(graph, node);
        bool perChannel = options.PerChannel && linear is not null;
        int channels = linear?.Channels ?? 1;
        Func<int, int> channelOf = perChannel ? i => linear!.ChannelOf(i) : _ => 0;
        float[] scales = WeightQuantizer.Scales(w, perChannel ? channels : 1, channelOf);
        float inputScale = ranges.Parameters(unit, unit.Inputs[0]).Scale;
        float[]? bias = linear?.Bias is { } b ? Finite(b, unit) : null;
        bool madeRoom = false;
        if (bias is not null && options.QuantizeBias)
        {
            bias = bias.Length == channels ? bias : [.. Enumerable.Repeat(bias[0], channels)];
            madeRoom = BiasQuantizer.MakeRoom(scales, inputScale, bias, w.Length / channels, unit.Wide ? ActivationParameters.WideSteps : ActivationParameters.Steps);
        }
        QuantizedWeights quantized = WeightQuantizer.Quantize(w, scales, channelOf);
        long axis = node.OpType == "Conv" || node.Int("transB", 0) != 0 ? 0 : 1;
        TensorProto codes = TensorValues.Make<sbyte>(tensor.Name + "_quantized", quantized.Values, [.. tensor.Dims]);
        node.Inputs[1] = Dequantized(node, tensor.Name, codes, scales, perChannel, axis, (sbyte)0);
        TensorProto? biasCodes = bias is null || !options.QuantizeBias ? null : WriteBias(unit, bias, BiasQuantizer.Scales(scales, inputScale));
        Weights[unit] = new WrittenWeights(quantized, w.Min(), w.Max(), madeRoom, codes, biasCodes);
    }

    /// <summary>The bias of a unit whose weights are written, as the quantized model has it; null where it has none.</summary>
    public float[]? Bias(QuantizationUnit unit)
    {
        WrittenWeights written = Weights[unit];
        if (written.Bias is not { } codes) return unit.Main.OpType != "MatMul" && unit.Main.HasInput(2) ? graph.Constant(unit.Main.Inputs[2])!.Floats() : null;
        float[] scales = BiasQuantizer.Scales(written.Weights.Scales, ranges.Parameters(unit, unit.Inputs[0]).Scale);
        return [.. codes.Longs().Select((q, c) => (float)(q * (double)scales[scales.Length == 1 ? 0 : c]))];
    }

    /// <summary>Gives a unit whose weights are written a bias, in place of the one that it may have; see <see cref="WrittenWeights.Bias"/>.</summary>
    /// <param name="unit">Its main node takes a bias.</param>
    /// <param name="bias">One entry an output channel.</param>
    public void SetBias(QuantizationUnit unit, float[] bias)
    {
        WrittenWeights written = Weights[unit];
        if (written.Bias is { } codes)
        {
            float[] scales = BiasQuantizer.Scales(written.Weights.Scales, ranges.Parameters(unit, unit.Inputs[0]).Scale);
            codes.RawData = TensorValues.Vector(codes.Name, BiasQuantizer.Quantize(bias, scales)).RawData;
            return;
        }
        NodeProto node = unit.Main;
        // A float bias may be shared with nodes that keep it.
        string old = node.HasInput(2) ? node.Inputs[2] : node.Name + "_bias";
        node.SetInput(2, graph.AddConstant(TensorValues.Vector(old, bias)));
        if (!options.QuantizeBias) return;
        Weights[unit] = written with { Bias = WriteBias(unit, bias, BiasQuantizer.Scales(written.Weights.Scales, ranges.Parameters(unit, unit.Inputs[0]).Scale)) };
        graph.RemoveDead();
    }

    /// <summary>Puts integers behind a DequantizeLinear in the place of a float bias; returns the integers.</summary>
    private TensorProto WriteBias(QuantizationUnit unit, float[] bias, float[] scales)
    {
        NodeProto node = unit.Main;
        string name = node.Inputs[2];
        TensorProto codes = TensorValues.Vector(name + "_quantized", BiasQuantizer.Quantize(bias, scales));
        node.Inputs[2] = Dequantized(node, name, codes, scales, options.PerChannel, 0, 0);
        return codes;
    }

    /// <summary>Gives a unit whose weights are written other integers with the same scales.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="weights">The float weights, for the report; in the order of the initializer, as <paramref name="values"/>.</param>
    /// <param name="values">In [−127, 127].</param>
    /// <param name="channelOf">The output channel of the weight at an index.</param>
    public void SetWeights(QuantizationUnit unit, ReadOnlySpan<float> weights, sbyte[] values, Func<int, int> channelOf)
    {
        WrittenWeights written = Weights[unit];
        written.Codes.RawData = TensorValues.Make<sbyte>(written.Codes.Name, values).RawData;
        Weights[unit] = written with { Weights = WeightQuantizer.Measured(weights, values, written.Weights.Scales, channelOf) };
    }

    /// <summary>Adds integers, scales and zero points and the DequantizeLinear before <paramref name="reader"/>; returns its output.</summary>
    private string Dequantized<T>(NodeProto reader, string name, TensorProto integers, float[] scales, bool perChannel, long axis, T zero) where T : unmanaged
    {
        string scale = graph.AddConstant(perChannel ? TensorValues.Vector(name + "_scale", scales) : TensorValues.Scalar(name + "_scale", scales[0]));
        string zeroPoint = graph.AddConstant(perChannel ? TensorValues.Vector(name + "_zero_point", new T[scales.Length]) : TensorValues.Scalar(name + "_zero_point", zero));
        string output = graph.Fresh(name + "_dequantized");
        NodeProto node = Node("DequantizeLinear", name, [graph.AddConstant(integers), scale, zeroPoint], output);
        if (perChannel) node.Set("axis", axis);
        graph.InsertBefore(reader, node);
        return output;
    }

    private static float[] Finite(TensorProto tensor, QuantizationUnit unit)
    {
        float[] values = tensor.Floats();
        if (values.Length == 0) throw new ModelException($"{OnnxGraph.Describe(unit.Main)}: '{tensor.Name}' has no elements");
        foreach (float v in values)
            if (!float.IsFinite(v)) throw new ModelException($"{OnnxGraph.Describe(unit.Main)}: '{tensor.Name}' holds {v}, which cannot be quantized; keep the node in float");
        return values;
    }

    private static NodeProto Node(string opType, string name, string[] inputs, string output) =>
        new() { Name = $"{name}_{opType}", OpType = opType, Inputs = [.. inputs], Outputs = [output] };
}
