using Edge.Kernels.Threading;
using Edge.Runtime.Graph;
using Edge.Runtime.Import;
using Edge.Runtime.Passes;
using Edge.Runtime.Planning;
using Edge.Tensors;

namespace Edge.Runtime.Execution;

/// <summary>
/// Runs the graph that a node holds. As for a session, a plan is made for each set of input shapes and the last few are
/// kept; where the shapes go on changing, as those of a list that a loop makes longer do, a plan that leaves the changing
/// ones open takes over.
/// </summary>
internal sealed class SubgraphRunner : IDisposable
{
    private readonly Subgraph _graph;
    private readonly PlanSettings _settings;
    private readonly Formal[] _formals;
    private readonly int[] _captures;
    private readonly RunValue[] _inputs;
    private readonly bool[] _open;
    private readonly PlanCache _plans = new();

    /// <param name="graph">The graph.</param>
    /// <param name="node">The node that holds it.</param>
    /// <param name="settings">Kernels, threads, limits.</param>
    public SubgraphRunner(Subgraph graph, Node node, PlanSettings settings)
    {
        _graph = graph;
        _settings = settings;
        var captures = graph.CapturesOf(node).ToArray();
        _formals = [.. graph.InputNames.Select(n => new Formal(n, DataType.Undefined, null)), .. captures];
        _captures = [.. graph.Captures.Where((_, i) => captures[i].Constant is null).Select(c => c.Input)];
        _inputs = new RunValue[graph.Proto.Inputs.Count + _captures.Length];
        _open = new bool[_inputs.Length];
        graph.Open?.CopyTo(_open, 0);
    }

    /// <summary>
    /// Runs the graph. What is returned holds until the next run.
    /// </summary>
    /// <param name="inputs">The graph's own inputs.</param>
    /// <param name="c">The run of the node, which brings the captures.</param>
    public RunValue[] Run(ReadOnlySpan<RunValue> inputs, in ValueContext c)
    {
        inputs.CopyTo(_inputs);
        for (int i = 0; i < _captures.Length; i++) _inputs[inputs.Length + i] = c.Inputs[_captures[i]]!;
        return FindPlan().Run(_inputs, c.Pool, profile: false);
    }

    public void Dispose() => _plans.Dispose();

    private ExecutionPlan FindPlan()
    {
        if (_plans.Find(_inputs) is { } plan) return plan;
        if (_plans.IsFull) LeaveOpen();
        return _plans.Add(Build());
    }

    /// <summary>From now on no plan depends on the shapes that were different among the plans so far.</summary>
    private void LeaveOpen()
    {
        for (int i = 0; i < _inputs.Length; i++)
        {
            var first = _plans.Latest!.Inputs[i];
            _open[i] |= !first.Fits(_inputs[i].Tensor) || _plans.All.Any(p => p.Inputs[i] != first);
        }

        _plans.Clear();
    }

    private ExecutionPlan Build()
    {
        var formals = (Formal[])_formals.Clone();
        int input = 0;
        for (int i = 0; i < formals.Length; i++)
        {
            if (formals[i].Constant is not null) continue;
            var tensor = _open[input] ? null : _inputs[input].Tensor;
            formals[i] = new Formal(formals[i].Name, tensor?.Type ?? DataType.Undefined, tensor?.Shape);
            input++;
        }

        var graph = _graph.Import(formals);
        PassPipeline.Run(graph, _settings);
        return PlanBuilder.Build(graph, _settings);
    }
}
