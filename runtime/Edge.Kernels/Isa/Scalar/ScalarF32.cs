using System.Runtime.CompilerServices;
using Edge.Kernels.Generic;

namespace Edge.Kernels.Isa;

/// <summary>A vector of one float: what generic bodies do with the elements that no whole vector is left for.</summary>
internal readonly unsafe struct ScalarF32 : ILanesF32<float>
{
    public static int Lanes => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Load(float* p) => *p;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float v, float* p) => *p = v;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Create(float value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Broadcast(float* p) => *p;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Add(float a, float b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Subtract(float a, float b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Multiply(float a, float b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MultiplyAdd(float acc, float a, float b) => acc + a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float AtLeast(float bound, float v) => v < bound ? bound : v;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float AtMost(float bound, float v) => v > bound ? bound : v;
}
