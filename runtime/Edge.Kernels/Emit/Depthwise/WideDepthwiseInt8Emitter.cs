namespace Edge.Kernels.Emit.Depthwise;

/// <summary>
/// 64 channels to a chunk. Interleaving stays within quarters of registers: lane j of quarter q in vector v is channel
/// <c>16 q + 4 v + j</c>, and packing the results brings them back in order.
/// </summary>
internal sealed class WideDepthwiseInt8Emitter(DepthwiseTiling tiling, RowStrip strip, Int8TapWeights weights, in Int8DepthwiseTypes types)
    : DepthwiseInt8Emitter(tiling, strip, weights, Vectors, types)
{
    public const int Vectors = 4;

    private static readonly Zmm s_flip = new(29), s_low = new(30), s_high = new(31), s_zeroPoint = new(27);

    private static readonly Zmm[] s_pixels = [new(20), new(21), new(22), new(23)];
    private static readonly Zmm[] s_pairs = [new(16), new(17), new(18), new(19)];

    private bool IsBoundedBelow => Types.Low > (Types.OutputSigned ? sbyte.MinValue : byte.MinValue);

    private bool IsBoundedAbove => Types.High < (Types.OutputSigned ? sbyte.MaxValue : byte.MaxValue);

    protected override void LoadConstants()
    {
        Code.BroadcastConstant(Padding, Bytes(Types.Padding), X64Register.Rax);
        Code.BroadcastConstant(s_flip, unchecked((int)0x80808080), X64Register.Rax);
        Code.BroadcastConstant(s_low, Bytes(Types.Low), X64Register.Rax);
        Code.BroadcastConstant(s_high, Bytes(Types.High), X64Register.Rax);
        Code.BroadcastConstant(s_zeroPoint, (ushort)Types.OutputZeroPoint * 0x10001, X64Register.Rax);
    }

    protected override Zmm[] Interleave(X64Address?[] pixels)
    {
        var p = new Zmm[pixels.Length];
        for (int i = 0; i < p.Length; i++) p[i] = Load(pixels[i], i);
        // Columns that no kernel column meets have weights of 0: any pixel does for them.
        Zmm p1 = p.Length > 1 ? p[1] : p[0];
        Code.InterleaveLowBytes(s_pairs[0], p[0], p1);
        Code.InterleaveHighBytes(s_pairs[1], p[0], p1);
        Zmm low = s_pairs[0], high = s_pairs[1];
        if (p.Length > 2)
        {
            (low, high) = (s_pairs[2], s_pairs[3]);
            Zmm p3 = p.Length > 3 ? p[3] : p[2];
            Code.InterleaveLowBytes(low, p[2], p3);
            Code.InterleaveHighBytes(high, p[2], p3);
        }
        Code.InterleaveLowWords(s_pixels[0], s_pairs[0], low);
        Code.InterleaveHighWords(s_pixels[1], s_pairs[0], low);
        Code.InterleaveLowWords(s_pixels[2], s_pairs[1], high);
        Code.InterleaveHighWords(s_pixels[3], s_pairs[1], high);
        return s_pixels;
    }

    // Rounding and bounds that are whole numbers may change places, so the bounds are those of the bytes.
    protected override void Finish(int row, int column)
    {
        for (int v = 0; v < Vectors; v++)
        {
            Zmm sum = Sum(row, column, v);
            Code.ToFloats(sum, sum);
            Code.Scale(sum, sum, Scale(v));
            Code.ToInt32s(sum, sum);
        }
        Zmm y = Sum(row, column, 0), upper = Sum(row, column, 2);
        Code.PackInt32s(y, y, Sum(row, column, 1));
        Code.PackInt32s(upper, upper, Sum(row, column, 3));
        if (Types.OutputZeroPoint != 0)
        {
            Code.AddInt16sSaturating(y, y, s_zeroPoint);
            Code.AddInt16sSaturating(upper, upper, s_zeroPoint);
        }
        Code.PackInt16s(y, y, upper, Types.OutputSigned);
        if (IsBoundedBelow) Code.MaxBytes(y, y, s_low, Types.OutputSigned);
        if (IsBoundedAbove) Code.MinBytes(y, y, s_high, Types.OutputSigned);
        Code.StoreInt32s(OutPixel(row, column), y);
    }

    private Zmm Load(X64Address? pixel, int index)
    {
        if (pixel is not { } from) return Padding;
        if (Types.InputSigned) Code.Xor(s_pixels[index], s_flip, from);
        else Code.LoadInt32s(s_pixels[index], from);
        return s_pixels[index];
    }
}
