using System.Runtime.Intrinsics;
using Edge.Kernels.Dense;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>
/// int8: sums begin with the bias, from which the input's zero point is already taken off; where weights have zero points
/// left, each row's share of them is taken off too. Tiles requantize to bytes themselves; float32 is made of int32 here.
/// </summary>
/// <param name="packed">Parameters of the columns of all panels.</param>
/// <param name="y">Output.</param>
/// <param name="channels">Elements from one output pixel to the next.</param>
/// <param name="output">What becomes of a sum.</param>
/// <param name="tilesTakeTerms">Tiles take the share of weights' zero points off themselves; else it is done here.</param>
internal readonly unsafe struct Int8Finish(in Int8Columns packed, byte* y, int channels, Requantization output, bool tilesTakeTerms) : ITileFinish
{
    private readonly Int8Columns _packed = packed;
    private readonly byte* _y = y;
    private readonly int _channels = channels;
    private readonly bool _tilesTakeTerms = tilesTakeTerms;
    private readonly Int8OutputKind _kind = output.Kind;
    private readonly int _elementBytes = output.ElementBytes;
    private readonly float _low = output.Low - output.ZeroPoint;
    private readonly float _high = output.High - output.ZeroPoint;
    private readonly int _zeroPoint = output.ZeroPoint;
    private readonly byte _flip = FlipOf(output);
    private readonly byte _byteLow = (byte)(output.Low + FlipOf(output));
    private readonly byte _byteHigh = (byte)(output.High + FlipOf(output));

    public bool NeedsRowSums => _packed.WeightZeroPoints != null;

    public byte RowSumFlip => _packed.RowSumFlip;

    public int RowSumOfZeroPoint => _packed.RowSumOfZeroPoint;

    public bool TakesRun(in TileSpan span) => span.IsWhole && (!NeedsRowSums || _tilesTakeTerms);

    public void Begin(ref TileArguments t, in TileSpan span, byte* buffer)
    {
        nint slot = (nint)span.Panel * _packed.Columns;
        bool whole = span.IsWhole;
        t.Y = whole ? Output(span) : buffer;
        t.YStride = _elementBytes * (whole ? _channels : span.TileColumns);
        t.Scale = _packed.Scale + slot;
        t.Low = _low;
        t.High = _high;
        t.ZeroPoint = _zeroPoint;
        t.WordZero = (short)(_zeroPoint + _flip);
        t.ByteLow = _byteLow;
        t.ByteHigh = _byteHigh;
        t.ByteFlip = _flip;
        if (NeedsRowSums && _tilesTakeTerms)
        {
            t.RowTerms = span.RowSums;
            t.ColumnFactors = _packed.WeightZeroPoints + slot;
        }

        if (NeedsRowSums && !_tilesTakeTerms)
        {
            t.Init = buffer;
            t.InitStride = sizeof(int) * span.TileColumns;
            FillInit(span, slot, (int*)buffer);
        }
        else
        {
            t.Init = (byte*)(_packed.Bias + slot);
            t.InitStride = 0;
        }
    }

    /// <summary><c>init = bias − wZeroPoint · (Σ x − n · xZeroPoint)</c>, x being unsigned.</summary>
    private void FillInit(in TileSpan span, nint slot, int* init)
    {
        int c = 0;
        for (; c + Vector256<int>.Count <= span.TileColumns; c += Vector256<int>.Count)
        {
            var bias = Vector256.Load(_packed.Bias + slot + c);
            var zeroPoints = Vector256.Load(_packed.WeightZeroPoints + slot + c);
            for (int r = 0; r < span.TileRows; r++) (bias - zeroPoints * RowTerm(span, r)).Store(init + r * span.TileColumns + c);
        }

        for (; c < span.TileColumns; c++)
            for (int r = 0; r < span.TileRows; r++)
                init[r * span.TileColumns + c] = _packed.Bias[slot + c] - _packed.WeightZeroPoints[slot + c] * RowTerm(span, r);
    }

    private int RowTerm(in TileSpan span, int row) => row < span.Rows ? span.RowSums[row] : 0;

    public void End(in TileArguments t, in TileSpan span, byte* buffer)
    {
        if (_kind == Int8OutputKind.Float32)
            for (int r = 0; r < span.Rows; r++) Int32Row.ToFloat32((int*)(t.Y + r * t.YStride), t.Scale, span.Columns);
        if (t.Y != buffer) return;
        byte* y = Output(span);
        int bytes = span.Columns * _elementBytes;
        for (int r = 0; r < span.Rows; r++)
            new Span<byte>(buffer + r * t.YStride, bytes).CopyTo(new Span<byte>(y + (nint)r * _channels * _elementBytes, bytes));
    }

    /// <summary>What makes bytes of the output unsigned.</summary>
    private static byte FlipOf(Requantization output) => output.Kind == Int8OutputKind.Int8 ? Int8Normalization.Flip : (byte)0;

    private byte* Output(in TileSpan span) => _y + (span.Pixel * _channels + span.Channel) * _elementBytes;
}

/// <summary>Parameters of the columns of all panels, and of the rows that meet them.</summary>
internal unsafe struct Int8Columns
{
    /// <summary>NR.</summary>
    public int Columns;

    /// <summary>Initial accumulators.</summary>
    public int* Bias;

    /// <summary>Zero points of the packed weights; null where all are 0.</summary>
    public int* WeightZeroPoints;

    public float* Scale;

    /// <summary>What turns a byte of the input into an unsigned number: 0x80 for int8, else 0.</summary>
    public byte RowSumFlip;

    /// <summary>The sum of a row that holds nothing but the input's zero point.</summary>
    public int RowSumOfZeroPoint;
}
