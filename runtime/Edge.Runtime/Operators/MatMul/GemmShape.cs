using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.MatMul;

/// <summary>The attributes of Gemm, resolved: <c>Y[M,N] = Alpha · A' · B' + Beta · C</c>.</summary>
internal readonly record struct GemmShape(int M, int K, int N, bool TransA, bool TransB, float Alpha, float Beta)
{
    public const int C = 2;

    /// <exception cref="Onnx.ModelException">The shapes do not fit.</exception>
    public static GemmShape Read(Node node, Shape a, Shape b, Shape? c)
    {
        bool transA = node.Attributes.Int("transA", 0) != 0, transB = node.Attributes.Int("transB", 0) != 0;
        float alpha = node.Attributes.Float("alpha", 1), beta = node.Attributes.Float("beta", 1);
        if (a.Rank != 2 || b.Rank != 2) throw node.Error($"A {a} and B {b} must have rank 2");
        var (m, k) = transA ? (a[1], a[0]) : (a[0], a[1]);
        var (kb, n) = transB ? (b[1], b[0]) : (b[0], b[1]);
        if (k != kb) throw node.Error($"A {a} and B {b} with transA {transA}, transB {transB} differ in the inner dimension: {k} and {kb}");
        if (k == 0) throw node.Error($"A {a} and B {b} have no inner elements, which is not supported");
        if (c is { } s && !(s.Rank <= 2 && (s.Rank < 1 || s[^1] == 1 || s[^1] == n) && (s.Rank < 2 || s[0] == 1 || s[0] == m)))
            throw node.Error($"C {s} does not broadcast to [{m},{n}]");
        return new GemmShape(m, k, n, transA, transB, alpha, beta);
    }
}
