using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Edge.Kernels.Pooling;

/// <summary>So many bytes of neighbouring channels, held in a <typeparamref name="V"/> and compared at once.</summary>
internal unsafe interface IByteGroup<T, V>
    where T : unmanaged
    where V : unmanaged
{
    static abstract V Load(T* p);

    static abstract V Max(V a, V b);

    static abstract void Store(V value, T* p);
}

internal readonly unsafe struct Bytes64<T> : IByteGroup<T, Vector512<T>>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Load(T* p) => Vector512.Load(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Max(Vector512<T> a, Vector512<T> b) => Vector512.Max(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<T> value, T* p) => value.Store(p);
}

internal readonly unsafe struct Bytes32<T> : IByteGroup<T, Vector256<T>>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Load(T* p) => Vector256.Load(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Max(Vector256<T> a, Vector256<T> b) => Vector256.Max(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<T> value, T* p) => value.Store(p);
}

internal readonly unsafe struct Bytes16<T> : IByteGroup<T, Vector128<T>>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Load(T* p) => Vector128.Load(p);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Max(Vector128<T> a, Vector128<T> b) => Vector128.Max(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<T> value, T* p) => value.Store(p);
}

/// <summary>The lower half of a vector; what the upper half holds does not matter.</summary>
internal readonly unsafe struct Bytes8<T> : IByteGroup<T, Vector128<T>>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Load(T* p) => Vector128.CreateScalarUnsafe(*(ulong*)p).As<ulong, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Max(Vector128<T> a, Vector128<T> b) => Vector128.Max(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<T> value, T* p) => *(ulong*)p = value.AsUInt64().ToScalar();
}

internal readonly unsafe struct Bytes1<T> : IByteGroup<T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load(T* p) => *p;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Max(T a, T b) => a > b ? a : b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T value, T* p) => *p = value;
}
