using System.Numerics;

namespace Edge.Kernels.Elementwise;

/// <summary>A function of two numbers, for types that have no vector form.</summary>
internal interface IBinaryScalar<TIn, TOut>
    where TIn : unmanaged
    where TOut : unmanaged
{
    static abstract TOut Apply(TIn a, TIn b);
}

internal readonly unsafe struct BinaryRow<TIn, TOut, TOp> : IBinaryRow<TIn, TOut>
    where TIn : unmanaged
    where TOut : unmanaged
    where TOp : struct, IBinaryScalar<TIn, TOut>
{
    public static nint Grain => Elementwise.Grain.Heavy;

    public void Run(TIn* a, nint strideA, TIn* b, nint strideB, TOut* y, nint n)
    {
        for (nint i = 0; i < n; i++) y[i] = TOp.Apply(a[i * strideA], b[i * strideB]);
    }
}

internal readonly struct AddScalar<T> : IBinaryScalar<T, T> where T : unmanaged, INumber<T>
{
    public static T Apply(T a, T b) => unchecked(a + b);
}

internal readonly struct SubScalar<T> : IBinaryScalar<T, T> where T : unmanaged, INumber<T>
{
    public static T Apply(T a, T b) => unchecked(a - b);
}

internal readonly struct MulScalar<T> : IBinaryScalar<T, T> where T : unmanaged, INumber<T>
{
    public static T Apply(T a, T b) => unchecked(a * b);
}

internal readonly struct DivFloating<T> : IBinaryScalar<T, T> where T : unmanaged, IFloatingPoint<T>
{
    public static T Apply(T a, T b) => a / b;
}

/// <summary>A processor may trap on a division by 0, and on that of the least integer by −1; neither reaches it.</summary>
internal readonly struct DivInteger<T> : IBinaryScalar<T, T> where T : unmanaged, IBinaryInteger<T>
{
    public static T Apply(T a, T b)
    {
        if (T.IsZero(b)) return T.Zero;
        return T.IsNegative(b) && b == -T.One ? unchecked(-a) : a / b;
    }
}

/// <inheritdoc cref="DivInteger{T}"/>
internal readonly struct FModInteger<T> : IBinaryScalar<T, T> where T : unmanaged, IBinaryInteger<T>
{
    public static T Apply(T a, T b) => T.IsZero(b) || T.IsNegative(b) && b == -T.One ? T.Zero : a % b;
}

internal readonly struct ModInteger<T> : IBinaryScalar<T, T> where T : unmanaged, IBinaryInteger<T>
{
    public static T Apply(T a, T b)
    {
        T r = FModInteger<T>.Apply(a, b);
        return !T.IsZero(r) && T.IsNegative(r) != T.IsNegative(b) ? r + b : r;
    }
}

internal readonly struct FModFloating<T> : IBinaryScalar<T, T> where T : unmanaged, IFloatingPoint<T>
{
    public static T Apply(T a, T b) => a % b;
}

internal readonly struct MaxScalar<T> : IBinaryScalar<T, T> where T : unmanaged, INumber<T>
{
    public static T Apply(T a, T b) => T.IsNaN(a) || a > b ? a : b;
}

internal readonly struct MinScalar<T> : IBinaryScalar<T, T> where T : unmanaged, INumber<T>
{
    public static T Apply(T a, T b) => T.IsNaN(a) || a < b ? a : b;
}

internal readonly struct PReluScalar<T> : IBinaryScalar<T, T> where T : unmanaged, INumber<T>
{
    public static T Apply(T a, T b) => a >= T.Zero ? a : unchecked(b * a);
}

internal readonly struct PowDouble : IBinaryScalar<double, double>
{
    public static double Apply(double a, double b) => Math.Pow(a, b);
}

/// <summary>By squaring; wraps. A negative exponent gives what 1/aⁿ truncates to: 0 unless |a| = 1.</summary>
internal readonly struct PowInteger<T> : IBinaryScalar<T, T> where T : unmanaged, IBinaryInteger<T>
{
    public static T Apply(T a, T b)
    {
        if (T.IsNegative(b)) return a == T.One ? a : T.IsNegative(a) && a == -T.One ? T.IsOddInteger(b) ? a : T.One : T.Zero;
        T y = T.One;
        for (; !T.IsZero(b); b >>= 1, a = unchecked(a * a))
            if (T.IsOddInteger(b)) y = unchecked(y * a);
        return y;
    }
}

internal readonly struct BitAndScalar<T> : IBinaryScalar<T, T> where T : unmanaged, IBinaryInteger<T>
{
    public static T Apply(T a, T b) => a & b;
}

internal readonly struct BitOrScalar<T> : IBinaryScalar<T, T> where T : unmanaged, IBinaryInteger<T>
{
    public static T Apply(T a, T b) => a | b;
}

internal readonly struct BitXorScalar<T> : IBinaryScalar<T, T> where T : unmanaged, IBinaryInteger<T>
{
    public static T Apply(T a, T b) => a ^ b;
}

/// <summary>A processor takes the count modulo the width; here all bits are gone from the width on.</summary>
internal readonly unsafe struct ShiftLeftScalar<T> : IBinaryScalar<T, T> where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
{
    public static T Apply(T a, T b) => b < T.CreateTruncating(8 * sizeof(T)) ? a << int.CreateTruncating(b) : T.Zero;
}

/// <inheritdoc cref="ShiftLeftScalar{T}"/>
internal readonly unsafe struct ShiftRightScalar<T> : IBinaryScalar<T, T> where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
{
    public static T Apply(T a, T b) => b < T.CreateTruncating(8 * sizeof(T)) ? a >> int.CreateTruncating(b) : T.Zero;
}

internal readonly struct EqualScalar<T> : IBinaryScalar<T, bool> where T : unmanaged, IEquatable<T>, IEqualityOperators<T, T, bool>
{
    public static bool Apply(T a, T b) => a == b;
}

internal readonly struct GreaterScalar<T> : IBinaryScalar<T, bool> where T : unmanaged, INumber<T>
{
    public static bool Apply(T a, T b) => a > b;
}

internal readonly struct GreaterOrEqualScalar<T> : IBinaryScalar<T, bool> where T : unmanaged, INumber<T>
{
    public static bool Apply(T a, T b) => a >= b;
}

internal readonly struct LessScalar<T> : IBinaryScalar<T, bool> where T : unmanaged, INumber<T>
{
    public static bool Apply(T a, T b) => a < b;
}

internal readonly struct LessOrEqualScalar<T> : IBinaryScalar<T, bool> where T : unmanaged, INumber<T>
{
    public static bool Apply(T a, T b) => a <= b;
}

/// <summary>Bool is read as a byte: any that is not 0 is true.</summary>
internal readonly struct AndScalar : IBinaryScalar<byte, bool>
{
    public static bool Apply(byte a, byte b) => a != 0 & b != 0;
}

internal readonly struct OrScalar : IBinaryScalar<byte, bool>
{
    public static bool Apply(byte a, byte b) => (a | b) != 0;
}

internal readonly struct XorScalar : IBinaryScalar<byte, bool>
{
    public static bool Apply(byte a, byte b) => a != 0 ^ b != 0;
}

internal readonly struct SameTruth : IBinaryScalar<byte, bool>
{
    public static bool Apply(byte a, byte b) => a != 0 == (b != 0);
}
