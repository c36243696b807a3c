using System.Runtime.CompilerServices;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>The int8 tile over widened operands: a step is a pair of int16; the result is int32 or requantized to a byte.</summary>
/// <typeparam name="TIsa">The sums of two products.</typeparam>
/// <typeparam name="TAcc">Its accumulators.</typeparam>
/// <typeparam name="TPair">Its operands.</typeparam>
/// <typeparam name="TRequantize">Whether results become bytes.</typeparam>
internal readonly unsafe struct WordTile<TIsa, TAcc, TPair, TRequantize> : ITile<TAcc, TPair, TPair>
    where TIsa : IWordLanes<TAcc, TPair>
    where TAcc : struct
    where TPair : struct
    where TRequantize : IFlag
{
    public static int Lanes => TIsa.Lanes;

    public static bool HasRight => true;

    public static TAcc Zero => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TAcc LoadInit(byte* p) => TIsa.Load((int*)p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TPair LoadB(byte* p) => TIsa.LoadWeights((short*)p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TPair Broadcast(byte* a) => TIsa.BroadcastPair(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TAcc MultiplyAdd(TAcc acc, TPair a, TPair b) => TIsa.MultiplyAdd(acc, a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TAcc Add(TAcc a, TAcc b) => TIsa.Add(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLeft(TileArguments* t, byte* y, TAcc c0)
    {
        if (TRequantize.IsSet) TIsa.StoreBytes(c0, y, t->Scale, t->Low, t->High, t->ZeroPoint);
        else TIsa.Store(c0, (int*)y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRight(TileArguments* t, byte* y, TAcc c1)
    {
        if (TRequantize.IsSet) TIsa.StoreBytes(c1, y + TIsa.Lanes, t->Scale + TIsa.Lanes, t->Low, t->High, t->ZeroPoint);
        else TIsa.Store(c1, (int*)y + TIsa.Lanes);
    }
}
