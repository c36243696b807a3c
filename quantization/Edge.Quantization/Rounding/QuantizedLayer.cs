using Edge.Onnx;
using Edge.Quantization.Candidates;
using Edge.Quantization.Rewrite;
using Edge.Quantization.Rewrite.Preparation;
using Edge.Quantization.Rewrite.Qdq;
using Edge.Tensors;

namespace Edge.Quantization.Rounding;

/// <summary>
/// A linear layer with constant weights, in the float model and in the quantized one. Weights are seen as a matrix of one row
/// an output channel, <c>[Rows, Columns]</c>, with the columns in the order in which <see cref="PatchGeometry"/> lays an input
/// out. Not synchronized.
/// </summary>
internal sealed class QuantizedLayer
{
    private readonly QdqWriter _writer;
    private readonly LinearNode _linear;
    private readonly WeightLayout _layout;

    private QuantizedLayer(Candidate candidate, QuantizationUnit unit, LinearNode linear, int level)
    {
        _writer = candidate.Writer;
        _linear = linear;
        _layout = WeightLayout.Of(linear);
        Unit = unit;
        Level = level;
        Input = candidate.Writer.IntegersOf(unit, unit.Inputs[0]);
        InputParameters = candidate.Ranges.Parameters(unit, unit.Inputs[0]);
        Geometry = new PatchGeometry(linear);
    }

    public QuantizationUnit Unit { get; }

    /// <summary>How many other layers lie one behind the other before this one; layers of one level do not see each other.</summary>
    public int Level { get; }

    public string Name => _linear.Node.Name;

    /// <summary>Input in the float model.</summary>
    public string RealInput => _linear.Node.Inputs[0];

    /// <summary>Result in the float model, before a Relu or Clip.</summary>
    public string RealResult => _linear.Node.Outputs[0];

    /// <summary>Channel axis of the result, and of the input: 1, or −1 for the last.</summary>
    public int ChannelAxis => _linear.ChannelAxis;

    /// <summary>The integers of the input in the quantized model.</summary>
    public string Input { get; }

    public QuantizationParameters InputParameters { get; }

    public PatchGeometry Geometry { get; }

    public int Rows => _layout.Outputs;

    public int Groups => _layout.Groups;

    /// <summary>Weights of one row.</summary>
    public int Columns => (int)(_linear.Weights.Count / Rows);

    /// <summary>Whether the layer has a place for a bias.</summary>
    public bool TakesBias => _linear.TakesBias;

    public float Scale(int row)
    {
        float[] scales = _writer.Weights[Unit].Weights.Scales;
        return scales[scales.Length == 1 ? 0 : row];
    }

    /// <summary>The layers of a quantized model, in the order of the graph.</summary>
    public static IReadOnlyList<QuantizedLayer> Of(Candidate candidate)
    {
        OnnxGraph real = candidate.Source.NewGraph();
        var units = new Dictionary<NodeProto, QuantizationUnit>();
        foreach (QuantizationUnit unit in candidate.Plan.Quantized.Where(candidate.Writer.Weights.ContainsKey))
        {
            NodeProto last = real.Producer(unit.Outputs[0])!;
            units[unit.Nodes.Count == 1 ? last : real.Producer(last.Inputs[0])!] = unit;
        }
        var layers = new List<QuantizedLayer>();
        var levels = new Dictionary<string, int>();
        foreach (NodeProto node in real.Nodes)
        {
            int level = node.Inputs.Select(i => levels.GetValueOrDefault(i)).DefaultIfEmpty().Max();
            if (units.TryGetValue(node, out QuantizationUnit? unit) && LinearNode.Of(real, node) is { } linear) layers.Add(new(candidate, unit, linear, level++));
            foreach (string output in node.Outputs) levels[output] = level;
        }
        return layers;
    }

    /// <summary>The float weights.</summary>
    public float[] RealWeights() => Rowwise(_linear.Weights.Floats());

    /// <summary>The float bias; zeros where there is none.</summary>
    public float[] RealBias()
    {
        float[]? bias = _linear.Bias?.Floats();
        return [.. Enumerable.Range(0, Rows).Select(r => bias is null ? 0 : bias[bias.Length == 1 ? 0 : r])];
    }

    /// <summary>The integers of the weights.</summary>
    public sbyte[] Codes() => Rowwise(_writer.Weights[Unit].Weights.Values);

    /// <summary>Writes other integers into the quantized model.</summary>
    public void SetCodes(sbyte[] codes)
    {
        var values = new sbyte[codes.Length];
        for (int i = 0; i < values.Length; i++) values[i] = codes[Position(i)];
        _writer.SetWeights(Unit, _linear.Weights.Floats(), values, i => _linear.ChannelOf(i));
    }

    /// <summary>The weights that the integers stand for, in the order of the initializer.</summary>
    public float[] RoundedWeights()
    {
        (sbyte[] codes, float[] scales, _) = _writer.Weights[Unit].Weights;
        return [.. codes.Select((q, i) => q * scales[scales.Length == 1 ? 0 : _linear.ChannelOf(i)])];
    }

    /// <summary>The bias of the quantized model; zeros where there is none.</summary>
    public float[] Bias() => _writer.Bias(Unit) is { } bias ? [.. Enumerable.Range(0, Rows).Select(r => bias[bias.Length == 1 ? 0 : r])] : new float[Rows];

    /// <summary>Writes another bias into the quantized model.</summary>
    public void SetBias(float[] bias) => _writer.SetBias(Unit, bias);

    private T[] Rowwise<T>(T[] values)
    {
        if (_layout.OutputFirst) return values;
        var rows = new T[values.Length];
        for (int i = 0; i < rows.Length; i++) rows[Position(i)] = values[i];
        return rows;
    }

    /// <summary>Where the weight at an index of the initializer lies in the matrix.</summary>
    private int Position(int index) => _layout.OutputFirst ? index : ((index % Rows) * Columns) + (index / Rows);
}
