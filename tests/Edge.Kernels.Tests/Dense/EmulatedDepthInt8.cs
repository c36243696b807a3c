using System.Runtime.Intrinsics;
using Edge.Kernels.Generic.Gemm;
using Edge.Kernels.Isa;

namespace Edge.Kernels.Tests.Dense;

/// <summary>
/// <see cref="NeonDepthInt8"/> with portable vectors, 16-bit sums wrapping around as SMLAL2's do, so that everything around the
/// instructions is tested where the CPU does not have them.
/// </summary>
internal readonly unsafe struct EmulatedDepthInt8 : IDepthLanes<Vector128<int>, Vector128<sbyte>, Vector128<short>>
{
    public static int Lanes => 4;

    public static Vector128<int> Load(int* p) => Vector128.Load(p);

    public static void Store(Vector128<int> acc, int* p) => acc.Store(p);

    public static void StoreBytes(Vector128<int> acc, byte* y, float* scale, float low, float high, int zeroPoint) => Vector128Int8.StoreBytes(acc, y, scale, low, high, zeroPoint);

    public static Vector128<sbyte> LoadBytes(byte* p, nint offset) => Vector128.Load((sbyte*)p + offset);

    public static Vector128<short> MultiplyLow(Vector128<sbyte> a, Vector128<sbyte> b) => Vector128.WidenLower(a) * Vector128.WidenLower(b);

    public static Vector128<short> MultiplyHighAdd(Vector128<short> products, Vector128<sbyte> a, Vector128<sbyte> b) => products + Vector128.WidenUpper(a) * Vector128.WidenUpper(b);

    public static Vector128<int> AddPairs(Vector128<int> acc, Vector128<short> products)
    {
        for (int lane = 0; lane < Lanes; lane++) acc = acc.WithElement(lane, acc[lane] + products[2 * lane] + products[2 * lane + 1]);
        return acc;
    }

    public static Vector128<int> Add(Vector128<int> a, Vector128<int> b) => a + b;

    public static Vector128<int> SumEach(Vector128<int> c0, Vector128<int> c1, Vector128<int> c2, Vector128<int> c3) =>
        Vector128.Create(Vector128.Sum(c0), Vector128.Sum(c1), Vector128.Sum(c2), Vector128.Sum(c3));
}
