namespace Edge.Kernels.Dense;

/// <summary>
/// The right side <c>[K, N]</c> of a float32 product whose weights stay integers in memory: weight (k, n) is
/// <c>(code − zero point) · scale</c>, with a scale, and perhaps a zero point, for each column, or for each block of neighbours along K.
/// </summary>
/// <param name="k">Rows.</param>
/// <param name="n">Columns.</param>
/// <param name="bits">Of a code: 8 or 4.</param>
/// <param name="blockSize">Neighbours along K that share a scale: a multiple of <see cref="BlockUnit"/>, or at least <paramref name="k"/>.</param>
/// <exception cref="ArgumentOutOfRangeException"><paramref name="blockSize"/> is not positive.</exception>
public readonly ref struct IntegerWeights(int k, int n, int bits, int blockSize)
{
    /// <summary>What a size of blocks must be a multiple of.</summary>
    public const int BlockUnit = 16;

    public int K { get; } = k;

    public int N { get; } = n;

    public int Bits { get; } = bits;

    public int BlockSize { get; } = blockSize > 0 ? Math.Min(blockSize, k) : throw new ArgumentOutOfRangeException(nameof(blockSize), blockSize, "weights that share a scale must be 1 or more");

    /// <summary>Blocks of a column.</summary>
    public int Blocks => K == 0 ? 0 : (K + BlockSize - 1) / BlockSize;

    /// <summary>The codes; a byte each, or two in a byte where <see cref="Packed"/>.</summary>
    public required ReadOnlySpan<byte> Codes { get; init; }

    /// <summary>Two codes of 4 bits lie in a byte, the first one in its low half.</summary>
    public bool Packed { get; init; }

    /// <summary>Codes are two's complement, else unsigned.</summary>
    public required bool Signed { get; init; }

    /// <summary>Codes from one row to the next.</summary>
    public required nint RowStep { get; init; }

    /// <summary>Codes from one column to the next.</summary>
    public required nint ColumnStep { get; init; }

    public required ReadOnlySpan<float> Scales { get; init; }

    /// <summary>As many as scales, in their order; empty where all are 0.</summary>
    public ReadOnlySpan<float> ZeroPoints { get; init; }

    /// <summary>Scales from one block of a column to the next.</summary>
    public required int BlockStep { get; init; }

    /// <summary>Scales from one column to the next; 0 where all columns share them.</summary>
    public required int ScaleColumnStep { get; init; }

    /// <summary>What is taken off an unsigned code to make it a signed one, and off its zero point.</summary>
    public int Bias => Signed ? 0 : 1 << (Bits - 1);

    /// <summary>The code of weight (k, n), as a signed one: −8 … 7 or −128 … 127.</summary>
    public int Code(int k, int n)
    {
        nint at = k * RowStep + n * ColumnStep;
        if (Bits == 8) return Signed ? (sbyte)Codes[(int)at] : Codes[(int)at] - Bias;
        int code = Packed ? Codes[(int)(at >> 1)] >> (int)(at & 1) * 4 & 15 : Codes[(int)at] & 15;
        return Signed ? code << 28 >> 28 : code - Bias;
    }

    /// <summary>The scale of a block of a column.</summary>
    public float Scale(int block, int n) => Scales[block * BlockStep + n * ScaleColumnStep];

    /// <summary>Its zero point, among signed codes.</summary>
    public float ZeroPoint(int block, int n) => ZeroPoints.IsEmpty ? -Bias : ZeroPoints[block * BlockStep + n * ScaleColumnStep] - Bias;

    /// <summary>Checks what would otherwise be read past its end.</summary>
    /// <exception cref="ArgumentException">Codes, scales, zero points or biases do not fit.</exception>
    internal void Check(int biases)
    {
        if (Bits is not (4 or 8)) throw new ArgumentException($"weights of {Bits} bits; supported: 4 and 8");
        if (BlockSize < K && BlockSize % BlockUnit != 0) throw new ArgumentException($"blocks of {BlockSize} weights; supported: multiples of {BlockUnit}");
        if (K < 1 || N < 1) throw new ArgumentException($"weights of shape [{K},{N}] are empty");
        nint codes = (K - 1) * RowStep + (N - 1) * ColumnStep + 1, bytes = Packed ? (codes + 1) / 2 : codes;
        if (Codes.Length < bytes) throw new ArgumentException($"{Codes.Length} bytes of codes; the weights have {bytes}");
        int scales = (Blocks - 1) * BlockStep + (N - 1) * ScaleColumnStep + 1;
        if (Scales.Length < scales) throw new ArgumentException($"{Scales.Length} scales; the weights have {scales}");
        if (ZeroPoints.Length != 0 && ZeroPoints.Length < scales) throw new ArgumentException($"{ZeroPoints.Length} zero points; the weights have {scales}");
        if (biases != 0 && biases != N) throw new ArgumentException($"{biases} biases for {N} columns");
    }
}
