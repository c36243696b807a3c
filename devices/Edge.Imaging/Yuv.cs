using System.Runtime.CompilerServices;

namespace Edge.Imaging;

/// <summary>
/// Camera formats to R, G, B: ITU-R BT.601, limited range (Y 16…235, U and V 16…240), as UVC cameras send it unless they say
/// otherwise. Fixed point with 16 bits of fraction, rounded half up, then saturated. Chroma is taken from its sample without
/// interpolation.
/// </summary>
internal static class Yuv
{
    // 255/219, 2·(1−0.299)·255/224, 2·(1−0.114)·255/224, and the green shares of both, times 65536.
    private const int YScale = 76309, RedFromV = 104597, GreenFromU = 25675, GreenFromV = 53279, BlueFromU = 132201;

    /// <summary>Pixels <c>[from, to)</c> of a row of Y0, U, Y1, V.</summary>
    public static void YuyvToRgb(ReadOnlySpan<byte> row, int from, int to, Span<byte> rgb)
    {
        for (int x = from, o = 0; x < to; x++, o += 3)
        {
            int pair = x / 2 * 4;
            Write(row[2 * x], row[pair + 1], row[pair + 3], rgb.Slice(o, 3));
        }
    }

    /// <summary>Pixels <c>[from, to)</c> of a row of Y with its row of U, V pairs.</summary>
    public static void Nv12ToRgb(ReadOnlySpan<byte> luma, ReadOnlySpan<byte> chroma, int from, int to, Span<byte> rgb)
    {
        for (int x = from, o = 0; x < to; x++, o += 3)
        {
            int pair = x & ~1;
            Write(luma[x], chroma[pair], chroma[pair + 1], rgb.Slice(o, 3));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(int y, int u, int v, Span<byte> rgb)
    {
        int l = YScale * (y - 16) + 32768;
        u -= 128;
        v -= 128;
        rgb[0] = Saturate((l + RedFromV * v) >> 16);
        rgb[1] = Saturate((l - GreenFromU * u - GreenFromV * v) >> 16);
        rgb[2] = Saturate((l + BlueFromU * u) >> 16);
    }

    private static byte Saturate(int value) => (byte)Math.Clamp(value, 0, 255);
}
