using System.Runtime.CompilerServices;

namespace Edge.Kernels.Generic.Winograd;

/// <summary>F(2, 3), interpolated at 0, 1, −1 and infinity.</summary>
internal readonly unsafe struct Winograd2 : IWinograd
{
    public static int Outputs => 2;

    public static ReadOnlySpan<double> WeightRows => [1, 0, 0, 0.5, 0.5, 0.5, 0.5, -0.5, 0.5, 0, 0, 1];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<TIsa, TVec, TInside>(float* d, nint step, int first, int until, float* to, nint toStep)
        where TIsa : ILanesF32<TVec> where TVec : struct where TInside : IFlag
    {
        TVec d0 = TInside.IsSet || (first <= 0 && until > 0) ? TIsa.Load(d) : default;
        TVec d1 = TInside.IsSet || (first <= 1 && until > 1) ? TIsa.Load(d + step) : default;
        TVec d2 = TInside.IsSet || (first <= 2 && until > 2) ? TIsa.Load(d + 2 * step) : default;
        TVec d3 = TInside.IsSet || (first <= 3 && until > 3) ? TIsa.Load(d + 3 * step) : default;
        TIsa.Store(TIsa.Subtract(d0, d2), to);
        TIsa.Store(TIsa.Add(d2, d1), to + toStep);
        TIsa.Store(TIsa.Subtract(d2, d1), to + 2 * toStep);
        TIsa.Store(TIsa.Subtract(d3, d1), to + 3 * toStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<TIsa, TVec>(float* products, nint step, out TVec y0, out TVec y1, out TVec y2, out TVec y3)
        where TIsa : ILanesF32<TVec> where TVec : struct
    {
        TVec m1 = TIsa.Load(products + step), m2 = TIsa.Load(products + 2 * step);
        y0 = TIsa.Add(TIsa.Load(products), TIsa.Add(m1, m2));
        y1 = TIsa.Add(TIsa.Subtract(m1, m2), TIsa.Load(products + 3 * step));
        y2 = y3 = default;
    }
}
