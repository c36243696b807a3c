using System.Numerics;
using System.Runtime.InteropServices;
using Edge.Tensors;

namespace Edge.Conformance;

/// <summary>
/// Agreement as ONNX's own test runner defines it: <c>|actual − expected| ≤ 1e-7 + 1e-3 · |expected|</c>, NaN equals NaN.
/// </summary>
internal static class TensorComparison
{
    private const double Relative = 1e-3, Absolute = 1e-7;

    /// <summary>The first difference, described; null if there is none.</summary>
    public static string? Difference(Tensor expected, Tensor actual)
    {
        if (expected.Type != actual.Type) return $"type {actual.Type.OnnxName()} instead of {expected.Type.OnnxName()}";
        if (expected.Shape != actual.Shape) return $"shape {actual.Shape} instead of {expected.Shape}";
        return expected.Type switch
        {
            DataType.Float32 => Compare<float>(expected, actual),
            DataType.Float64 => Compare<double>(expected, actual),
            DataType.Float16 => Compare<Half>(expected, actual),
            DataType.BFloat16 => CompareBFloat16(expected, actual),
            DataType.UInt8 => Compare<byte>(expected, actual),
            DataType.Int8 => Compare<sbyte>(expected, actual),
            DataType.UInt16 => Compare<ushort>(expected, actual),
            DataType.Int16 => Compare<short>(expected, actual),
            DataType.UInt32 => Compare<uint>(expected, actual),
            DataType.Int32 => Compare<int>(expected, actual),
            DataType.UInt64 => Compare<ulong>(expected, actual),
            DataType.Int64 => Compare<long>(expected, actual),
            _ => CompareBytes(expected, actual),
        };
    }

    private static string? Compare<T>(Tensor expected, Tensor actual) where T : unmanaged, INumber<T>
    {
        var e = expected.AsSpan<T>();
        var a = actual.AsSpan<T>();
        for (int i = 0; i < e.Length; i++)
            if (!Agree(double.CreateChecked(e[i]), double.CreateChecked(a[i]))) return $"element {i}: {a[i]} instead of {e[i]}";
        return null;
    }

    private static string? CompareBFloat16(Tensor expected, Tensor actual)
    {
        var e = MemoryMarshal.Cast<byte, ushort>(expected.Bytes);
        var a = MemoryMarshal.Cast<byte, ushort>(actual.Bytes);
        for (int i = 0; i < e.Length; i++)
        {
            float x = BitConverter.UInt32BitsToSingle((uint)e[i] << 16), y = BitConverter.UInt32BitsToSingle((uint)a[i] << 16);
            if (!Agree(x, y)) return $"element {i}: {y} instead of {x}";
        }

        return null;
    }

    private static string? CompareBytes(Tensor expected, Tensor actual)
    {
        int i = expected.Bytes.CommonPrefixLength(actual.Bytes);
        return i == expected.Bytes.Length ? null : $"byte {i}: {actual.Bytes[i]} instead of {expected.Bytes[i]}";
    }

    private static bool Agree(double expected, double actual) =>
        expected.Equals(actual) || Math.Abs(actual - expected) <= Absolute + Relative * Math.Abs(expected);
}
