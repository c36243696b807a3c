namespace Edge.Kernels.Emit.Depthwise;

/// <summary>
/// 64 channels to a chunk. Interleaving stays within quarters of registers: lane j of quarter q in vector v is channel
/// <c>16 q + 4 v + j</c>, and packing the results brings them back in order.
/// </summary>
internal sealed class WideDepthwiseInt8Emitter(DepthwiseTiling tiling, RowStrip strip, Int8TapWeights weights, in Int8DepthwiseTypes types)
    : DepthwiseInt8Emitter(tiling, strip, weights, Vectors, types)
{
    public const int Vectors = 4;

    private static readonly Zmm[] s_pixels = [new(20), new(21), new(22), new(23)];
    private static readonly Zmm[] s_pairs = [new(16), new(17), new(18), new(19)];

    protected override Zmm[] Interleave(ReadOnlySpan<X64Address?> pixels)
    {
        Span<Zmm> p = stackalloc Zmm[pixels.Length];
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

    protected override void Finish((int Row, int Column)[] outputs)
    {
        foreach (var (row, column) in outputs)
        {
            for (int v = 0; v < Vectors; v++) Requantize(Sum(row, column, v), v);
            PackBytes(Sum(row, column, 0), Sum(row, column, 1), Sum(row, column, 2), Sum(row, column, 3));
            Code.StoreInt32s(OutPixel(row, column), Sum(row, column, 0));
        }
    }

    private Zmm Load(X64Address? pixel, int index)
    {
        if (pixel is not { } from) return Padding;
        if (Types.InputSigned) Code.Xor(s_pixels[index], Flip, from);
        else Code.LoadInt32s(s_pixels[index], from);
        return s_pixels[index];
    }
}
