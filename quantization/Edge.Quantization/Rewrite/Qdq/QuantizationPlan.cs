using Edge.Onnx;
using Edge.Quantization.Rewrite.Preparation;

namespace Edge.Quantization.Rewrite.Qdq;

/// <summary>
/// Which units compute with integers, and which activations are quantized for them. Products always do. Everything else
/// does where it saves a conversion: its inputs are quantized already, and something quantized reads its result. Thus
/// what lies behind the last product — box arithmetic, softmax, suppression — stays float.
/// </summary>
internal sealed class QuantizationPlan
{
    private readonly OnnxGraph _graph;
    private readonly Dictionary<string, List<QuantizationUnit>> _readers = [];
    private readonly HashSet<string> _wide = [];

    private QuantizationPlan(OnnxGraph graph, List<QuantizationUnit> units)
    {
        _graph = graph;
        Units = units;
        foreach (QuantizationUnit unit in units)
            foreach (string value in unit.Nodes.SelectMany(n => n.Inputs).Where(i => i.Length > 0).Distinct())
            {
                if (!_readers.TryGetValue(value, out List<QuantizationUnit>? list)) _readers[value] = list = [];
                list.Add(unit);
            }
    }

    /// <summary>All units, in graph order.</summary>
    public List<QuantizationUnit> Units { get; }

    public IEnumerable<QuantizationUnit> Quantized => Units.Where(u => u.Role != OperatorRole.Float);

    /// <summary>The activations that get a scale, each once: inputs and outputs of quantized units, in graph order.</summary>
    public IReadOnlyList<string> Activations =>
        [.. Quantized.SelectMany(u => u.FloatResult ? u.Inputs : u.Inputs.Concat(u.Outputs)).Distinct()];

    /// <summary>
    /// Whether an activation has 16 bits: the unit that computes it says so, or, where none does, a unit that reads it. Units
    /// of 8 bits read a copy with 8.
    /// </summary>
    public bool IsWide(string activation) => _wide.Contains(activation);

    /// <exception cref="ModelException">A name pattern of the options matches no node.</exception>
    public static QuantizationPlan Make(OnnxGraph graph, TensorFacts facts, QuantizationOptions options)
    {
        NodePatterns.Require(graph, options.FloatNodes, "stay in float");
        NodePatterns.Require(graph, options.Activations16, "have 16 bit activations");
        var plan = new QuantizationPlan(graph, new UnitBuilder(graph, facts, options).Build());
        plan.KeepWhereInputsAreQuantized();
        plan.KeepWhereResultIsRead();
        plan.PullUpMoves(facts);
        plan.LeaveLastProductsFloat();
        plan.Widen(options.Activations16);
        return plan;
    }

    private void KeepWhereInputsAreQuantized()
    {
        HashSet<string> quantized = [.. Units.Where(u => u.Role == OperatorRole.Product).SelectMany(u => u.Inputs)];
        foreach (QuantizationUnit unit in Units.Where(u => u.Role != OperatorRole.Float))
        {
            if (unit.Role != OperatorRole.Product && unit.Inputs.Find(i => !quantized.Contains(i)) is { } first) ToFloat(unit, $"'{first}' is computed in float");
            else quantized.UnionWith(unit.Outputs);
        }
    }

    private void KeepWhereResultIsRead()
    {
        foreach (QuantizationUnit unit in Enumerable.Reverse(Units))
        {
            if (unit.Role is OperatorRole.Float or OperatorRole.Product) continue;
            if (!unit.Outputs.Any(IsReadQuantized)) ToFloat(unit, "only float operators read its result");
        }
    }

    /// <summary>An operator that only moves elements works on bytes instead of floats if the quantization moves before it.</summary>
    private void PullUpMoves(TensorFacts facts)
    {
        foreach (QuantizationUnit unit in Enumerable.Reverse(Units))
        {
            if (!unit.CanMove || unit.Role != OperatorRole.Float) continue;
            bool allQuantized = unit.Outputs.All(o => !_graph.IsOutput(o) && Readers(o).Count > 0 && Readers(o).TrueForAll(r => ReadsQuantized(r, o)));
            if (!allQuantized || unit.Inputs.Count != 1 || !facts.IsFloat(unit.Inputs[0])) continue;
            unit.Role = OperatorRole.Move;
            unit.Reason = "";
        }
    }

    /// <summary>
    /// Engines have integer Gemm and MatMul with float results, so that logits need not be rounded to 256 steps; a Conv
    /// without a quantized result would be computed in float by them.
    /// </summary>
    private void LeaveLastProductsFloat()
    {
        foreach (QuantizationUnit unit in Quantized.Where(u => u.Role == OperatorRole.Product && u.Activation is null))
            unit.FloatResult = unit.Main.OpType is "Gemm" or "MatMul" && _graph.Constant(unit.Main.Inputs[1]) is not null && !unit.Outputs.Any(IsReadQuantized);
    }

    /// <summary>What only moves elements has the width of what it reads.</summary>
    private void Widen(IReadOnlyCollection<string> patterns)
    {
        if (patterns.Count == 0) return;
        foreach (QuantizationUnit unit in Quantized)
        {
            QuantizationUnit? writer = unit.Role == OperatorRole.Move ? Writer(unit.Inputs[0]) : null;
            unit.Wide = writer?.Wide ?? unit.Nodes.Exists(n => NodePatterns.Match(patterns, n.Name) is not null);
        }
        foreach (string activation in Activations)
            if (Writer(activation)?.Wide ?? Readers(activation).Exists(r => r.Wide && ReadsQuantized(r, activation))) _wide.Add(activation);
    }

    private QuantizationUnit? Writer(string activation) => Quantized.FirstOrDefault(u => !u.FloatResult && u.Outputs.Contains(activation));

    private List<QuantizationUnit> Readers(string value) => _readers.GetValueOrDefault(value) ?? [];

    private bool IsReadQuantized(string value) => Readers(value).Exists(r => ReadsQuantized(r, value));

    private static bool ReadsQuantized(QuantizationUnit unit, string value) => unit.Role != OperatorRole.Float && unit.Inputs.Contains(value);

    private static void ToFloat(QuantizationUnit unit, string reason)
    {
        unit.CanMove = unit.Role == OperatorRole.Move;
        unit.Role = OperatorRole.Float;
        unit.Reason = reason;
    }
}
