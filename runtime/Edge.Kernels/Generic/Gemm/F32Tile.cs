using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>The float32 tile: a step is one multiply-add; the result is clamped to <c>[Low, High]</c>.</summary>
internal readonly unsafe struct F32Tile<TIsa, TVec> : ITile<TVec, TVec, TVec>
    where TIsa : ILanesF32<TVec>
    where TVec : struct
{
    public static int Lanes => TIsa.Lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec LoadInit(byte* p) => TIsa.Load((float*)p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec LoadB(byte* p) => TIsa.Load((float*)p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Broadcast(byte* a) => TIsa.Broadcast((float*)a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec MultiplyAdd(TVec acc, TVec a, TVec b) => TIsa.MultiplyAdd(acc, a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRow(TileArguments* t, byte* y, TVec c0, TVec c1)
    {
        TVec low = TIsa.Create(t->Low), high = TIsa.Create(t->High);
        TIsa.Store(TIsa.AtMost(high, TIsa.AtLeast(low, c0)), (float*)y);
        TIsa.Store(TIsa.AtMost(high, TIsa.AtLeast(low, c1)), (float*)y + TIsa.Lanes);
    }
}

/// <summary>The float32 tile where products by one lane exist.</summary>
internal readonly unsafe struct F32ByElementTile<TIsa, TVec> : IByElementTile<TVec, TVec, TVec>
    where TIsa : IByElementLanesF32<TVec>
    where TVec : struct
{
    public static int Lanes => TIsa.Lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec LoadInit(byte* p) => F32Tile<TIsa, TVec>.LoadInit(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec LoadB(byte* p) => F32Tile<TIsa, TVec>.LoadB(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec LoadA(byte* a) => TIsa.Load((float*)a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Broadcast(byte* a) => F32Tile<TIsa, TVec>.Broadcast(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec MultiplyAdd(TVec acc, TVec a, TVec b) => F32Tile<TIsa, TVec>.MultiplyAdd(acc, a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec MultiplyAddLane(TVec acc, TVec a, TVec b, [ConstantExpected(Max = (byte)3)] byte lane) => TIsa.MultiplyAddLane(acc, b, a, lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRow(TileArguments* t, byte* y, TVec c0, TVec c1) => F32Tile<TIsa, TVec>.StoreRow(t, y, c0, c1);
}
