using Edge.Onnx;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Import;

/// <summary>
/// A graph that a node holds as an attribute: a branch, or the body of a loop. What it reads from the graphs around it
/// are inputs of the node, behind the operator's own.
/// </summary>
internal sealed class Subgraph
{
    private readonly ImportFrame _frame;
    private (Formal[] Formals, ModelGraph Graph)? _checked;

    /// <param name="proto">The graph.</param>
    /// <param name="frame">That of the graph itself.</param>
    /// <param name="ownInputs">Inputs of the node that are the operator's.</param>
    /// <param name="captures">Names from outside that it reads, each with the node's input that brings it.</param>
    public Subgraph(GraphProto proto, ImportFrame frame, int ownInputs, IReadOnlyList<(string Name, int Input)> captures)
    {
        Proto = proto;
        _frame = frame;
        OwnInputs = ownInputs;
        Captures = captures;
    }

    public GraphProto Proto { get; }

    /// <summary>Inputs of the node that are the operator's; the captures lie behind them, or are among them.</summary>
    public int OwnInputs { get; }

    public IReadOnlyList<(string Name, int Input)> Captures { get; }

    /// <summary>Which of its own inputs come in another shape from run to run; null while that is not known.</summary>
    public bool[]? Open { get; set; }

    /// <summary>Why the graph cannot run for the shapes that were checked; null if it can.</summary>
    public string? Problem { get; private set; }

    /// <summary>Names of its own inputs, in order.</summary>
    public IEnumerable<string> InputNames => Proto.Inputs.Select(i => i.Name);

    public int OutputCount => Proto.Outputs.Count;

    /// <summary>The graph for these inputs: its own, in order, then the captures.</summary>
    /// <exception cref="ModelException">It is malformed, or asks for something that is not supported.</exception>
    public ModelGraph Import(IReadOnlyList<Formal> formals)
    {
        if (_checked is { } done && done.Formals.SequenceEqual(formals))
        {
            _checked = null; // passes will rewrite it
            return done.Graph;
        }

        return GraphImporter.Import(_frame with { Budget = new NodeBudget(_frame.Settings.Limits) }, Proto, formals);
    }

    /// <summary>
    /// Imports the graph for the shapes that are known while its node is imported, which finds what is wrong in it. The
    /// result is to be looked at only: the first plan is made of it.
    /// </summary>
    public ModelGraph Check(IReadOnlyList<Formal> formals)
    {
        var graph = GraphImporter.Import(_frame, Proto, formals);
        _checked = ([.. formals], graph);
        return graph;
    }

    /// <summary>
    /// <see cref="Check"/> of a branch that may never be taken: what does not fit the shapes of this run alone, as the half of
    /// a model that is made for another sampling rate, is kept in <see cref="Problem"/>, and null is returned.
    /// </summary>
    /// <exception cref="ModelException">The graph is malformed for any shape.</exception>
    public ModelGraph? TryCheck(IReadOnlyList<Formal> formals)
    {
        Problem = null;
        try
        {
            return Check(formals);
        }
        catch (ModelException e)
        {
            GraphImporter.Import(_frame, Proto, [.. formals.Select(f => new Formal(f.Name, DataType.Undefined, null))]);
            Problem = e.Message;
            return null;
        }
    }

    /// <summary>The captures as <paramref name="node"/> sees them.</summary>
    public IEnumerable<Formal> CapturesOf(Node node) => Captures.Select(c => Formal.Of(c.Name, node.Inputs[c.Input]!));
}

/// <summary>What a graph is imported for at one of its inputs.</summary>
/// <param name="Name">The value's name in the graph.</param>
/// <param name="Type"><see cref="DataType.Undefined"/> while unknown, and for what is no tensor.</param>
/// <param name="Shape">Null while unknown.</param>
/// <param name="Constant">The elements, where they are the same in every run; such a value is no input of the plan.</param>
internal readonly record struct Formal(string Name, DataType Type, Shape? Shape, Tensor? Constant = null)
{
    public static Formal Of(string name, Value value) => new(name, value.Type, value.Shape, value.Constant);
}
