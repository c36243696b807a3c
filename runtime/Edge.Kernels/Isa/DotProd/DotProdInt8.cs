using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using Edge.Kernels.Generic;
using Edge.Kernels.Generic.Gemm;

namespace Edge.Kernels.Isa;

/// <summary>int8 · int8 with SDOT: four products are added to a 32-bit lane, without saturation.</summary>
internal readonly unsafe struct DotProdInt8 : IByElementDotLanes<Vector128<int>, Vector128<sbyte>, Vector128<sbyte>>
{
    public static int Lanes => Vector128<int>.Count;

    public static bool TakesSigned => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Load(int* p) => Vector128.Load(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<int> acc, int* p) => acc.Store(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> LoadB(byte* p) => Vector128.Load((sbyte*)p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> LoadA(byte* a) => Vector128.Load((sbyte*)a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> LoadAFlipped(byte* a) => Flip(LoadA(a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Broadcast(byte* a) => Vector128.Create(*(int*)a).AsSByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> BroadcastFlipped(byte* a) => Flip(Broadcast(a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> MultiplyAdd(Vector128<int> acc, Vector128<sbyte> a, Vector128<sbyte> b) => Dp.DotProduct(acc, b, a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> MultiplyAddLane(Vector128<int> acc, Vector128<sbyte> a, Vector128<sbyte> b, [ConstantExpected(Max = (byte)3)] byte lane) =>
        Dp.DotProductBySelectedQuadruplet(acc, b, a, lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Add(Vector128<int> a, Vector128<int> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Vector128<int> acc, byte* y, float* scale, float low, float high, int zeroPoint) =>
        NeonInt8.StoreBytes(acc, y, scale, low, high, zeroPoint);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<sbyte> Flip(Vector128<sbyte> a) => a ^ Vector128.Create(unchecked((sbyte)Int8Normalization.Flip));
}
