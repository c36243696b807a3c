using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>The int8 tile: a step is a dot product of four bytes; the result is int32 or requantized to a byte.</summary>
/// <typeparam name="TIsa">The dot product.</typeparam>
/// <typeparam name="TAcc">Its accumulators.</typeparam>
/// <typeparam name="TB">Its weights.</typeparam>
/// <typeparam name="TX">Its inputs.</typeparam>
/// <typeparam name="TFlip">Whether inputs are of the type that the dot product does not take.</typeparam>
/// <typeparam name="TRequantize">Whether results become bytes.</typeparam>
internal readonly unsafe struct Int8Tile<TIsa, TAcc, TB, TX, TFlip, TRequantize> : ITile<TAcc, TB, TX>
    where TIsa : IDotLanes<TAcc, TB, TX>
    where TAcc : struct
    where TB : struct
    where TX : struct
    where TFlip : IFlag
    where TRequantize : IFlag
{
    public static int Lanes => TIsa.Lanes;

    public static bool HasRight => true;

    public static TAcc Zero => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TAcc LoadInit(byte* p) => TIsa.Load((int*)p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TB LoadB(byte* p) => TIsa.LoadB(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TX Broadcast(byte* a) => TFlip.IsSet ? TIsa.BroadcastFlipped(a) : TIsa.Broadcast(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TAcc MultiplyAdd(TAcc acc, TX a, TB b) => TIsa.MultiplyAdd(acc, a, b);

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

/// <summary>The int8 tile where dot products with one lane exist.</summary>
/// <inheritdoc cref="Int8Tile{TIsa,TAcc,TB,TX,TFlip,TRequantize}"/>
internal readonly unsafe struct Int8ByElementTile<TIsa, TAcc, TB, TX, TFlip, TRequantize> : IByElementTile<TAcc, TB, TX>
    where TIsa : IByElementDotLanes<TAcc, TB, TX>
    where TAcc : struct
    where TB : struct
    where TX : struct
    where TFlip : IFlag
    where TRequantize : IFlag
{
    public static int Lanes => TIsa.Lanes;

    public static bool HasRight => true;

    public static TAcc Zero => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TAcc LoadInit(byte* p) => TIsa.Load((int*)p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TB LoadB(byte* p) => TIsa.LoadB(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TX LoadA(byte* a) => TFlip.IsSet ? TIsa.LoadAFlipped(a) : TIsa.LoadA(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TX Broadcast(byte* a) => TFlip.IsSet ? TIsa.BroadcastFlipped(a) : TIsa.Broadcast(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TAcc MultiplyAdd(TAcc acc, TX a, TB b) => TIsa.MultiplyAdd(acc, a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TAcc MultiplyAddLane(TAcc acc, TX a, TB b, [ConstantExpected(Max = (byte)3)] byte lane) => TIsa.MultiplyAddLane(acc, a, b, lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TAcc Add(TAcc a, TAcc b) => TIsa.Add(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLeft(TileArguments* t, byte* y, TAcc c0) => Int8Tile<TIsa, TAcc, TB, TX, TFlip, TRequantize>.StoreLeft(t, y, c0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRight(TileArguments* t, byte* y, TAcc c1) => Int8Tile<TIsa, TAcc, TB, TX, TFlip, TRequantize>.StoreRight(t, y, c1);
}
