using System.Runtime.CompilerServices;
using Edge.Kernels.Generic.Gemm;

namespace Edge.Kernels.Generic.Winograd;

/// <summary>
/// F(4, 3), interpolated at 0, ±1, ±2 and infinity, times 24; the row of infinity, which is multiplied with a weight that
/// has no divisor, times 6, and its product with 4 in the output.
/// </summary>
internal readonly unsafe struct Winograd4Int8 : IWinogradInt8
{
    /// <summary>24² = 9 · 2⁶.</summary>
    private const int PowerOfTwo = 6;

    /// <summary>9 · 954437177 = 2³³ + 1.</summary>
    private const int InverseOf9 = 954437177;

    public static int Outputs => 4;

    public static ReadOnlySpan<sbyte> WeightRows => [6, 0, 0, -4, -4, -4, -4, 4, -4, 1, 2, 4, 1, -2, 4, 0, 0, 6];

    /// <summary>32767 / 12².</summary>
    public static int MostWeight => 227;

    public static long MostSum => (1L << (31 - PowerOfTwo)) - 1;

    // The rows of ±1 are u ± v, those of ±2 s ± w; that of 0 is 4(d0 − d2) + s, that of infinity −2w + (d5 − d3). Sums of
    // absolute coefficients are at most 10: 10² · 255 fits in 16 bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<TIsa, TAcc, TPair>(TPair d0, TPair d1, TPair d2, TPair d3, TPair d4, TPair d5, short* to, nint step)
        where TIsa : IWordLanes<TAcc, TPair> where TAcc : struct where TPair : struct
    {
        TPair u = TIsa.SubtractWords(d4, TIsa.ShiftWordsLeft(d2, 2)), v = TIsa.SubtractWords(d3, TIsa.ShiftWordsLeft(d1, 2));
        TIsa.StoreWords(TIsa.AddWords(u, v), to + step);
        TIsa.StoreWords(TIsa.SubtractWords(u, v), to + 2 * step);
        TPair s = TIsa.SubtractWords(d4, d2), w = TIsa.ShiftWordsLeft(TIsa.SubtractWords(d3, d1), 1);
        TIsa.StoreWords(TIsa.AddWords(s, w), to + 3 * step);
        TIsa.StoreWords(TIsa.SubtractWords(s, w), to + 4 * step);
        TIsa.StoreWords(TIsa.AddWords(TIsa.ShiftWordsLeft(TIsa.SubtractWords(d0, d2), 2), s), to);
        TIsa.StoreWords(TIsa.SubtractWords(TIsa.SubtractWords(d5, d3), TIsa.ShiftWordsLeft(w, 1)), to + 5 * step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<TIsa, TAcc, TPair>(int* products, nint step, out TAcc y0, out TAcc y1, out TAcc y2, out TAcc y3)
        where TIsa : IWordLanes<TAcc, TPair> where TAcc : struct where TPair : struct
    {
        TAcc m1 = TIsa.Load(products + step), m2 = TIsa.Load(products + 2 * step);
        TAcc m3 = TIsa.Load(products + 3 * step), m4 = TIsa.Load(products + 4 * step);
        TAcc even1 = TIsa.Add(m1, m2), odd1 = TIsa.Subtract(m1, m2), even2 = TIsa.Add(m3, m4), odd2 = TIsa.Subtract(m3, m4);
        y0 = TIsa.Add(TIsa.Load(products), TIsa.Add(even1, even2));
        y1 = TIsa.Add(odd1, TIsa.ShiftLeft(odd2, 1));
        y2 = TIsa.Add(even1, TIsa.ShiftLeft(even2, 2));
        y3 = TIsa.Add(odd1, TIsa.ShiftLeft(TIsa.Add(TIsa.ShiftLeft(odd2, 1), TIsa.Load(products + 5 * step)), 2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TAcc Unscale<TIsa, TAcc, TPair>(TAcc y)
        where TIsa : IWordLanes<TAcc, TPair> where TAcc : struct where TPair : struct =>
        TIsa.ShiftRight(TIsa.Multiply(y, TIsa.Create(InverseOf9)), PowerOfTwo);
}
