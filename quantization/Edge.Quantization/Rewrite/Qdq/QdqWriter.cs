using Edge.Onnx;
using Edge.Quantization.Rewrite.Preparation;
using Edge.Tensors;

namespace Edge.Quantization.Rewrite.Qdq;

/// <summary>What was written for a unit, for the report.</summary>
/// <param name="Weights">The quantized weights; null for a unit without.</param>
/// <param name="WeightMin">Smallest float weight.</param>
/// <param name="WeightMax">Largest float weight.</param>
/// <param name="BiasMadeRoom">Whether weight scales were enlarged so that the bias fits int32.</param>
internal sealed record WrittenWeights(QuantizedWeights Weights, float WeightMin, float WeightMax, bool BiasMadeRoom);

/// <summary>
/// Writes QuantizeLinear and DequantizeLinear around the quantized units of a graph. Every quantized activation has one
/// pair; weights and biases are integer initializers behind a DequantizeLinear. The graph's inputs and outputs stay
/// float32 under their names.
/// </summary>
internal sealed class QdqWriter(OnnxGraph graph, QuantizationPlan plan, ActivationRanges ranges, QuantizationOptions options)
{
    private readonly Dictionary<string, (string Scale, string ZeroPoint)> _parameters = [];

    /// <summary>By activation: the value that holds its integers.</summary>
    public Dictionary<string, string> Integers { get; } = [];

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
        if (!ActivationParameters.Clips(ranges.Parameters(unit.Outputs[0]), options.SymmetricActivations, bounds.Low, bounds.High)) return;
        unit.Main.Outputs[0] = activation.Outputs[0];
        graph.Remove(activation);
    }

    private void WriteActivation(string activation)
    {
        QuantizationUnit? writer = plan.Quantized.FirstOrDefault(u => !u.FloatResult && u.Outputs.Contains(activation));
        (string scale, string zeroPoint) = Parameters(activation);
        string integer = graph.Fresh(activation + "_quantized");
        Integers[activation] = integer;
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
        NodeProto quantize = Node("QuantizeLinear", activation, [real, scale, zeroPoint], integer);
        NodeProto dequantize = Node("DequantizeLinear", activation, [integer, scale, zeroPoint], dequantized);
        int at = producer is null ? 0 : graph.Nodes.IndexOf(producer) + 1;
        graph.Nodes.InsertRange(at, [quantize, dequantize]);
        graph.Changed();
    }

    private (string Scale, string ZeroPoint) Parameters(string activation)
    {
        string group = ranges.Group(activation);
        if (!_parameters.TryGetValue(group, out (string, string) names))
            _parameters[group] = names = AddParameters(group, ranges.Parameters(group));
        return names;
    }

    private (string Scale, string ZeroPoint) AddParameters(string name, QuantizationParameters p) =>
        (graph.AddConstant(TensorValues.Scalar(name + "_scale", p.Scale)),
         graph.AddConstant(options.SymmetricActivations ? TensorValues.Scalar(name + "_zero_point", (sbyte)p.ZeroPoint) : TensorValues.Scalar(name + "_zero_point", (byte)p.ZeroPoint)));

    /// <summary>
    /// A constant operand has the element type of activations and a range of its own; that of a Concat is part of the
    /// output's observed range and takes its parameters.
    /// </summary>
    private void WriteOperand(QuantizationUnit unit, string operand)
    {
        TensorProto tensor = graph.Constant(operand)!;
        float[] values = Finite(tensor, unit);
        bool shares = unit.Main.OpType == "Concat" && unit.Activation is null;
        QuantizationParameters p = shares ? ranges.Parameters(unit.Outputs[0]) : ActivationParameters.Of(new(values.Min(), values.Max()), options.SymmetricActivations);
        (string scale, string zeroPoint) = shares ? Parameters(unit.Outputs[0]) : AddParameters(operand, p);
        int[] codes = Array.ConvertAll(values, v => ActivationParameters.Quantize(v, p, options.SymmetricActivations));
        string name = operand + "_quantized";
        string integer = graph.AddConstant(options.SymmetricActivations
            ? TensorValues.Make<sbyte>(name, Array.ConvertAll(codes, c => (sbyte)c), [.. tensor.Dims])
            : TensorValues.Make<byte>(name, Array.ConvertAll(codes, c => (byte)c), [.. tensor.Dims]));
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
        float inputScale = ranges.Parameters(unit.Inputs[0]).Scale;
        float[]? bias = linear?.Bias is { } b ? Finite(b, unit) : null;
        bool madeRoom = false;
        if (bias is not null && options.QuantizeBias)
        {
            bias = bias.Length == channels ? bias : [.. Enumerable.Repeat(bias[0], channels)];
            madeRoom = BiasQuantizer.MakeRoom(scales, inputScale, bias, w.Length / channels);
        }
        QuantizedWeights quantized = WeightQuantizer.Quantize(w, scales, channelOf);
        Weights[unit] = new WrittenWeights(quantized, w.Min(), w.Max(), madeRoom);
        long axis = node.OpType == "Conv" || node.Int("transB", 0) != 0 ? 0 : 1;
        node.Inputs[1] = Dequantized(node, tensor.Name, TensorValues.Make<sbyte>(tensor.Name + "_quantized", quantized.Values, [.. tensor.Dims]), scales, perChannel, axis, (sbyte)0);
        if (bias is null || !options.QuantizeBias) return;
        float[] biasScales = BiasQuantizer.Scales(scales, inputScale);
        string biasName = node.Inputs[2];
        TensorProto integers = TensorValues.Vector(biasName + "_quantized", BiasQuantizer.Quantize(bias, biasScales));
        node.Inputs[2] = Dequantized(node, biasName, integers, biasScales, perChannel, 0, 0);
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
