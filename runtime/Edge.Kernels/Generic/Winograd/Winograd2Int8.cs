using System.Runtime.CompilerServices;
using Edge.Kernels.Generic.Gemm;

namespace Edge.Kernels.Generic.Winograd;

/// <summary>F(2, 3), interpolated at 0, 1, −1 and infinity, times 2.</summary>
internal readonly unsafe struct Winograd2Int8 : IWinogradInt8
{
    public static int Outputs => 2;

    public static ReadOnlySpan<sbyte> WeightRows => [2, 0, 0, 1, 1, 1, 1, -1, 1, 0, 0, 2];

    public static int MostWeight => 255;

    public static long MostSum => (1L << 29) - 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<TIsa, TAcc, TPair>(TPair d0, TPair d1, TPair d2, TPair d3, TPair d4, TPair d5, short* to, nint step)
        where TIsa : IWordLanes<TAcc, TPair> where TAcc : struct where TPair : struct
    {
        TIsa.StoreWords(TIsa.SubtractWords(d0, d2), to);
        TIsa.StoreWords(TIsa.AddWords(d2, d1), to + step);
        TIsa.StoreWords(TIsa.SubtractWords(d2, d1), to + 2 * step);
        TIsa.StoreWords(TIsa.SubtractWords(d3, d1), to + 3 * step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<TIsa, TAcc, TPair>(int* products, nint step, out TAcc y0, out TAcc y1, out TAcc y2, out TAcc y3)
        where TIsa : IWordLanes<TAcc, TPair> where TAcc : struct where TPair : struct
    {
        TAcc m1 = TIsa.Load(products + step), m2 = TIsa.Load(products + 2 * step);
        y0 = TIsa.Add(TIsa.Load(products), TIsa.Add(m1, m2));
        y1 = TIsa.Add(TIsa.Subtract(m1, m2), TIsa.Load(products + 3 * step));
        y2 = y3 = default;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TAcc Unscale<TIsa, TAcc, TPair>(TAcc y)
        where TIsa : IWordLanes<TAcc, TPair> where TAcc : struct where TPair : struct => TIsa.ShiftRight(y, 2);
}
