using Edge.Kernels.Generic.Gemm;

namespace Edge.Kernels.Emit;

/// <summary>The int8 tile with VPDPBUSD, which is exact: products are summed in int32 without saturation.</summary>
/// <param name="rows">As for <see cref="TileEmitter"/>.</param>
/// <param name="vectors">As for <see cref="TileEmitter"/>.</param>
/// <param name="variant">As for <see cref="TileEmitter"/>.</param>
/// <param name="flips">The input is int8: its top bits are inverted, since the instruction takes uint8.</param>
/// <param name="result">What is stored.</param>
internal sealed class Int8TileEmitter(int rows, int vectors, TileVariant variant, bool flips, Int8TileResult result) : TileEmitter(rows, vectors, variant)
{
    /// <summary>0x80 in every byte.</summary>
    private static readonly Zmm s_flip = new(31);

    private static readonly Zmm s_low = new(30), s_high = new(29), s_zeroPoint = new(28), s_transpose = new(27);

    /// <summary>Lanes of a register seen as four by four: from a row of them to a column.</summary>
    private const ulong TransposeLow = 0x0D09_0501_0C08_0400, TransposeHigh = 0x0F0B_0703_0E0A_0602;

    protected override void LoadConstants()
    {
        if (flips) Code.BroadcastConstant(s_flip, unchecked((int)0x80808080), Scratch);
        if (result == Int8TileResult.BytesWithoutOverflow) LoadRowMask();
        else LoadVectorMask();
        if (result == Int8TileResult.Bytes)
        {
            Code.BroadcastFloat(s_low, new(Arguments, TileOffsets.Low));
            Code.BroadcastFloat(s_high, new(Arguments, TileOffsets.High));
            Code.BroadcastInt32(s_zeroPoint, new(Arguments, TileOffsets.ZeroPoint));
        }

        if (result == Int8TileResult.BytesWithoutOverflow)
        {
            Code.BroadcastByte(s_low, new(Arguments, TileOffsets.ByteLow));
            Code.BroadcastByte(s_high, new(Arguments, TileOffsets.ByteHigh));
            Code.BroadcastWord(s_zeroPoint, new(Arguments, TileOffsets.WordZero));
            Code.LoadConstant(Scratch, TransposeLow);
            Code.Store(new(X64Register.Rsp, ConstantSlot), Scratch);
            Code.LoadConstant(Scratch, TransposeHigh);
            Code.Store(new(X64Register.Rsp, ConstantSlot + 8), Scratch);
            Code.LoadBytesAsInt32s(s_transpose, new(X64Register.Rsp, ConstantSlot));
        }
    }

    protected override void LoadInit(Zmm to, X64Address from) => Code.LoadInt32s(to, from);

    protected override void LoadWeights(Zmm to, X64Address from) => Code.LoadInt32s(to, from);

    protected override void Broadcast(Zmm to, X64Address from)
    {
        Code.BroadcastInt32(to, from);
        if (flips) Code.Xor(to, to, s_flip);
    }

    protected override void MultiplyAdd(Zmm sum, Zmm a, Zmm b) => Code.DotProduct(sum, a, b);

    protected override void Add(Zmm to, Zmm from) => Code.AddInt32s(to, to, from);

    protected override void Store()
    {
        if (result == Int8TileResult.BytesWithoutOverflow)
        {
            StorePacked();
            return;
        }

        if (result == Int8TileResult.Bytes) LoadScales();
        for (int r = 0; r < Rows; r++)
        {
            for (int v = 0; v < Vectors; v++) StoreVector(Sum(r, v), v);
            Code.Add(Output, OutputStride);
        }
    }

    private void LoadScales()
    {
        Code.Load(Scratch, new(Arguments, TileOffsets.Scale));
        for (int v = 0; v < Vectors; v++) Code.LoadFloats(new(Free + v), new(Scratch, v * 64));
    }

    private void StoreVector(Zmm sum, int vector)
    {
        if (result == Int8TileResult.Int32)
        {
            Code.StoreInt32s(new(Output, vector * 64), sum, IsMasked(vector));
            return;
        }

        Code.ToFloats(sum, sum);
        Code.Multiply(sum, sum, new(Free + vector));
        Code.Max(sum, sum, s_low);
        Code.Min(sum, sum, s_high);
        Code.ToInt32s(sum, sum);
        Code.AddInt32s(sum, sum, s_zeroPoint);
        Code.StoreLowBytes(new(Output, vector * 16), sum, IsMasked(vector));
    }

    /// <summary>
    /// Four sums become one register of bytes: narrowed to 16 bits, moved by the zero point, narrowed to 8, each time with
    /// saturation, which bounds that are bytes make no difference to. Each 128 bits then hold a quarter of each sum's
    /// columns; the transposition puts them side by side. Rows that the tile does not have are those of others again.
    /// </summary>
    private void StorePacked()
    {
        LoadScales();
        var flip = new Zmm(Free + Vectors);
        Code.BroadcastByte(flip, new(Arguments, TileOffsets.ByteFlip));
        int rowsOfRegister = 4 / Vectors;
        if (Vectors == 1 && Rows > 2) Code.LoadAddress(Position, new(OutputStride, 0, OutputStride, 2));
        for (int first = 0; first < Rows; first += rowsOfRegister)
        {
            int count = Math.Min(rowsOfRegister, Rows - first);
            for (int r = first; r < first + count; r++)
                for (int v = 0; v < Vectors; v++) Round(Sum(r, v), v);
            Zmm bytes = Vectors == 2 ? PackTwo(first, count) : PackFour(first, count);
            Code.MaxBytes(bytes, bytes, s_low, signed: false);
            Code.MinBytes(bytes, bytes, s_high, signed: false);
            Code.Xor(bytes, bytes, flip);
            Code.PermuteInt32s(bytes, s_transpose, bytes);
            for (int i = 0; i < count; i++)
            {
                if (Masked) StoreMaskedPart(OutputRow(i), bytes, i, Sum(first, Vectors - 1));
                else if (Vectors == 2) Code.StoreHalf(OutputRow(i), bytes, i);
                else Code.StoreQuarter(OutputRow(i), bytes, i);
            }

            Code.LoadAddress(Output, OutputRow(count));
        }
    }

    /// <summary>Parts behind the first one are masked by way of a register that is free by now, unless the bytes are in it.</summary>
    private void StoreMaskedPart(X64Address to, Zmm bytes, int part, Zmm free)
    {
        Zmm at = part == 0 ? bytes : free == bytes ? new Zmm(free.Number + 1) : free;
        if (Vectors == 2)
        {
            if (part > 0) Code.ExtractHalf(at, bytes, part);
            Code.StoreMaskedHalf(to, at);
        }
        else
        {
            if (part > 0) Code.ExtractQuarter(at, bytes, part);
            Code.StoreMaskedQuarter(to, at);
        }
    }

    private static X64Address OutputRow(int row) => row switch
    {
        0 => new(Output),
        3 => new(Output, 0, Position),
        _ => new(Output, 0, OutputStride, row),
    };

    private void Round(Zmm sum, int vector)
    {
        Code.ToFloats(sum, sum);
        Code.Multiply(sum, sum, new(Free + vector));
        Code.ToInt32s(sum, sum);
    }

    private Zmm PackTwo(int first, int count)
    {
        for (int r = first; r < first + count; r++) ToWords(Sum(r, 0), Sum(r, 0), Sum(r, 1));
        Zmm bytes = Sum(first, 0);
        Code.PackInt16s(bytes, bytes, Sum(first + count - 1, 0), signed: false);
        return bytes;
    }

    private Zmm PackFour(int first, int count)
    {
        Zmm bytes = Sum(first, 0), second = Sum(first + Math.Min(2, count - 1), 0);
        ToWords(bytes, bytes, Sum(first + Math.Min(1, count - 1), 0));
        if (count > 2) ToWords(second, second, Sum(first + count - 1, 0));
        Code.PackInt16s(bytes, bytes, count > 2 ? second : bytes, signed: false);
        return bytes;
    }

    private void ToWords(Zmm to, Zmm left, Zmm right)
    {
        Code.PackInt32s(to, left, right);
        Code.AddInt16sSaturating(to, to, s_zeroPoint);
    }
}
