using System.Runtime.Intrinsics;
using Edge.Kernels.Generic.Gemm;
using Edge.Kernels.Isa;

namespace Edge.Kernels.Tests.Dense;

/// <summary>
/// <see cref="AvxVnniInt8"/> with VPDPBUSD computed lane by lane as Intel's manual defines it, so that everything around
/// the instruction is tested where the CPU does not have it.
/// </summary>
internal readonly unsafe struct EmulatedVnniInt8 : IDotLanes<Vector256<int>, Vector256<sbyte>, Vector256<byte>>
{
    public static int Lanes => AvxVnniInt8.Lanes;

    public static bool TakesSigned => AvxVnniInt8.TakesSigned;

    public static Vector256<int> Load(int* p) => AvxVnniInt8.Load(p);

    public static void Store(Vector256<int> acc, int* p) => AvxVnniInt8.Store(acc, p);

    public static Vector256<sbyte> LoadB(byte* p) => AvxVnniInt8.LoadB(p);

    public static Vector256<byte> Broadcast(byte* a) => AvxVnniInt8.Broadcast(a);

    public static Vector256<byte> BroadcastFlipped(byte* a) => AvxVnniInt8.BroadcastFlipped(a);

    public static Vector256<int> MultiplyAdd(Vector256<int> acc, Vector256<byte> a, Vector256<sbyte> b)
    {
        for (int lane = 0; lane < Lanes; lane++)
        {
            int sum = acc[lane];
            for (int i = 4 * lane; i < 4 * lane + 4; i++) sum += a[i] * b[i];
            acc = acc.WithElement(lane, sum);
        }
        return acc;
    }

    public static Vector256<int> Add(Vector256<int> a, Vector256<int> b) => a + b;

    public static void StoreBytes(Vector256<int> acc, byte* y, float* scale, float low, float high, int zeroPoint) =>
        AvxVnniInt8.StoreBytes(acc, y, scale, low, high, zeroPoint);
}
