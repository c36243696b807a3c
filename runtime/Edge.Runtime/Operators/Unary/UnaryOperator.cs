using Edge.Kernels;
using Edge.Kernels.Elementwise;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Unary;

/// <summary>An operator that applies a <see cref="UnaryFunction"/> to each element.</summary>
/// <param name="opType">The name in the model.</param>
/// <param name="function">The function.</param>
/// <param name="minOpset">First version that is implemented.</param>
/// <param name="alpha">The attribute that is the function's α.</param>
/// <param name="beta">The attribute that is the function's β.</param>
/// <param name="domain">The ONNX domain.</param>
internal class UnaryOperator(string opType, UnaryFunction function, int minOpset = 6, Parameter? alpha = null, Parameter? beta = null, string domain = "")
    : Operator(opType, domain, minOpset, OperatorCatalog.LatestOpset)
{
    public override LayoutRole Layout => LayoutRole.Follows;

    public override void Infer(InferContext c)
    {
        var f = Function(c.Node);
        Parameters(c.Attributes);
        c.RequireType(0, [.. Elementwise.Types.Where(t => Elementwise.Definition.Unary(f, t) is not null)]);
        c.Output(0, f is UnaryFunction.IsNaN or UnaryFunction.IsInf ? DataType.Bool : c.Type(0), c.Shape(0));
    }

    public override bool CanOverwrite(Graph.Node node, int input) => input == 0;

    public override Executor Prepare(PrepareContext c)
    {
        var (a, b) = Parameters(c.Attributes);
        return new UnaryExecutor(c.Kernels.Elementwise.Unary(Function(c.Node), c.Type(0), a, b)!, c.OutputShape().Count, c.Type(0).Size(), c.OutputType().Size());
    }

    /// <summary>The function that the node asks for; fails if there is none.</summary>
    protected virtual UnaryFunction Function(Graph.Node node) => function;

    /// <summary>The function's α and β.</summary>
    protected virtual (float Alpha, float Beta) Parameters(Graph.NodeAttributes attributes) => (alpha?.Read(attributes) ?? 0, beta?.Read(attributes) ?? 0);
}

/// <summary>A float attribute and its value where it is left out.</summary>
internal readonly record struct Parameter(string Name, float Default)
{
    public float Read(Graph.NodeAttributes attributes) => attributes.Float(Name, Default);
}
