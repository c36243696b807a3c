namespace Edge.Kernels.Emit.Depthwise;

/// <summary>
/// Neighbouring pixels of few channels: their bytes follow each other, so that one or two registers hold them all, and
/// AVX512_VBMI takes those of a chunk out of them in the order in which VPDPBUSD wants them. Nothing outside of them is read.
/// </summary>
internal sealed class PixelRun
{
    private const int Half = 32, ThreeQuarters = 48, Whole = 64;

    private readonly int _bytes;

    private PixelRun(int pixels, int bytes, byte[] order) => (Pixels, _bytes, Order) = (pixels, bytes, order);

    /// <summary>How many.</summary>
    public int Pixels { get; }

    /// <summary>Which byte comes where.</summary>
    public byte[] Order { get; }

    /// <summary>The first columns of a tile, from a chunk's first channel to its last one of the last column; null if that is no number of bytes that registers take.</summary>
    /// <param name="tiling">The convolution.</param>
    /// <param name="lanes">Channels of the chunk.</param>
    public static PixelRun? Of(DepthwiseTiling tiling, int lanes)
    {
        int channels = tiling.Geometry.InChannels, pixels = Math.Min(tiling.ColumnSpan, Int8TapGroups.Width), bytes = (pixels - 1) * channels + lanes;
        if (lanes == 0 || bytes is not (Half or ThreeQuarters or (>= Whole and <= 2 * Whole))) return null;
        var order = new byte[Whole];
        for (int lane = 0; lane < lanes; lane++)
            for (int pixel = 0; pixel < pixels; pixel++)
            {
                // The second register ends where the pixels do.
                int at = pixel * channels + lane;
                order[4 * lane + pixel] = (byte)(at < Whole ? at : Whole + at - (bytes - Whole));
            }
        return new(pixels, bytes, order);
    }

    /// <summary>Writes the code that takes the pixels from <paramref name="first"/> on.</summary>
    public void Interleave(X64Assembler code, Zmm to, Zmm order, X64Address first)
    {
        switch (_bytes)
        {
            case Half:
                code.LoadHalf(to, first);
                code.PermuteAllBytes(to, order, to);
                break;
            case ThreeQuarters:
                code.LoadHalf(to, first);
                code.InsertQuarter(to, to, first with { Displacement = first.Displacement + Half }, 2);
                code.PermuteAllBytes(to, order, to);
                break;
            case Whole:
                code.PermuteAllBytes(to, order, first);
                break;
            default:
                code.LoadInt32s(to, first);
                code.PermuteBytesOfTwo(to, order, first with { Displacement = first.Displacement + _bytes - Whole });
                break;
        }
    }
}
