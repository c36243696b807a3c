using System.Numerics;
using Edge.Runtime.Operators.MatMul;
using Edge.Runtime.Operators.QLinearConv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.QLinearMatMul;

/// <summary>
/// Takes the zero points of A off a product that was computed without them: from each row its zero point times the sum of
/// each column of B.
/// </summary>
internal sealed unsafe class RowCorrection
{
    private readonly int _rows;
    private readonly int _zeroPoints;
    private readonly int[] _columnSums;

    /// <param name="shape">The product.</param>
    /// <param name="transposedB">B as <c>[N, K]</c>.</param>
    /// <param name="bZeroPoints">None, one, or one for each column.</param>
    /// <param name="zeroPoints">Zero points of A that a run brings: they repeat over the rows.</param>
    public RowCorrection(MatMulShape shape, Tensor transposedB, int[] bZeroPoints, int zeroPoints)
    {
        _rows = shape.M;
        _zeroPoints = zeroPoints;
        _columnSums = new int[shape.N];
        int[] b = Quantized.Integers(transposedB);
        for (int n = 0; n < shape.N; n++)
        {
            int zero = bZeroPoints.Length == 0 ? 0 : bZeroPoints[bZeroPoints.Length == 1 ? 0 : n];
            for (int k = 0; k < shape.K; k++) _columnSums[n] += b[n * shape.K + k] - zero;
        }
    }

    /// <param name="y"><c>[M, N]</c>, corrected in place.</param>
    /// <param name="zeroPoints">Zero points of A.</param>
    /// <param name="signed">They are int8; else uint8.</param>
    public void Run(int* y, byte* zeroPoints, bool signed)
    {
        int columns = _columnSums.Length;
        for (int r = 0; r < _rows; r++)
        {
            int zero = Quantized.At(zeroPoints, signed, r % _zeroPoints);
            if (zero == 0) continue;
            var row = new Span<int>(y + (nint)r * columns, columns);
            int n = 0;
            // One lane is one column.
            for (; n + Vector<int>.Count <= columns; n += Vector<int>.Count)
                (new Vector<int>(row[n..]) - new Vector<int>(zero) * new Vector<int>(_columnSums, n)).CopyTo(row[n..]);
            for (; n < columns; n++) row[n] -= zero * _columnSums[n];
        }
    }
}
