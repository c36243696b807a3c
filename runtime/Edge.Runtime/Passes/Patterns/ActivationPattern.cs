using Edge.Runtime.Graph;
using static Edge.Runtime.Passes.Patterns.Terms;

namespace Edge.Runtime.Passes.Patterns;

/// <summary>
/// Activations written out as arithmetic become the operator of that name. The results may differ in the last bits, since
/// the operator rounds once where the nodes rounded at each step.
/// </summary>
internal sealed class ActivationPattern : Pattern
{
    private static readonly Term X = Var("x");

    // log(1 + eˣ)
    private static readonly Term Softplus = Any(Op("Softplus", X), Op("Log", Sum(1, Op("Exp", X))));

    // 1 + e⁻ˣ
    private static readonly Term Logistic = Sum(1, Op("Exp", Product(-1, X)));

    // min(max(x + 3, 0), 6)
    private static readonly Term Relu6 = Clip(0, 6, Sum(3, X));

    private static readonly double Tanh = Math.Sqrt(2 / Math.PI);

    // x + 0.044715·x³, also as x·(1 + 0.044715·x²)
    private static readonly Term Cubic = Any(
        Product(Tanh, Sum(0, X, Product(0.044715, X, X, X))),
        Product(Tanh, X, Sum(1, Product(0.044715, X, X))));

    private readonly Term _term;
    private readonly string _opType;
    private readonly Func<Match, (string, object)[]> _attributes;
    private readonly Func<Match, bool> _when;

    private ActivationPattern(
        string opType, string[] roots, Term term, Func<Match, (string, object)[]>? attributes = null, Func<Match, bool>? when = null)
    {
        _opType = opType;
        _term = term;
        _attributes = attributes ?? (_ => []);
        _when = when ?? (_ => true);
        Roots = roots;
    }

    public override IReadOnlyList<string> Roots { get; }

    /// <summary>All of them; none is the beginning of one that stands behind it.</summary>
    public static IReadOnlyList<Pattern> All { get; } =
    [
        new ActivationPattern("Gelu", ["Mul", "Div"], Product(0.5, X, Sum(1, Op("Erf", Product(Math.Sqrt(0.5), X))))),
        new ActivationPattern("Gelu", ["Mul", "Div"], Product(0.5, X, Sum(1, Op("Tanh", Cubic))), _ => [("approximate", "tanh")]),
        new ActivationPattern("Mish", ["Mul"], Product(1, X, Op("Tanh", Softplus))),
        new ActivationPattern("HardSwish", ["Mul", "Div"],
            Any(Product(1.0 / 6, X, Relu6), Product(1, X, Op("HardSigmoid", IsSixth, X)))),
        new ActivationPattern("HardSigmoid", ["Mul", "Div"], Product(1.0 / 6, Relu6), _ => [("alpha", 1f / 6), ("beta", 0.5f)]),
        new ActivationPattern("HardSigmoid", ["Clip", "Min", "Max"], Clip(0, 1, Sum("beta", Product("alpha", X))),
            m => [("alpha", m.Number("alpha")), ("beta", m.Number("beta"))], m => (m.Number("alpha"), m.Number("beta")) is not (1, 0)),
        new ActivationPattern("Swish", ["Mul"], Product(1, X, Op("Sigmoid", X)), _ => [("alpha", 1f)]),
        new ActivationPattern("Swish", ["Mul"], Product(1, X, Op("Sigmoid", Product("alpha", X))), m => [("alpha", m.Number("alpha"))]),
        new ActivationPattern("Swish", ["Div"], Op("Div", X, Logistic), _ => [("alpha", 1f)]),
        new ActivationPattern("LeakyRelu", ["Max"], Any(Op("Max", X, Product("alpha", X)), Op("Max", Product("alpha", X), X)),
            m => [("alpha", m.Number("alpha"))], m => m.Number("alpha") is > 0 and < 1),
        new ActivationPattern("Sigmoid", ["Div", "Reciprocal"], Any(Op("Div", Number(1), Logistic), Op("Reciprocal", Logistic))),
    ];

    public override bool TryReplace(ModelGraph graph, Node root)
    {
        var m = new Match(graph);
        var y = root.Outputs[0]!;
        if (!_term(y, m) || m["x"].IsConstant || m["x"].Shape != y.Shape || !m.IsClosed(root)) return false;
        if (!_when(m)) return false;
        m.Replace(root, graph.Make("", _opType, root.Name, [m["x"]], [y], _attributes(m)));
        return true;
    }

    private static bool IsSixth(Node n) => Near(n.Attributes.Float("alpha", 0.2f), 1.0 / 6) && n.Attributes.Float("beta", 0.5f) == 0.5f;
}
