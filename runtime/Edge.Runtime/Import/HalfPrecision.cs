using Edge.Runtime.Execution;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators;
using Edge.Runtime.Planning;
using Edge.Tensors;

namespace Edge.Runtime.Import;

/// <summary>
/// Appends nodes to a graph so that operators which compute in float32 alone take float16 and bfloat16: their inputs are
/// widened by a Cast, which for weights is computed at once, and their results rounded by another. Between two such
/// operators nothing is rounded: the second reads what the first computed, also across operators that only move elements.
/// Results are therefore nearer to the true ones than those of arithmetic in half precision. Where the model casts to a
/// half type and back itself, both stay.
/// </summary>
internal sealed class HalfPrecision(ModelGraph graph, PlanSettings settings, NodeBudget budget)
{
    private static readonly Operator s_cast = OperatorCatalog.Find("", "Cast")!;

    /// <summary>By half value: the float32 that it was rounded from, or that was made of it.</summary>
    private readonly Dictionary<Value, Value> _wide = [];

    /// <summary>Half values that the model rounded itself, by a Cast.</summary>
    private readonly HashSet<Value> _rounded = [];

    /// <summary>Infers <paramref name="node"/>, whose inputs are in the graph, and appends it, or turns its outputs into constants.</summary>
    public void Append(Node node, Operator op)
    {
        // What is not known before a run is widened then: see DynamicStep.
        if (node.InputsAreStatic)
        {
            switch (op.Halves(node))
            {
                case HalfRole.Keeps:
                    AppendKeeping(node, op);
                    return;
                case HalfRole.Computes:
                case HalfRole.Moves when _wide.Count > 0 && node.Inputs.Any(v => v is not null && _wide.ContainsKey(v)):
                    AppendComputing(node, op);
                    return;
            }
        }

        Infer(node, op, budget);
    }

    private void AppendComputing(Node node, Operator op)
    {
        var types = new DataType[node.Outputs.Count];
        bool any = false;
        for (int i = 0; i < types.Length; i++)
        {
            types[i] = op.ResultType(node, i);
            any |= types[i].IsHalf();
        }

        bool rounded = _rounded.Count > 0 && node.Inputs.Any(v => v is not null && _rounded.Contains(v)) && op.Halves(node) == HalfRole.Moves;
        for (int i = 0; i < node.Inputs.Count; i++)
        {
            if (node.Inputs[i] is not { } v || !v.Type.IsHalf()) continue;
            node.SetInput(i, Widen(v));
            any = true;
        }

        if (!any)
        {
            Infer(node, op, budget);
            return;
        }

        var narrow = new List<(Value Wide, Value Half, DataType Type)>();
        NodeInference.Infer(node, op);
        for (int i = 0; i < types.Length; i++)
        {
            if (!types[i].IsHalf() || node.Outputs[i] is not { Type: DataType.Float32 } half) continue;
            var wide = graph.AddValue(half.Name, DataType.Float32, half.Shape);
            (half.Type, half.Shape) = (DataType.Undefined, null);
            node.SetOutput(i, wide);
            narrow.Add((wide, half, types[i]));
        }

        Infer(node, op, budget);
        foreach (var (wide, half, type) in narrow)
        {
            Cast(wide, half, type, budget);
            _wide[half] = wide;
            if (rounded) _rounded.Add(half);
        }
    }

    private void AppendKeeping(Node node, Operator op)
    {
        bool casts = node is { Domain: "", OpType: "Cast" or "CastLike" };
        if (casts && node.Input(0) is { } half && _wide.TryGetValue(half, out var wide) && !_rounded.Contains(half)) node.SetInput(0, wide);
        var input = node.Input(0);
        var output = node.Outputs.Count > 0 ? node.Outputs[0] : null;
        Infer(node, op, budget);
        if (!casts || input?.Type != DataType.Float32 || output is null || !output.Type.IsHalf()) return;
        _wide[output] = input;
        _rounded.Add(output);
    }

    private Value Widen(Value half)
    {
        if (_wide.TryGetValue(half, out var wide)) return wide;
        wide = graph.AddValue(half.Name, DataType.Float32, half.Shape);
        // A constant is in the file already: widening it cannot blow up.
        Cast(half, wide, DataType.Float32, null);
        return _wide[half] = wide;
    }

    private void Cast(Value from, Value to, DataType type, NodeBudget? folds) =>
        Infer(graph.Make("", "Cast", to.Name, [from], [to], ("to", (long)type)), s_cast, folds);

    private void Infer(Node node, Operator op, NodeBudget? folds) => GraphFolding.InferAndFold(graph, node, op, settings.Kernels, folds, keepDequantize: true);
}
