namespace Edge.Kernels.Emit.Depthwise;

/// <summary>
/// 16 channels to a chunk: four pixels lie in the quarters of one register until they are interleaved. Inputs are read 16
/// bytes at a time. <see cref="DepthwiseEmitter.Extra"/> is the address of <see cref="Constants"/>.
/// </summary>
/// <param name="tiling">As for <see cref="DepthwiseInt8Emitter"/>.</param>
/// <param name="strip">As for <see cref="DepthwiseEmitter"/>.</param>
/// <param name="weights">As for <see cref="DepthwiseInt8Emitter"/>.</param>
/// <param name="types">The operands.</param>
/// <param name="lanes">Channels of a chunk that exist; those left out are not written.</param>
internal sealed class NarrowDepthwiseInt8Emitter(DepthwiseTiling tiling, RowStrip strip, Int8TapWeights weights, in Int8DepthwiseTypes types, int lanes)
    : DepthwiseInt8Emitter(tiling, strip, weights, 1, types)
{
    public const int Lanes = 16;

    private static readonly Zmm s_pixels = new(16), s_order = new(24), s_bytes = new(25), s_raw = new(26), s_zeroPoint = new(27), s_flip = new(29), s_low = new(30), s_high = new(31);

    private static readonly Zmm[] s_interleaved = [s_pixels];

    private readonly int _lanes = lanes;

    /// <summary>
    /// Two vectors: the order that brings lane k of quarter j to lane j of quarter k, and the one that does so with the
    /// bytes of lanes in each quarter.
    /// </summary>
    public static byte[] Constants { get; } =
    [
        .. from quarter in Enumerable.Range(0, 4) from lane in Enumerable.Range(0, 4) from b in (byte[])[(byte)(4 * lane + quarter), 0, 0, 0] select b,
        .. from quarter in Enumerable.Range(0, 4) from lane in Enumerable.Range(0, 4) from b in Enumerable.Range(0, 4) select (byte)(4 * b + lane),
    ];

    protected override void LoadConstants()
    {
        Code.LoadInt32s(s_order, new(Extra));
        Code.LoadInt32s(s_bytes, new(Extra, VectorBytes));
        Code.BroadcastConstant(Padding, Bytes(Types.Padding), X64Register.Rax);
        Code.BroadcastConstant(s_raw, Bytes(Types.InputZeroPoint), X64Register.Rax);
        Code.BroadcastConstant(s_flip, unchecked((int)0x80808080), X64Register.Rax);
        Code.BroadcastConstant(s_zeroPoint, Types.OutputZeroPoint, X64Register.Rax);
        Code.BroadcastConstant(s_low, Types.Low, X64Register.Rax);
        Code.BroadcastConstant(s_high, Types.High, X64Register.Rax);
        if (_lanes < Lanes) Code.SetMask(_lanes);
    }

    protected override Zmm[] Interleave(X64Address?[] pixels)
    {
        if (pixels[0] is { } first) Code.BroadcastQuarter(s_pixels, first);
        else Code.Move(s_pixels, s_raw);
        for (int i = 1; i < pixels.Length; i++)
        {
            if (pixels[i] is { } next) Code.InsertQuarter(s_pixels, s_pixels, next, i);
            else Code.InsertQuarter(s_pixels, s_pixels, s_raw, i);
        }
        Code.PermuteInt32s(s_pixels, s_order, s_pixels);
        Code.PermuteBytes(s_pixels, s_pixels, s_bytes);
        if (Types.InputSigned) Code.Xor(s_pixels, s_pixels, s_flip);
        return s_interleaved;
    }

    protected override void Finish(int row, int column)
    {
        Zmm sum = Sum(row, column, 0);
        Code.ToFloats(sum, sum);
        Code.Scale(sum, sum, Scale(0));
        Code.ToInt32s(sum, sum);
        Code.AddInt32s(sum, sum, s_zeroPoint);
        Code.MaxInt32s(sum, sum, s_low);
        Code.MinInt32s(sum, sum, s_high);
        if (_lanes < Lanes) Code.StoreLowBytesMasked(OutPixel(row, column), sum);
        else Code.StoreLowBytes(OutPixel(row, column), sum);
    }
}
