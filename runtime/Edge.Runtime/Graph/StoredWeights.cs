using Edge.Kernels.Dense;
using Edge.Tensors;

namespace Edge.Runtime.Graph;

/// <summary>
/// A constant float32 matrix that is stored as integers of 8 or 4 bits: element (r, c) is <c>(code − zero point) · scale</c>. The
/// scale of an element, and its zero point, have index <c>r / RowBlock · ScaleRowStep + c / ColumnBlock · ScaleColumnStep</c>. Immutable.
/// </summary>
/// <param name="shape">Rows and columns.</param>
/// <param name="bits">Of a code: 8 or 4.</param>
/// <param name="signed">Codes are two's complement, else unsigned.</param>
/// <param name="codes">Holds the codes: bytes, or tensors of 4 bits as they were imported.</param>
internal sealed class StoredWeights(Shape shape, int bits, bool signed, Tensor codes)
{
    public Shape Shape { get; } = shape;

    /// <summary>The bytes that hold the codes hold two each, the first one in the low half.</summary>
    public bool CodesArePairs { get; init; }

    /// <summary>Codes from one row to the next.</summary>
    public required nint RowStep { get; init; }

    /// <summary>Codes from one column to the next.</summary>
    public required nint ColumnStep { get; init; }

    /// <summary>Rows that share a scale.</summary>
    public required int RowBlock { get; init; }

    /// <summary>Columns that share a scale.</summary>
    public required int ColumnBlock { get; init; }

    public required int ScaleRowStep { get; init; }

    public required int ScaleColumnStep { get; init; }

    public required ReadOnlyMemory<float> Scales { get; init; }

    /// <summary>As many as scales; empty where all are 0.</summary>
    public ReadOnlyMemory<float> ZeroPoints { get; init; }

    /// <summary>Bytes of codes, scales and zero points.</summary>
    public long Bytes => (long)Shape.Count * bits / 8 + (long)sizeof(float) * Scales.Length;

    /// <summary>Whether kernels multiply with them: scales are one a column, or one for each of some blocks along the sum.</summary>
    /// <param name="transposed">The matrix is <c>[N, K]</c>.</param>
    public bool Multiplies(bool transposed)
    {
        var (k, n, block, width) = transposed ? (Shape[1], Shape[0], ColumnBlock, RowBlock) : (Shape[0], Shape[1], RowBlock, ColumnBlock);
        return (width == 1 || width >= n) && (block >= k || block % IntegerWeights.BlockUnit == 0);
    }

    /// <summary>As the right side of a product.</summary>
    /// <param name="transposed">The matrix is <c>[N, K]</c>.</param>
    public IntegerWeights Right(bool transposed)
    {
        var (k, n, block, width) = transposed ? (Shape[1], Shape[0], ColumnBlock, RowBlock) : (Shape[0], Shape[1], RowBlock, ColumnBlock);
        bool packed = CodesArePairs || !codes.Packed.IsEmpty;
        return new IntegerWeights(k, n, bits, block)
        {
            Codes = codes.Packed.IsEmpty ? codes.Bytes : codes.Packed.Span,
            Packed = packed,
            Signed = signed,
            RowStep = transposed ? ColumnStep : RowStep,
            ColumnStep = transposed ? RowStep : ColumnStep,
            Scales = Scales.Span,
            ZeroPoints = ZeroPoints.Span,
            BlockStep = transposed ? ScaleColumnStep : ScaleRowStep,
            ScaleColumnStep = width >= n ? 0 : transposed ? ScaleRowStep : ScaleColumnStep,
        };
    }

    /// <summary>The same matrix with rows and columns exchanged.</summary>
    public StoredWeights Transposed() => new(new Shape(Shape[1], Shape[0]), bits, signed, codes)
    {
        CodesArePairs = CodesArePairs,
        RowStep = ColumnStep,
        ColumnStep = RowStep,
        RowBlock = ColumnBlock,
        ColumnBlock = RowBlock,
        ScaleRowStep = ScaleColumnStep,
        ScaleColumnStep = ScaleRowStep,
        Scales = Scales,
        ZeroPoints = ZeroPoints,
    };

    /// <summary>The same codes with scales that are multiplied by a factor for each column of the right side, or by one for all.</summary>
    /// <param name="factors">The factors.</param>
    /// <param name="transposed">The matrix is <c>[N, K]</c>.</param>
    public StoredWeights Scaled(double[] factors, bool transposed)
    {
        var right = Right(transposed);
        int n = right.N, blocks = right.Blocks;
        var scales = new float[n * blocks];
        var zeroPoints = ZeroPoints.IsEmpty ? [] : new float[scales.Length];
        for (int block = 0; block < blocks; block++)
            for (int i = 0; i < n; i++)
            {
                scales[block * n + i] = (float)(right.Scale(block, i) * factors[factors.Length == 1 ? 0 : i]);
                if (zeroPoints.Length > 0) zeroPoints[block * n + i] = right.ZeroPoint(block, i) + right.Bias;
            }

        return new StoredWeights(Shape, bits, signed, codes)
        {
            CodesArePairs = CodesArePairs,
            RowStep = RowStep,
            ColumnStep = ColumnStep,
            RowBlock = transposed ? 1 : right.BlockSize,
            ColumnBlock = transposed ? right.BlockSize : 1,
            ScaleRowStep = transposed ? 1 : n,
            ScaleColumnStep = transposed ? n : 1,
            Scales = scales,
            ZeroPoints = zeroPoints,
        };
    }

    /// <summary>The elements.</summary>
    public Tensor Dequantize()
    {
        var all = Tensor.Create<float>(Shape);
        var to = all.AsSpan<float>();
        // Codes and scales alone count, whichever side they would be on.
        var w = Right(transposed: false);
        ReadOnlySpan<float> scales = Scales.Span, zeroPoints = ZeroPoints.Span;
        for (int r = 0, i = 0; r < Shape[0]; r++)
            for (int c = 0; c < Shape[1]; c++, i++)
            {
                int scale = r / RowBlock * ScaleRowStep + c / ColumnBlock * ScaleColumnStep;
                to[i] = (w.Code(r, c) + w.Bias - (zeroPoints.IsEmpty ? 0 : zeroPoints[scale])) * scales[scale];
            }

        return all;
    }
}
