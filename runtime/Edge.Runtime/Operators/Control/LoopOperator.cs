using Edge.Runtime.Execution;
using Edge.Runtime.Graph;
using Edge.Runtime.Import;
using Edge.Runtime.Planning;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Control;

/// <summary>
/// Loop: <c>for (i = 0; i &lt; M &amp;&amp; cond; i++) (cond, states…, scans…) = body(i, cond, states…)</c>. M and the condition may
/// be left out; scans are stacked along a new first axis.
/// </summary>
internal sealed class LoopOperator() : ValueOperator("Loop", minOpset: 1)
{
    public override void Infer(InferContext c)
    {
        var body = c.Attributes.Graph("body");
        int states = body.Proto.Inputs.Count - 2;
        if (states < 0 || Math.Max(2, body.OwnInputs) - 2 != states)
            throw c.Error($"the body has {body.Proto.Inputs.Count} inputs; with {Math.Max(2, body.OwnInputs) - 2} states it must have {Math.Max(2, body.OwnInputs)}");
        if (body.OutputCount < 1 + states || c.OutputCount > body.OutputCount - 1)
            throw c.Error($"the body has {body.OutputCount} outputs; with {states} states and {c.OutputCount} outputs of the node it must have {Math.Max(states, c.OutputCount) + 1}");

        var formals = Formals(c.Node, body, states);
        var graph = CheckStates(body, formals, states);
        body.Open = [.. formals.Take(2 + states).Select((f, i) => i >= 2 && f.Shape is null)];
        for (int i = 0; i < states; i++)
        {
            if (formals[2 + i] is { Shape: { } shape, Type: var type }) c.Output(i, type, shape);
            else c.DataDependent(i, graph.Outputs[1 + i].Type);
        }

        long trips = Trips(c, body.OwnInputs, graph);
        for (int i = states; i < c.OutputCount; i++)
        {
            var element = graph.Outputs[1 + i];
            if (trips >= 0 && element.IsStatic) c.Output(i, element.Type, new Shape([checked((int)trips), .. element.Shape!.Value.Dims]));
            else c.DataDependent(i, element.Type);
        }
    }

    public override ValueExecutor Prepare(Node node, PlanSettings settings) => new LoopExecutor(node, settings);

    private static Formal[] Formals(Node node, Subgraph body, int states)
    {
        var names = body.InputNames.ToArray();
        var formals = new Formal[names.Length];
        formals[0] = new Formal(names[0], DataType.Int64, new Shape());
        formals[1] = new Formal(names[1], DataType.Bool, new Shape());
        for (int i = 0; i < states; i++)
        {
            var v = node.Input(2 + i) ?? throw node.Error($"input {2 + i} is required and missing");
            formals[2 + i] = new Formal(names[2 + i], v.Type, v.Shape);
        }

        return [.. formals, .. body.CapturesOf(node)];
    }

    /// <summary>Leaves the shapes of states open that an iteration changes.</summary>
    private static ModelGraph CheckStates(Subgraph body, Formal[] formals, int states)
    {
        while (true)
        {
            var graph = body.Check(formals);
            bool changed = false;
            for (int i = 0; i < states; i++)
            {
                ref var formal = ref formals[2 + i];
                var after = graph.Outputs[1 + i];
                if (formal.Shape is null || (after.IsStatic && after.Type == formal.Type && after.Shape == formal.Shape)) continue;
                formal = formal with { Shape = null };
                changed = true;
            }

            if (!changed) return graph;
        }
    }

    /// <summary>How often the body runs, if that is known; else −1.</summary>
    private static long Trips(InferContext c, int ownInputs, ModelGraph graph)
    {
        if (ownInputs < 1 || c.Node.Input(0) is not { IsConstant: true, Constant: { Count: 1 } limit }) return -1;
        if (ownInputs > 1 && c.Node.Input(1) is { } start && start.Constant is not { Type: DataType.Bool, Count: 1 }) return -1;
        if (ownInputs > 1 && c.Node.Input(1) is { Constant: { } first } && !first.AsSpan<bool>()[0]) return 0;
        var next = graph.Outputs[0];
        while (next.Producer is { OpType: "Identity", Domain: "" } pass) next = pass.Inputs[0]!;
        bool always = next == graph.Inputs[1] || (next.Constant is { Type: DataType.Bool, Count: 1 } known && known.AsSpan<bool>()[0]);
        return always ? Math.Max(0, Condition.Number(c.Node, limit, "the number of iterations")) : -1;
    }
}
