using System.Numerics;
using System.Runtime.CompilerServices;

namespace Edge.Kernels.Sampling;

/// <summary>
/// Weighted sums of a few elements, the same ones for every channel: what sampling a tensor between its elements comes
/// down to. Sums run in the order of the taps, each product and each sum rounded, so that every instruction set returns
/// the same bits.
/// </summary>
internal static unsafe class TapSum
{
    /// <summary>
    /// <c>y[p] = Σₜ weight[p, t] · x[offset[p, t]]</c> over one channel; taps with offset −1 are left out.
    /// </summary>
    [MethodImpl(Compile.Alone)]
    public static void Plane<T>(T* x, int* offsets, T* weights, int taps, T* y, int pixels) where T : unmanaged, INumber<T>
    {
        if (taps == 4)
        {
            for (int p = 0; p < pixels; p++, offsets += 4, weights += 4)
            {
                // A negative offset has the sign bit set.
                if ((offsets[0] | offsets[1] | offsets[2] | offsets[3]) >= 0)
                {
                    y[p] = T.Zero + weights[0] * x[offsets[0]] + weights[1] * x[offsets[1]] + weights[2] * x[offsets[2]] + weights[3] * x[offsets[3]];
                    continue;
                }

                T sum = T.Zero;
                for (int t = 0; t < 4; t++)
                    if (offsets[t] >= 0) sum += weights[t] * x[offsets[t]];
                y[p] = sum;
            }

            return;
        }

        for (int p = 0; p < pixels; p++, offsets += taps, weights += taps)
        {
            T sum = T.Zero;
            for (int t = 0; t < taps; t++)
                if (offsets[t] >= 0) sum += weights[t] * x[offsets[t]];
            y[p] = sum;
        }
    }

    /// <summary>
    /// <c>y[p, c] = Σₜ weight[p, t] · x[offset[p, t], c]</c> with neighbouring channels, which are the lanes.
    /// </summary>
    /// <param name="x">Rows of channels.</param>
    /// <param name="xStride">Elements from row to row of <paramref name="x"/>.</param>
    /// <param name="offsets"><c>[pixels, taps]</c>: rows of <paramref name="x"/>; −1 for none.</param>
    /// <param name="weights"><c>[pixels, taps]</c>.</param>
    /// <param name="taps">Taps of a pixel.</param>
    /// <param name="y">Receives rows of channels.</param>
    /// <param name="yStride">Elements from row to row of <paramref name="y"/>.</param>
    /// <param name="pixels">Pixels.</param>
    /// <param name="channels">Channels.</param>
    [MethodImpl(Compile.Alone)]
    public static void Rows<T>(T* x, nint xStride, int* offsets, T* weights, int taps, T* y, nint yStride, int pixels, int channels) where T : unmanaged, INumber<T>
    {
        for (int p = 0; p < pixels; p++, offsets += taps, weights += taps, y += yStride)
        {
            int c = 0;
            for (; c + Vector<T>.Count <= channels; c += Vector<T>.Count)
            {
                var sum = Vector<T>.Zero;
                for (int t = 0; t < taps; t++)
                    if (offsets[t] >= 0) sum += weights[t] * Vector.Load(x + offsets[t] * xStride + c);
                Vector.Store(sum, y + c);
            }

            for (; c < channels; c++)
            {
                T sum = T.Zero;
                for (int t = 0; t < taps; t++)
                    if (offsets[t] >= 0) sum += weights[t] * x[offsets[t] * xStride + c];
                y[c] = sum;
            }
        }
    }
}
