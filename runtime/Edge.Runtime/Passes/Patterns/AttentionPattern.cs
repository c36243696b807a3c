using Edge.Runtime.Graph;
using Edge.Runtime.Passes.Movement;
using Edge.Tensors;
using static Edge.Runtime.Passes.Patterns.Terms;

namespace Edge.Runtime.Passes.Patterns;

/// <summary>
/// <c>softmax(scale · Q·Kᵀ + mask) · V</c> becomes Attention, wherever the scale stands. Where the heads were divided by
/// reshapes and transpositions, it reads the undivided tensors and writes an undivided one; the movements of the model
/// then cancel against those that this leaves behind. The results may differ in the last bits.
/// </summary>
internal sealed class AttentionPattern : Pattern
{
    private const string Query = "q", Key = "k", ScaleOfQuery = "q.scale", ScaleOfKey = "k.scale", ScaleOfProduct = "scale", Mask = "mask", Values = "v";

    private static readonly Term Product = Terms.Product(ScaleOfProduct, Op("MatMul",
        Terms.Product(ScaleOfQuery, Var(Query)), Terms.Product(ScaleOfKey, Var(Key))));

    private static readonly Term Scores = Any(Op("Add", Product, Var(Mask)), Op("Add", Var(Mask), Product), Product);

    private static readonly Term Whole = Op("MatMul", Op("Softmax", OverLastAxis, Scores), Var(Values));

    public override IReadOnlyList<string> Roots => ["MatMul"];

    public override bool TryReplace(ModelGraph graph, Node root)
    {
        var m = new Match(graph);
        var y = root.Outputs[0]!;
        if (!Whole(y, m) || !m.IsClosed(root) || !Fits(m[Query], m[Key], m[Values], y)) return false;
        Value q = m[Query], k = m[Key], v = m[Values];
        int rank = q.Shape!.Value.Rank;
        if (m.Find(Mask) is { } mask && !IsMask(mask, q, k)) return false;

        var shape = new AttentionSizes(q, v);
        bool flat = rank == 4 && shape.Heads > 1 && IsUndivided(q, 0, 2, 1, 3) && IsUndivided(k, 0, 3, 1, 2) && IsUndivided(v, 0, 2, 1, 3);
        long[] transposed = rank == 4 ? [0, 1, 3, 2] : [0, 2, 1];
        List<Value> inputs = flat
            ? [Flat(graph, root, q, 0, 2, 1, 3), Flat(graph, root, k, 0, 3, 1, 2), Flat(graph, root, v, 0, 2, 1, 3)]
            : [Four(graph, root, q), Four(graph, root, Transposed(graph, root, k, transposed)), Four(graph, root, v)];
        if (m.Find(Mask) is { } added) inputs.Add(rank == 3 && added.Shape!.Value.Rank == 3 ? Four(graph, root, added) : added);

        var result = graph.AddValue(y.Name, y.Type, flat ? shape.Flat : shape.Four);
        var attention = graph.Make("", "Attention", root.Name, inputs, [result],
            ("scale", m.Number(ScaleOfProduct) * m.Number(ScaleOfQuery) * m.Number(ScaleOfKey)));
        if (flat)
        {
            attention.Attributes.Set("q_num_heads", (long)shape.Heads);
            attention.Attributes.Set("kv_num_heads", (long)shape.Heads);
        }

        graph.InsertBefore(root, attention);
        if (flat) result = Reshaped(graph, root, result, new Shape(shape.Batch, shape.Queries, shape.Heads, shape.ValueSize));
        m.Replace(root, flat ? graph.Make("", "Transpose", y.Name, [result], [y], ("perm", new long[] { 0, 2, 1, 3 })) : graph.MakeReshape(result, y));
        return true;
    }

    private static bool OverLastAxis(Node softmax)
    {
        int rank = softmax.Outputs[0] is { IsStatic: true } y ? y.Shape!.Value.Rank : 0;
        long axis = softmax.Attributes.Int("axis", softmax.Opset < 13 ? 1 : -1);
        return axis == -1 || axis == rank - 1;
    }

    /// <summary>Whether the shapes are <c>[…, L, d]</c>, <c>[…, d, keys]</c> and <c>[…, keys, e]</c> over the same batches and heads.</summary>
    private static bool Fits(Value q, Value k, Value v, Value y)
    {
        if (!q.IsStatic || !k.IsStatic || !v.IsStatic || y.Shape!.Value.Count == 0) return false;
        Shape a = q.Shape!.Value, b = k.Shape!.Value, c = v.Shape!.Value;
        return a.Rank is 3 or 4 && b.Rank == a.Rank && c.Rank == a.Rank && a.Count > 0 && b.Count > 0
            && a.Dims[..^2].SequenceEqual(b.Dims[..^2]) && a.Dims[..^2].SequenceEqual(c.Dims[..^2]);
    }

    private static bool IsMask(Value mask, Value q, Value k)
    {
        if (mask is not { IsStatic: true, Type: DataType.Float32 }) return false;
        Shape s = mask.Shape!.Value, a = q.Shape!.Value;
        int[] scores = [.. a.Dims[..^1], k.Shape!.Value[^1]];
        int lead = scores.Length - s.Rank;
        if (lead < 0) return false;
        // Attention repeats a mask along every axis but the last: there a shorter one hides the keys behind it.
        for (int i = 0; i < s.Rank; i++)
            if (s[i] != scores[lead + i] && (s[i] != 1 || i == s.Rank - 1)) return false;
        return true;
    }

    /// <summary>Whether <c>[batch, L, heads, size]</c>, which the permutation makes, are rows of heads side by side.</summary>
    private static bool IsUndivided(Value v, params int[] perm)
    {
        var view = StridedView.Of(v);
        int[] dims = Array.ConvertAll(perm, a => view.Dims[a]);
        return StridedView.Reshaped(dims, Array.ConvertAll(perm, a => view.Strides[a]), [dims[0], dims[1], dims[2] * dims[3]]) is not null;
    }

    private static Value Flat(ModelGraph graph, Node before, Value v, params long[] perm)
    {
        var t = Transposed(graph, before, v, perm);
        var s = t.Shape!.Value;
        return Reshaped(graph, before, t, new Shape(s[0], s[1], s[2] * s[3]));
    }

    /// <summary>The value with its heads: without any it is one head.</summary>
    private static Value Four(ModelGraph graph, Node before, Value v)
    {
        var s = v.Shape!.Value;
        return s.Rank == 4 ? v : Reshaped(graph, before, v, new Shape(s[0], 1, s[1], s[2]));
    }

    private static Value Transposed(ModelGraph graph, Node before, Value v, long[] perm)
    {
        var s = v.Shape!.Value;
        var t = graph.AddValue(v.Name, v.Type, new Shape(Array.ConvertAll(perm, a => s[(int)a])));
        graph.InsertBefore(before, graph.Make("", "Transpose", t.Name, [v], [t], ("perm", perm)));
        return t;
    }

    private static Value Reshaped(ModelGraph graph, Node before, Value v, Shape shape)
    {
        var r = graph.AddValue(v.Name, v.Type, shape);
        graph.InsertBefore(before, graph.MakeReshape(v, r));
        return r;
    }

    private readonly record struct AttentionSizes(int Batch, int Heads, int Queries, int ValueSize)
    {
        public AttentionSizes(Value q, Value v)
            : this(q.Shape!.Value[0], q.Shape!.Value.Rank == 4 ? q.Shape!.Value[1] : 1, q.Shape!.Value[^2], v.Shape!.Value[^1])
        {
        }

        public Shape Flat => new(Batch, Queries, Heads * ValueSize);

        public Shape Four => new(Batch, Heads, Queries, ValueSize);
    }
}
