using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Edge.Kernels.Generic;
using Edge.Kernels.Generic.Gemm;

namespace Edge.Kernels.Isa;

/// <summary>uint8 · int8 with AVX-VNNI: VPDPBUSD adds four products to a 32-bit lane, without saturation.</summary>
internal readonly unsafe struct AvxVnniInt8 : IDotLanes<Vector256<int>, Vector256<sbyte>, Vector256<byte>>
{
    public static int Lanes => Vector256<int>.Count;

    public static bool TakesSigned => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load(int* p) => Vector256.Load(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> acc, int* p) => acc.Store(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<sbyte> LoadB(byte* p) => Vector256.Load((sbyte*)p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Broadcast(byte* a) => Vector256.Create(*(int*)a).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> BroadcastFlipped(byte* a) => Broadcast(a) ^ Vector256.Create(Int8Normalization.Flip);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> MultiplyAdd(Vector256<int> acc, Vector256<byte> a, Vector256<sbyte> b) => AvxVnni.MultiplyWideningAndAdd(acc, a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> a, Vector256<int> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Vector256<int> acc, byte* y, float* scale, float low, float high, int zeroPoint) =>
        Avx2Int8.StoreBytes(acc, y, scale, low, high, zeroPoint);
}
