using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.MatMul;

/// <summary>
/// A matrix product after numpy's rules: the last two axes are multiplied, those before them broadcast, and an operand
/// of rank 1 is a row on the left, a column on the right.
/// </summary>
internal sealed class MatMulShape
{
    private MatMulShape(int m, int k, int n, Shape output, int[] a, int[] b)
    {
        M = m;
        K = k;
        N = n;
        Output = output;
        A = a;
        B = b;
    }

    public int M { get; }

    public int K { get; }

    public int N { get; }

    public Shape Output { get; }

    /// <summary>For each product the matrix of the left operand, counted from 0.</summary>
    public int[] A { get; }

    /// <summary>For each product the matrix of the right operand, counted from 0.</summary>
    public int[] B { get; }

    /// <summary>Multiply-accumulates of all products.</summary>
    public long Macs => (long)M * K * N * A.Length;

    /// <exception cref="Onnx.ModelException">The shapes do not fit.</exception>
    public static MatMulShape Read(Node node, Shape a, Shape b)
    {
        if (a.Rank == 0 || b.Rank == 0) throw node.Error($"{a} and {b} cannot be multiplied: both operands need at least rank 1");
        int[] left = a.Rank == 1 ? [1, a[0]] : a.ToArray();
        int[] right = b.Rank == 1 ? [b[0], 1] : b.ToArray();
        int m = left[^2], k = left[^1], n = right[^1];
        if (right[^2] != k) throw node.Error($"{a} and {b} cannot be multiplied: inner dimensions {k} and {right[^2]} differ");
        int rank = Math.Max(left.Length, right.Length) - 2;
        var batch = new int[rank];
        for (int i = 0; i < rank; i++)
        {
            int da = Dim(left, i, rank), db = Dim(right, i, rank);
            if (da != db && da != 1 && db != 1) throw node.Error($"{a} and {b} cannot be multiplied: batch dimensions {da} and {db} do not broadcast");
            batch[i] = da == 1 ? db : da;
        }

        int[] dims = [.. batch, .. a.Rank == 1 ? Array.Empty<int>() : [m], .. b.Rank == 1 ? Array.Empty<int>() : [n]];
        // One matrix on the right for all on the left is one tall product.
        if (right.AsSpan(0, right.Length - 2).IndexOfAnyExcept(1) < 0)
            return new MatMulShape(batch.Aggregate(m, (p, d) => checked(p * d)), k, n, new Shape(dims), [0], [0]);
        return new MatMulShape(m, k, n, new Shape(dims), Offsets(left, batch), Offsets(right, batch));
    }

    private static int Dim(int[] dims, int i, int rank)
    {
        int at = i - (rank - (dims.Length - 2));
        return at < 0 ? 1 : dims[at];
    }

    /// <summary>The matrix of an operand that belongs to each element of the batch.</summary>
    private static int[] Offsets(int[] dims, int[] batch)
    {
        var offsets = new int[batch.Aggregate(1, (p, d) => checked(p * d))];
        for (int i = 0; i < offsets.Length; i++)
        {
            int rest = i, stride = 1;
            for (int axis = batch.Length - 1; axis >= 0; axis--)
            {
                int d = Dim(dims, axis, batch.Length);
                (rest, int index) = Math.DivRem(rest, batch[axis]);
                if (d > 1) offsets[i] += index * stride;
                stride *= d;
            }
        }

        return offsets;
    }
}
