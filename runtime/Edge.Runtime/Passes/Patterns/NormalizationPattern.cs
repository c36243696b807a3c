using Edge.Runtime.Graph;
using Edge.Runtime.Operators;
using Edge.Tensors;
using static Edge.Runtime.Passes.Patterns.Terms;

namespace Edge.Runtime.Passes.Patterns;

/// <summary>
/// Layer and root-mean-square normalisation over the last axes, written out as means, differences and roots. The
/// results may differ in the last bits.
/// </summary>
internal sealed class NormalizationPattern : Pattern
{
    private const string X = "x", Epsilon = "epsilon", Axis = "axis", Gamma = "gamma", Beta = "beta";

    private static readonly Term Deviation = Op("Sub", Var(X), Mean(Var(X)));
    private static readonly Term Variance = Sum(Epsilon, Mean(Product(1, Deviation, Deviation)));
    private static readonly Term Square = Sum(Epsilon, Mean(Product(1, Var(X), Var(X))));

    private readonly string _opType;
    private readonly Term _term;

    private NormalizationPattern(string opType, Term term)
    {
        _opType = opType;
        _term = term;
    }

    public override IReadOnlyList<string> Roots => ["Div", "Mul", "Add"];

    /// <summary>Both; the root mean square of differences from the mean is a layer normalisation, so this comes first.</summary>
    public static IReadOnlyList<Pattern> All { get; } =
    [
        new NormalizationPattern("LayerNormalization", Any(
            Op("Div", Deviation, Op("Sqrt", Variance)),
            Product(1, Deviation, InverseRoot(Variance)),
            Product(1, Deviation, InverseRoot(Variance), Constant(Gamma)),
            // x·s + (β − mean·s), with s = γ / √(variance + ε)
            Either(Product(1, Var(X), InverseRoot(Variance), Constant(Gamma)),
                Op("Sub", Constant(Beta), Product(1, Mean(Var(X)), InverseRoot(Variance), Constant(Gamma)))))),
        new NormalizationPattern("RMSNormalization", Any(
            Op("Div", Var(X), Op("Sqrt", Square)),
            Product(1, Var(X), InverseRoot(Square)),
            Product(1, Var(X), InverseRoot(Square), Constant(Gamma)))),
    ];

    public override bool TryReplace(ModelGraph graph, Node root)
    {
        var m = new Match(graph);
        var y = root.Outputs[0]!;
        if (!_term(y, m) || m[X].IsConstant || m[X].Shape != y.Shape || !m.IsClosed(root)) return false;
        Value? gamma = m.Find(Gamma), beta = m.Find(Beta);
        if (beta is null && gamma is null) gamma = Follow(graph, m, "Mul", ref root);
        if (beta is null && _opType == "LayerNormalization") beta = Follow(graph, m, "Add", ref root);

        int axis = (int)m.Number(Axis);
        List<Value> inputs = [m[X], gamma ?? graph.AddConstant(root.Name + ".ones", Ones(m[X].Shape!.Value, axis))];
        if (beta is not null) inputs.Add(beta);
        var node = graph.Make("", _opType, root.Name, inputs, [root.Outputs[0]], ("axis", (long)axis), ("epsilon", m.Number(Epsilon)));
        m.Replace(root, node);
        return true;
    }

    /// <summary>The constant that the only reader of <paramref name="root"/> multiplies by, or adds; that reader is the root then.</summary>
    private static Value? Follow(ModelGraph graph, Match m, string opType, ref Node root)
    {
        var y = root.Outputs[0]!;
        if (graph.OnlyConsumer(y) is not { Domain: "" } next || next.OpType != opType || next.Outputs[0]!.Shape != y.Shape) return null;
        if (next.Inputs[next.Inputs[0] == y ? 1 : 0] is not { IsConstant: true } constant) return null;
        m.Include(root);
        root = next;
        return constant;
    }

    private static Tensor Ones(Shape shape, int axis)
    {
        var ones = Tensor.Create<float>(new Shape(shape.Dims[axis..]));
        ones.AsSpan<float>().Fill(1);
        return ones;
    }

    private static Term InverseRoot(Term square) => Any(
        Op("Reciprocal", Op("Sqrt", square)), Op("Div", Number(1), Op("Sqrt", square)), Op("Pow", square, Number(-0.5)));

    private static Term Either(Term a, Term b) => Any(Op("Add", a, b), Op("Add", b, a));

    private static Term Constant(string name) => (v, m) => v.Constant is { Type: DataType.Float32 } && m.Bind(name, v);

    /// <summary>The mean over all axes from one on, which stay as axes of 1.</summary>
    private static Term Mean(Term inner) => (v, m) =>
    {
        if (v.Producer is not { OpType: "ReduceMean", Domain: "" } n || n.Inputs[0] is not { IsStatic: true } x) return false;
        if (n.Attributes.Int("keepdims", 1) == 0 || !n.TryIntList("axes", 18, 1, out var axes) || axes is not { Length: > 0 }) return false;
        int rank = x.Shape!.Value.Rank;
        int[] sorted = [.. n.AxisList(axes, rank).Order()];
        var mark = m.Mark();
        if (sorted[^1] - sorted[0] != sorted.Length - 1 || sorted[^1] != rank - 1 || !m.Bind(Axis, sorted[0]) || !inner(x, m)) return m.Back(mark);
        m.Include(n);
        return true;
    };
}
