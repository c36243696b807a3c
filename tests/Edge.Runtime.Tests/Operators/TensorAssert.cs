using System.Numerics;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators;

/// <summary>Comparisons of tensors that name the element that differs.</summary>
internal static class TensorAssert
{
    /// <summary>Same type, shape and bits; any NaN equals any other.</summary>
    public static void SameBits(Tensor expected, Tensor actual, string what)
    {
        Assert.True(expected.Type == actual.Type && expected.Shape == actual.Shape, $"{what}: {actual} instead of {expected}");
        if (expected.Bytes.SequenceEqual(actual.Bytes)) return;
        int size = expected.Type.Size();
        for (int i = 0; i < expected.Count; i++)
        {
            if (expected.Bytes.Slice(i * size, size).SequenceEqual(actual.Bytes.Slice(i * size, size))) continue;
            double e = At(expected, i), a = At(actual, i);
            if (!(double.IsNaN(e) && double.IsNaN(a))) Assert.Fail($"{what}: element {i} of {expected} is {a:R} instead of {e:R}");
        }
    }

    /// <summary>Floats within <c>absolute + relative · |expected|</c>, integers within <paramref name="steps"/>.</summary>
    /// <returns>Integers that differ.</returns>
    public static int Close(Tensor expected, Tensor actual, double relative, double absolute, int steps)
    {
        Assert.True(expected.Type == actual.Type && expected.Shape == actual.Shape, $"{actual} instead of {expected}");
        bool isFloat = expected.Type.IsFloatingPoint();
        if (expected.Type == DataType.String) Assert.Equal(expected.ToStrings(), actual.ToStrings());
        int differ = 0;
        for (int i = 0; i < expected.Count; i++)
        {
            double e = At(expected, i), a = At(actual, i);
            if (e.Equals(a)) continue;
            differ++;
            if (!(Math.Abs(e - a) <= (isFloat ? absolute + relative * Math.Abs(e) : steps))) Assert.Fail($"element {i} of {expected} is {a:R} instead of {e:R}");
        }
        return isFloat ? 0 : differ;
    }

    public static double At(Tensor t, int i) => t.Type switch
    {
        DataType.Float32 => t.AsSpan<float>()[i],
        DataType.Float64 => t.AsSpan<double>()[i],
        DataType.Float16 => (double)t.AsSpan<Half>()[i],
        DataType.Int8 or DataType.Int4 or DataType.Int2 => (sbyte)t.Bytes[i],
        DataType.UInt8 or DataType.UInt4 or DataType.UInt2 => t.Bytes[i],
        DataType.Int16 => t.AsSpan<short>()[i],
        DataType.UInt16 => t.AsSpan<ushort>()[i],
        DataType.Int32 => t.AsSpan<int>()[i],
        DataType.UInt32 => t.AsSpan<uint>()[i],
        DataType.Int64 => t.AsSpan<long>()[i],
        DataType.UInt64 => t.AsSpan<ulong>()[i],
        DataType.Bool => t.Bytes[i],
        DataType.String => StringTable.Intern(t.ToStrings()[i]),
        _ => throw new ArgumentOutOfRangeException(nameof(t)),
    };
}
