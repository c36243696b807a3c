using Edge.Runtime.Graph;
using Edge.Runtime.Operators;

namespace Edge.Runtime.Passes.Patterns;

/// <summary>Whether <paramref name="value"/> is computed as the term says; notes in <paramref name="match"/> from what.</summary>
internal delegate bool Term(Value value, Match match);

/// <summary>
/// The vocabulary in which patterns are written down. Products and sums are read as arithmetic, not as nodes: in any
/// order and association, with constants multiplied or added up, divisions by constants and small powers included.
/// </summary>
internal static class Terms
{
    // Powers longer than this are no products that anybody writes out.
    private const int LargestPower = 4;

    // Constants that a product or sum may have beside its terms.
    private const int MostConstants = 4;

    /// <summary>Equal up to what printing and reading a constant changes.</summary>
    public static bool Near(double a, double b) => Math.Abs(a - b) <= 1e-5 * Math.Max(Math.Abs(a), Math.Abs(b));

    /// <summary>Anything, under a name; the same value wherever the name occurs.</summary>
    public static Term Var(string name) => (v, m) => m.Bind(name, v);

    /// <summary>The single output of an operator of the default domain, of these inputs in this order.</summary>
    public static Term Op(string opType, params Term[] inputs) => (v, m) =>
    {
        if (v.Producer is not { Domain: "" } n || n.OpType != opType || n.Inputs.Count < inputs.Length || n.Outputs.Count != 1) return false;
        var mark = m.Mark();
        for (int i = 0; i < inputs.Length; i++)
            if (n.Inputs[i] is not { } x || !inputs[i](x, m)) return m.Back(mark);
        m.Include(n);
        return true;
    };

    /// <summary>The same, if the node itself is as <paramref name="when"/> wants it.</summary>
    public static Term Op(string opType, Func<Node, bool> when, params Term[] inputs)
    {
        var plain = Op(opType, inputs);
        return (v, m) => v.Producer is { } n && n.OpType == opType && when(n) && plain(v, m);
    }

    /// <summary>The first alternative that holds.</summary>
    public static Term Any(params Term[] alternatives) => (v, m) =>
    {
        var mark = m.Mark();
        foreach (var t in alternatives)
        {
            if (t(v, m)) return true;
            m.Back(mark);
        }

        return false;
    };

    /// <summary>A constant of one element that is <paramref name="number"/>.</summary>
    public static Term Number(double number) => (v, _) => Match.Scalar(v) is { } n && Near(n, number);

    /// <summary>A constant of one element, under a name.</summary>
    public static Term Number(string name) => (v, m) => Match.Scalar(v) is { } n && m.Bind(name, n);

    /// <summary><paramref name="scale"/> times the factors.</summary>
    public static Term Product(double scale, params Term[] factors) =>
        (v, m) => Expand([v], 0, MostConstants, 1, factors, k => Near(k, scale), false, m, Factors);

    /// <summary>A constant, under a name (1 if none is written), times the factors.</summary>
    public static Term Product(string scale, params Term[] factors) =>
        (v, m) => Expand([v], 0, MostConstants, 1, factors, k => m.Bind(scale, k), true, m, Factors);

    /// <summary><paramref name="addend"/> plus the terms.</summary>
    public static Term Sum(double addend, params Term[] terms) =>
        (v, m) => Expand([v], 0, MostConstants, 0, terms, k => addend == 0 ? k == 0 : Near(k, addend), false, m, Addends);

    /// <summary>A constant, under a name (0 if none is written), plus the terms.</summary>
    public static Term Sum(string addend, params Term[] terms) =>
        (v, m) => Expand([v], 0, MostConstants, 0, terms, k => m.Bind(addend, k), true, m, Addends);

    /// <summary><c>min(max(v, low), high)</c>, as Clip or as Max, Min and Relu.</summary>
    public static Term Clip(double low, double high, Term inner) => (v, m) =>
    {
        var mark = m.Mark();
        double least = double.NegativeInfinity, greatest = double.PositiveInfinity;
        for (var at = v; ;)
        {
            if ((least, greatest) == (low, high) && inner(at, m)) return true;
            if (Bounded(at) is not var (node, x, a, b) || a > b || !m.GoesOn()) return m.Back(mark);
            // What is clipped later has the last word.
            (least, greatest) = (Math.Clamp(a, least, greatest), Math.Clamp(b, least, greatest));
            m.Include(node);
            at = x;
        }
    };

    private static (Node, Value, double, double)? Bounded(Value v)
    {
        if (v.Producer is not { Domain: "", Outputs.Count: 1 } n || n.Input(0) is not { } x) return null;
        switch (n.OpType)
        {
            case "Clip":
                return ActivationFusion.Bounds(n) is var (low, high) ? (n, x, low, high) : null;
            case "Relu":
                return (n, x, 0, double.PositiveInfinity);
            case "Max" or "Min" when Scaled(n) is var (other, bound):
                return n.OpType == "Max" ? (n, other, bound, double.PositiveInfinity) : (n, other, double.NegativeInfinity, bound);
            default:
                return null;
        }
    }

    /// <summary>The operand of <paramref name="n"/> that is no number, and the number; the result has the operand's shape.</summary>
    private static (Value, double)? Scaled(Node n)
    {
        if (n.Inputs.Count != 2) return null;
        for (int i = 0; i < 2; i++)
            if (Match.Scalar(n.Inputs[i]) is { } k && n.Inputs[1 - i] is { IsConstant: false } x && n.Outputs[0]!.Shape == x.Shape) return (x, k);
        return null;
    }

    private delegate (List<Value> Parts, double Constant)? Opening(Value v, double constant);

    /// <summary>
    /// Opens the parts from <paramref name="first"/> on, one node at a time, until they are the terms in some order. With
    /// <paramref name="deepest"/> a constant is taken for part of its variable only where it cannot be opened.
    /// </summary>
    private static bool Expand(List<Value> parts, int first, int constants, double constant, Term[] terms, Func<double, bool> accept, bool deepest, Match m, Opening open)
    {
        if (!m.GoesOn()) return false;
        var mark = m.Mark();
        if (!deepest && Complete(parts, constant, terms, accept, m)) return true;
        for (int i = first; i < parts.Count; i++)
        {
            if (parts[i].Producer is not { Domain: "", Outputs.Count: 1 } n || open(parts[i], constant) is not var (opened, k)) continue;
            int left = opened.Count == 1 ? constants - 1 : constants;
            if (parts.Count - 1 + opened.Count > terms.Length || left < 0) continue;
            m.Include(n);
            if (Expand([.. parts[..i], .. opened, .. parts[(i + 1)..]], i, left, k, terms, accept, deepest, m, open)) return true;
            m.Back(mark);
        }

        return deepest && Complete(parts, constant, terms, accept, m);
    }

    private static bool Complete(List<Value> parts, double constant, Term[] terms, Func<double, bool> accept, Match m)
    {
        var mark = m.Mark();
        return (parts.Count == terms.Length && accept(constant) && Assign(parts, terms, 0, m)) || m.Back(mark);
    }

    private static bool Assign(List<Value> parts, Term[] terms, int next, Match m)
    {
        if (next == terms.Length) return true;
        var mark = m.Mark();
        for (int i = 0; i < parts.Count; i++)
        {
            if (terms[next](parts[i], m) && Assign([.. parts[..i], .. parts[(i + 1)..]], terms, next + 1, m)) return true;
            m.Back(mark);
        }

        return false;
    }

    private static (List<Value>, double)? Factors(Value v, double k)
    {
        var n = v.Producer!;
        if (n.Input(0) is not { } x) return null;
        switch (n.OpType)
        {
            case "Mul" when n.Inputs is [_, { } y]:
                return Scaled(n) is var (z, a) ? ([z], k * a) : ([x, y], k);
            case "Div":
                return Match.Scalar(n.Input(1)) is { } d && d != 0 && v.Shape == x.Shape ? ([x], k / d) : null;
            case "Pow":
                return Match.Scalar(n.Input(1)) is { } e && e is > 1 and <= LargestPower && e == Math.Floor(e) && v.Shape == x.Shape
                    ? ([.. Enumerable.Repeat(x, (int)e)], k) : null;
            case "Neg":
                return ([x], -k);
            default:
                return null;
        }
    }

    private static (List<Value>, double)? Addends(Value v, double k)
    {
        var n = v.Producer!;
        if (n.Input(0) is not { } x) return null;
        return n.OpType switch
        {
            "Add" when n.Inputs is [_, { } y] => Scaled(n) is var (z, a) ? ([z], k + a) : ([x, y], k),
            "Sub" when Match.Scalar(n.Input(1)) is { } s && v.Shape == x.Shape => ([x], k - s),
            _ => null,
        };
    }
}
