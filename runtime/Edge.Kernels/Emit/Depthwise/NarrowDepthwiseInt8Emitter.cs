namespace Edge.Kernels.Emit.Depthwise;

/// <summary>
/// 16 channels to a chunk: four pixels lie in the quarters of one register until they are interleaved. Inputs are read 16
/// bytes at a time; or, of few channels, all that four pixels have, where a CPU can take any bytes out of them (<see cref="PixelRun"/>).
/// <see cref="DepthwiseEmitter.Extra"/> is the address of <see cref="Constants"/>.
/// </summary>
/// <param name="tiling">As for <see cref="DepthwiseInt8Emitter"/>.</param>
/// <param name="strip">As for <see cref="DepthwiseEmitter"/>.</param>
/// <param name="weights">As for <see cref="DepthwiseInt8Emitter"/>.</param>
/// <param name="types">The operands.</param>
/// <param name="lanes">Channels of a chunk that exist; those left out are not written.</param>
/// <param name="permutesBytes">The CPU has AVX512_VBMI.</param>
internal sealed class NarrowDepthwiseInt8Emitter(DepthwiseTiling tiling, RowStrip strip, Int8TapWeights weights, in Int8DepthwiseTypes types, int lanes, bool permutesBytes)
    : DepthwiseInt8Emitter(tiling, strip, weights, 1, types)
{
    public const int Lanes = 16;

    private static readonly Zmm s_pixels = new(16), s_order = new(24), s_bytes = new(25), s_raw = new(26), s_run = new(23);

    private static readonly Zmm[] s_interleaved = [s_pixels];

    private readonly int _lanes = lanes;
    private readonly PixelRun? _run = permutesBytes ? PixelRun.Of(tiling, lanes) : null;

    /// <summary>
    /// The order that brings lane k of quarter j to lane j of quarter k, the one that does so with the bytes of lanes in each
    /// quarter, then, if there are such, the orders of runs of pixels: for whole chunks, and for the last one.
    /// </summary>
    public static byte[] Constants(DepthwiseTiling tiling)
    {
        byte[] orders = new byte[4 * VectorBytes];
        for (int quarter = 0; quarter < 4; quarter++)
            for (int lane = 0; lane < 4; lane++)
            {
                int at = 4 * (4 * quarter + lane);
                orders[at] = (byte)(4 * lane + quarter);
                for (int b = 0; b < 4; b++) orders[VectorBytes + at + b] = (byte)(4 * b + lane);
            }
        PixelRun.Of(tiling, Lanes)?.Order.CopyTo(orders, 2 * VectorBytes);
        PixelRun.Of(tiling, tiling.Geometry.InChannels % Lanes)?.Order.CopyTo(orders, 3 * VectorBytes);
        return orders;
    }

    protected override void LoadConstants()
    {
        base.LoadConstants();
        Code.LoadInt32s(s_order, new(Extra));
        Code.LoadInt32s(s_bytes, new(Extra, VectorBytes));
        Code.BroadcastConstant(s_raw, Bytes(Types.InputZeroPoint), X64Register.Rax);
        if (_run is not null) Code.LoadInt32s(s_run, new(Extra, (_lanes == Lanes ? 2 : 3) * VectorBytes));
        if (_lanes < Lanes) Code.SetMask(_lanes);
    }

    protected override Zmm[] Interleave(ReadOnlySpan<X64Address?> pixels)
    {
        if (_run is { } run && pixels.Length == run.Pixels && !pixels.Contains(null)) run.Interleave(Code, s_pixels, s_run, pixels[0]!.Value);
        else Gather(pixels);
        if (Types.InputSigned) Code.Xor(s_pixels, s_pixels, Flip);
        return s_interleaved;
    }

    private void Gather(ReadOnlySpan<X64Address?> pixels)
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
    }

    // Tiles have no more than four outputs. Quarter i of the packed bytes becomes output i, as the order that brings lanes of pixels together is its own inverse.
    protected override void Finish((int Row, int Column)[] outputs)
    {
        Zmm[] sums = [.. outputs.Select(o => Sum(o.Row, o.Column, 0))];
        foreach (Zmm sum in sums) Requantize(sum, 0);
        Zmm first = sums[0], third = sums.Length > 2 ? sums[2] : s_pixels;
        PackBytes(first, sums[Math.Min(1, sums.Length - 1)], third, sums[^1]);
        Code.PermuteInt32s(first, s_order, first);
        for (int i = 0; i < sums.Length; i++) Store(OutPixel(outputs[i].Row, outputs[i].Column), first, i);
    }

    private void Store(X64Address to, Zmm from, int quarter)
    {
        if (_lanes == Lanes)
        {
            Code.StoreQuarter(to, from, quarter);
            return;
        }
        if (quarter > 0) Code.ExtractQuarter(s_pixels, from, quarter);
        Code.StoreMaskedQuarter(to, quarter > 0 ? s_pixels : from);
    }
}
