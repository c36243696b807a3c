using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Edge.Imaging.Preprocessing;

/// <summary>How a row of interleaved floats becomes elements of a tensor: narrowed, put in order, spread over planes.</summary>
internal static class TensorElements
{
    public static Span<float> AsFloats<T>(Span<T> elements) where T : unmanaged => MemoryMarshal.Cast<T, float>(elements);

    /// <summary>
    /// The row as <typeparamref name="T"/>: floats as they are; bytes rounded half to even and saturated, in
    /// <paramref name="buffer"/>.
    /// </summary>
    public static ReadOnlySpan<T> Narrow<T>(ReadOnlySpan<float> row, byte[] buffer) where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return MemoryMarshal.Cast<float, T>(row);
        Span<byte> narrow = buffer.AsSpan(0, row.Length);
        (float low, float high) = typeof(T) == typeof(sbyte) ? (-128f, 127f) : (0f, 255f);
        int i = 0;
        // Lanes: four floats a vector, clamped, rounded half to even and made int; then four vectors narrowed to sixteen bytes.
        // The conversion to int is exact, and its low byte is that of byte and sbyte alike.
        for (; i <= row.Length - 16; i += 16)
        {
            var low8 = Vector128.Narrow(Whole(row, i, low, high), Whole(row, i + 4, low, high));
            var high8 = Vector128.Narrow(Whole(row, i + 8, low, high), Whole(row, i + 12, low, high));
            Vector128.Narrow(low8, high8).AsByte().CopyTo(narrow[i..]);
        }
        for (; i < row.Length; i++) narrow[i] = (byte)(int)MathF.Round(Math.Clamp(row[i], low, high));
        return MemoryMarshal.Cast<byte, T>(narrow);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Whole(ReadOnlySpan<float> row, int at, float low, float high)
    {
        var values = Vector128.Create(row.Slice(at, 4));
        return Vector128.ConvertToInt32(Vector128.Round(Vector128.Min(Vector128.Max(values, Vector128.Create(low)), Vector128.Create(high))));
    }

    /// <summary>Pixels of three channels, in the same order or the reverse.</summary>
    public static void Interleave<T>(ReadOnlySpan<T> row, bool reverse, Span<T> target)
    {
        if (!reverse)
        {
            row.CopyTo(target);
            return;
        }
        for (int i = 0; i + 2 < row.Length; i += 3) (target[i], target[i + 1], target[i + 2]) = (row[i + 2], row[i + 1], row[i]);
    }

    /// <summary>Pixels of three channels to three planes, <paramref name="plane"/> elements apart.</summary>
    public static void Planes<T>(ReadOnlySpan<T> row, bool reverse, Span<T> target, int plane)
    {
        int width = row.Length / 3;
        Span<T> first = target.Slice(reverse ? 2 * plane : 0, width), second = target.Slice(plane, width), third = target.Slice(reverse ? 0 : 2 * plane, width);
        for (int x = 0, i = 0; x < first.Length && i + 2 < row.Length; x++, i += 3)
        {
            first[x] = row[i];
            second[x] = row[i + 1];
            third[x] = row[i + 2];
        }
    }

    /// <summary>Sets <paramref name="count"/> pixels from pixel <paramref name="first"/> to one colour.</summary>
    public static void Fill<T>(Span<T> tensor, int first, int count, ReadOnlySpan<T> color, int channels, ModelInput input)
    {
        if (channels == 1 || input.Layout == TensorLayout.Nchw)
        {
            for (int c = 0; c < channels; c++) tensor.Slice(c * input.Width * input.Height + first, count).Fill(color[c]);
            return;
        }
        for (int p = first; p < first + count; p++) color[..3].CopyTo(tensor[(3 * p)..]);
    }
}
