using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>The left half of a tile, for the last columns where a whole one would be half empty.</summary>
internal readonly unsafe struct LeftTile<TTile, TAcc, TB, TX> : ITile<TAcc, TB, TX>
    where TTile : ITile<TAcc, TB, TX>
    where TAcc : struct
    where TB : struct
    where TX : struct
{
    public static int Lanes => TTile.Lanes;

    public static bool HasRight => false;

    public static TAcc Zero => TTile.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TAcc LoadInit(byte* p) => TTile.LoadInit(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TB LoadB(byte* p) => TTile.LoadB(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TX Broadcast(byte* a) => TTile.Broadcast(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TAcc MultiplyAdd(TAcc acc, TX a, TB b) => TTile.MultiplyAdd(acc, a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TAcc Add(TAcc a, TAcc b) => TTile.Add(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLeft(TileArguments* t, byte* y, TAcc c0) => TTile.StoreLeft(t, y, c0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRight(TileArguments* t, byte* y, TAcc c1)
    {
    }
}

/// <summary>The left half of a tile that multiplies by one lane.</summary>
internal readonly unsafe struct LeftByElementTile<TTile, TAcc, TB, TX> : IByElementTile<TAcc, TB, TX>
    where TTile : IByElementTile<TAcc, TB, TX>
    where TAcc : struct
    where TB : struct
    where TX : struct
{
    public static int Lanes => TTile.Lanes;

    public static bool HasRight => false;

    public static TAcc Zero => TTile.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TAcc LoadInit(byte* p) => TTile.LoadInit(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TB LoadB(byte* p) => TTile.LoadB(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TX LoadA(byte* a) => TTile.LoadA(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TX Broadcast(byte* a) => TTile.Broadcast(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TAcc MultiplyAdd(TAcc acc, TX a, TB b) => TTile.MultiplyAdd(acc, a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TAcc MultiplyAddLane(TAcc acc, TX a, TB b, [ConstantExpected(Max = (byte)3)] byte lane) => TTile.MultiplyAddLane(acc, a, b, lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TAcc Add(TAcc a, TAcc b) => TTile.Add(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLeft(TileArguments* t, byte* y, TAcc c0) => TTile.StoreLeft(t, y, c0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRight(TileArguments* t, byte* y, TAcc c1)
    {
    }
}
