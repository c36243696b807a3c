using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>The float32 tile: a step is one multiply-add; the result, with the residual if there is one, is clamped to <c>[Low, High]</c>.</summary>
internal readonly unsafe struct F32Tile<TIsa, TVec> : ITile<TVec, TVec, TVec>
    where TIsa : ILanesF32<TVec>
    where TVec : struct
{
    public static int Lanes => TIsa.Lanes;

    public static bool HasRight => true;

    public static TVec Zero => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec LoadInit(byte* p) => TIsa.Load((float*)p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec LoadB(byte* p) => TIsa.Load((float*)p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Broadcast(byte* a) => TIsa.Broadcast((float*)a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec MultiplyAdd(TVec acc, TVec a, TVec b) => TIsa.MultiplyAdd(acc, a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Add(TVec a, TVec b) => TIsa.Add(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLeft(TileArguments* t, byte* y, TVec c0)
    {
        if (t->Residual != null) c0 = TIsa.Add(c0, TIsa.Load((float*)(t->Residual + (y - t->Y))));
        TIsa.Store(TIsa.AtMost(TIsa.Create(t->High), TIsa.AtLeast(TIsa.Create(t->Low), c0)), (float*)y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRight(TileArguments* t, byte* y, TVec c1) => StoreLeft(t, y + TIsa.Lanes * sizeof(float), c1);
}

/// <summary>The float32 tile where products by one lane exist.</summary>
internal readonly unsafe struct F32ByElementTile<TIsa, TVec> : IByElementTile<TVec, TVec, TVec>
    where TIsa : IByElementLanesF32<TVec>
    where TVec : struct
{
    public static int Lanes => TIsa.Lanes;

    public static bool HasRight => true;

    public static TVec Zero => default;

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
    public static TVec Add(TVec a, TVec b) => TIsa.Add(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLeft(TileArguments* t, byte* y, TVec c0) => F32Tile<TIsa, TVec>.StoreLeft(t, y, c0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRight(TileArguments* t, byte* y, TVec c1) => F32Tile<TIsa, TVec>.StoreRight(t, y, c1);
}
