using System.Runtime.CompilerServices;

namespace Edge.Kernels.Generic.Winograd;

/// <summary>
/// F(4, 3), interpolated at 0, ±a, ±b and infinity with a = 3/4 and b = 3/2. Errors depend on the points: with these they
/// are half of what the customary 0, ±1, ±2 or 0, ±1, ±1/2 give and twice those of a direct sum, and all numbers of the
/// input's transform are exact in float32.
/// </summary>
internal readonly unsafe struct Winograd4 : IWinograd
{
    private const float A = 0.75f, B = 1.5f, A2 = A * A, B2 = B * B;

    public static int Outputs => 4;

    /// <summary>Row of a point p: (1, p, p²) divided by the product of its distances from the other points.</summary>
    public static ReadOnlySpan<double> WeightRows =>
    [
        1 / (0.5625 * 2.25), 0, 0,
        1 / AtA, 0.75 / AtA, 0.5625 / AtA,
        1 / AtA, -0.75 / AtA, 0.5625 / AtA,
        1 / AtB, 1.5 / AtB, 2.25 / AtB,
        1 / AtB, -1.5 / AtB, 2.25 / AtB,
        0, 0, 1,
    ];

    private const double AtA = 2 * 0.5625 * (0.5625 - 2.25), AtB = 2 * 2.25 * (2.25 - 0.5625);

    // With u = d4 − b²·d2 and v = d3 − b²·d1 the rows of ±a are u ± a·v; those of ±b alike. The rows of 0 and infinity are
    // the even and the odd part of x(x² − a²)(x² − b²).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<TIsa, TVec, TInside>(float* d, nint step, int first, int until, float* to, nint toStep)
        where TIsa : ILanesF32<TVec> where TVec : struct where TInside : IFlag
    {
        TVec d0 = TInside.IsSet || (first <= 0 && until > 0) ? TIsa.Load(d) : default;
        TVec d1 = TInside.IsSet || (first <= 1 && until > 1) ? TIsa.Load(d + step) : default;
        TVec d2 = TInside.IsSet || (first <= 2 && until > 2) ? TIsa.Load(d + 2 * step) : default;
        TVec d3 = TInside.IsSet || (first <= 3 && until > 3) ? TIsa.Load(d + 3 * step) : default;
        TVec d4 = TInside.IsSet || (first <= 4 && until > 4) ? TIsa.Load(d + 4 * step) : default;
        TVec d5 = TInside.IsSet || (first <= 5 && until > 5) ? TIsa.Load(d + 5 * step) : default;
        TVec sum = TIsa.Create(-(A2 + B2)), product = TIsa.Create(A2 * B2);
        TIsa.Store(TIsa.MultiplyAdd(TIsa.MultiplyAdd(d4, sum, d2), product, d0), to);
        TIsa.Store(TIsa.MultiplyAdd(TIsa.MultiplyAdd(d5, sum, d3), product, d1), to + 5 * toStep);
        TVec square = TIsa.Create(-B2);
        TVec u = TIsa.MultiplyAdd(d4, square, d2), v = TIsa.MultiplyAdd(d3, square, d1);
        TIsa.Store(TIsa.MultiplyAdd(u, TIsa.Create(A), v), to + toStep);
        TIsa.Store(TIsa.MultiplyAdd(u, TIsa.Create(-A), v), to + 2 * toStep);
        square = TIsa.Create(-A2);
        u = TIsa.MultiplyAdd(d4, square, d2);
        v = TIsa.MultiplyAdd(d3, square, d1);
        TIsa.Store(TIsa.MultiplyAdd(u, TIsa.Create(B), v), to + 3 * toStep);
        TIsa.Store(TIsa.MultiplyAdd(u, TIsa.Create(-B), v), to + 4 * toStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<TIsa, TVec>(float* products, nint step, out TVec y0, out TVec y1, out TVec y2, out TVec y3)
        where TIsa : ILanesF32<TVec> where TVec : struct
    {
        TVec m1 = TIsa.Load(products + step), m2 = TIsa.Load(products + 2 * step);
        TVec m3 = TIsa.Load(products + 3 * step), m4 = TIsa.Load(products + 4 * step);
        TVec evenA = TIsa.Add(m1, m2), oddA = TIsa.Subtract(m1, m2), evenB = TIsa.Add(m3, m4), oddB = TIsa.Subtract(m3, m4);
        y0 = TIsa.Add(TIsa.Load(products), TIsa.Add(evenA, evenB));
        y1 = TIsa.MultiplyAdd(TIsa.Multiply(TIsa.Create(A), oddA), TIsa.Create(B), oddB);
        y2 = TIsa.MultiplyAdd(TIsa.Multiply(TIsa.Create(A2), evenA), TIsa.Create(B2), evenB);
        y3 = TIsa.MultiplyAdd(TIsa.MultiplyAdd(TIsa.Load(products + 5 * step), TIsa.Create(A2 * A), oddA), TIsa.Create(B2 * B), oddB);
    }
}
