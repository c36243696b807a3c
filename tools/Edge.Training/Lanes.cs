using System.Numerics;
using System.Runtime.CompilerServices;

namespace Edge.Training;

/// <summary>Loads and stores of up to one vector of consecutive channels; missing lanes read as zero.</summary>
internal static unsafe class Lanes
{
    public static int Count => Vector<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Load(float* p, int lanes) => lanes >= Vector<float>.Count ? Vector.Load(p) : LoadTail(p, lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector<float> v, float* p, int lanes)
    {
        if (lanes >= Vector<float>.Count) v.Store(p);
        else StoreTail(v, p, lanes);
    }

    private static Vector<float> LoadTail(float* p, int lanes)
    {
        float* whole = stackalloc float[Vector<float>.Count];
        for (int i = 0; i < Vector<float>.Count; i++) whole[i] = i < lanes ? p[i] : 0;
        return Vector.Load(whole);
    }

    private static void StoreTail(Vector<float> v, float* p, int lanes)
    {
        for (int i = 0; i < lanes; i++) p[i] = v[i];
    }
}
