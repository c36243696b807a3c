using Edge.Quantization.Observers;
using Edge.Tensors;

namespace Edge.Quantization.Rewrite.Qdq;

/// <summary>
/// Scale and zero point of every quantized activation. Where operators only move elements, input and output are one
/// group with one range, and the inputs of a Concat join its output where that costs next to nothing.
/// </summary>
internal sealed class ActivationRanges
{
    /// <summary>
    /// A Concat's input takes the wider range of the output if its own is at least this part of it: at most 1.2 dB of noise,
    /// for a concatenation that copies bytes instead of computing.
    /// </summary>
    private const double LeastShare = 0.875;

    private readonly Dictionary<string, string> _parent = [];
    private readonly Dictionary<string, ValueRange> _range = [];
    private readonly Dictionary<string, (float Low, float High)> _bounds = [];
    private readonly QuantizationPlan _plan;
    private readonly bool _symmetric;

    private ActivationRanges(QuantizationPlan plan, bool symmetric)
    {
        _plan = plan;
        _symmetric = symmetric;
    }

    /// <param name="plan">The plan.</param>
    /// <param name="observed">Range of each of the plan's activations.</param>
    /// <param name="symmetric">Whether activations have zero point 0.</param>
    public static ActivationRanges Of(QuantizationPlan plan, IReadOnlyDictionary<string, ValueRange> observed, bool symmetric)
    {
        var ranges = new ActivationRanges(plan, symmetric);
        foreach ((string name, ValueRange range) in observed)
        {
            ranges._parent[name] = name;
            ranges._range[name] = range.WithZero();
        }
        foreach (QuantizationUnit unit in plan.Quantized)
            if (unit.Bounds is { } bounds) ranges._bounds[unit.Outputs[0]] = bounds;
        foreach (QuantizationUnit unit in plan.Quantized.Where(u => u.Role == OperatorRole.Move))
            foreach (string output in unit.Outputs) ranges.Join(unit.Inputs[0], output);
        foreach (QuantizationUnit unit in plan.Quantized.Where(u => u.Main.OpType == "Concat" && u.Nodes.Count == 1))
            foreach (string input in unit.Inputs)
                if (ranges.CostsNothing(input, unit.Main.Outputs[0])) ranges.Join(input, unit.Main.Outputs[0]);
        return ranges;
    }

    /// <summary>The activation that names the group of <paramref name="activation"/>.</summary>
    public string Group(string activation)
    {
        while (_parent[activation] != activation) activation = _parent[activation];
        return activation;
    }

    /// <summary>The range that the activation is quantized with; holds 0.</summary>
    public ValueRange Range(string activation) => _range[Group(activation)];

    /// <summary>Parameters of the activation as it is computed.</summary>
    public QuantizationParameters Parameters(string activation) => ActivationParameters.Of(Range(activation), _symmetric, _plan.IsWide(activation));

    /// <summary>Parameters of the activation as a unit reads it.</summary>
    public QuantizationParameters Parameters(QuantizationUnit reader, string activation) =>
        ActivationParameters.Of(Range(activation), _symmetric, reader.Wide && _plan.IsWide(activation));

    private void Join(string a, string b)
    {
        (string x, string y) = (Group(a), Group(b));
        if (x == y) return;
        _parent[y] = x;
        _range[x] = _range[x].Union(_range[y]);
    }

    /// <summary>A Relu or Clip that quantization itself does must not become a step of its own.</summary>
    private bool CostsNothing(string input, string output)
    {
        if (_plan.IsWide(input) || _plan.IsWide(output)) return false;
        ValueRange own = Range(input), shared = own.Union(Range(output));
        if (own == shared) return true;
        if ((double)own.Max - own.Min < LeastShare * ((double)shared.Max - shared.Min)) return false;
        QuantizationParameters before = ActivationParameters.Of(own, _symmetric), after = ActivationParameters.Of(shared, _symmetric);
        string group = Group(input);
        return !_bounds.Any(b => Group(b.Key) == group
            && ActivationParameters.Clips(before, _symmetric, b.Value.Low, b.Value.High) && !ActivationParameters.Clips(after, _symmetric, b.Value.Low, b.Value.High));
    }
}
