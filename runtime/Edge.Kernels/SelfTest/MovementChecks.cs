using Edge.Kernels.Elementwise;
using Edge.Kernels.Layout;
using Edge.Kernels.Reduction;
using Edge.Kernels.Threading;

namespace Edge.Kernels.SelfTest;

/// <summary>Moves of elements and searches among them, which go by vectors on every CPU, against loops over single elements.</summary>
internal static unsafe class MovementChecks
{
    /// <summary>What was compared, and what differs; null if nothing does.</summary>
    public static IEnumerable<(string Name, string? Difference)> Compare(WorkerPool pool)
    {
        foreach (int element in (int[])[1, 2, 4, 8])
        {
            yield return ($"transpose_{element}", First((rows, columns) => Transposition(rows, columns, element, pool)));
            yield return ($"channel_shuffle_{element}", First((pixels, channels) => Pairs(pixels, channels, element, pool)));
        }

        yield return ("join and split", First((rows, length) => Parts(rows, length, pool)));
        foreach (bool greatest in (bool[])[true, false])
            yield return (greatest ? "argmax" : "argmin", First((sets, length) => Extremes<float>(sets, length, greatest) ?? Extremes<byte>(sets, length, greatest) ?? Extremes<sbyte>(sets, length, greatest)));
    }

    /// <summary>Runs of a kernel set's table lookup.</summary>
    public static string? CompareLookup(ByteLookup lookup) => First((rows, length) =>
    {
        using GuardedMemory table = Bytes(256, 7), x = Bytes(rows * length, 8), y = new((nint)rows * (length + 3));
        var part = new RowPart { Data = x.Data, Bytes = length, Place = 2, Table = table.Data };
        RowParts.Join(&part, 1, y.Data, length + 3, rows, lookup, WorkerPool.Inline);
        for (int i = 0; i < rows * length; i++)
            if (y.Data[i / length * (length + 3) + 2 + i % length] != table.Data[x.Data[i]]) return $"byte {i}";
        return y.IsIntact ? null : "memory outside of the result";
    });

    /// <summary>The first difference over sizes around what vectors hold.</summary>
    private static string? First(Func<int, int, string?> compare)
    {
        int[] sizes = [1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 29, 31, 32, 33, 63, 64, 65, 130];
        foreach (int a in (int[])[1, 2, 3, 8, 21, 64, 131])
            foreach (int b in sizes)
                if (compare(a, b) is { } difference) return $"{a} × {b}: {difference}";
        return null;
    }

    private static string? Transposition(int rows, int columns, int element, WorkerPool pool)
    {
        using GuardedMemory x = Bytes(rows * columns * element, 1), y = new(x.ByteLength);
        StridedCopy.Transpose([rows, columns], [1, 0], element).Run(x.Data, y.Data, pool);
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < columns; c++)
                if (!x.Bytes.Slice((r * columns + c) * element, element).SequenceEqual(y.Bytes.Slice((c * rows + r) * element, element))) return $"row {r}, column {c}";
        return y.IsIntact ? null : "memory outside of the result";
    }

    /// <summary>Two groups of channels interleaved in every pixel, and the first of each pair taken out again.</summary>
    private static string? Pairs(int pixels, int channels, int element, WorkerPool pool)
    {
        using GuardedMemory x = Bytes(pixels * 2 * channels * element, 2), y = new(x.ByteLength), z = new(x.ByteLength / 2);
        StridedCopy.Transpose([pixels, 2, channels], [0, 2, 1], element).Run(x.Data, y.Data, pool);
        new StridedCopy([new CopyAxis(pixels * channels, (nint)2 * element, element)], element).Run(y.Data, z.Data, pool);
        for (int i = 0; i < pixels * channels; i++)
        {
            int from = i / channels * 2 * channels + i % channels;
            ReadOnlySpan<byte> first = x.Bytes.Slice(from * element, element), second = x.Bytes.Slice((from + channels) * element, element);
            if (!first.SequenceEqual(y.Bytes.Slice(2 * i * element, element)) || !second.SequenceEqual(y.Bytes.Slice((2 * i + 1) * element, element))) return $"pair {i}";
            if (!first.SequenceEqual(z.Bytes.Slice(i * element, element))) return $"every second, {i}";
        }

        return y.IsIntact && z.IsIntact ? null : "memory outside of the result";
    }

    private static string? Parts(int rows, int length, WorkerPool pool)
    {
        const int other = 5;
        using GuardedMemory a = Bytes(rows * length, 3), b = Bytes(rows * other, 4), whole = new((nint)rows * (length + other)), again = new(a.ByteLength);
        RowPart* parts = stackalloc RowPart[2];
        parts[0] = new() { Data = b.Data, Bytes = other, Place = length };
        parts[1] = new() { Data = a.Data, Bytes = length };
        RowParts.Join(parts, 2, whole.Data, length + other, rows, null, pool);
        for (int r = 0; r < rows; r++)
        {
            Span<byte> row = whole.Bytes.Slice(r * (length + other), length + other);
            if (!row[..length].SequenceEqual(a.Bytes.Slice(r * length, length)) || !row[length..].SequenceEqual(b.Bytes.Slice(r * other, other))) return $"row {r}";
        }

        parts[0] = new() { Data = again.Data, Bytes = length };
        RowParts.Split(parts, 1, whole.Data, length + other, rows, pool);
        if (!again.Bytes.SequenceEqual(a.Bytes)) return "taken apart";
        return whole.IsIntact && again.IsIntact ? null : "memory outside of the result";
    }

    private static string? Extremes<T>(int sets, int length, bool greatest) where T : unmanaged, System.Numerics.INumber<T>
    {
        var random = new Random(5);
        var x = new T[sets * length];
        // Many ties.
        for (int i = 0; i < x.Length; i++) x[i] = T.CreateTruncating(random.Next(length));
        var rows = new long[sets];
        var columns = new long[length];
        fixed (T* from = x)
        fixed (long* places = rows, across = columns)
        {
            ArgExtremes.Run(from, places, 0, sets, length, 1, greatest, last: false);
            ArgExtremes.Run(from, across, 0, length, sets, length, greatest, last: true);
        }

        for (int s = 0; s < sets; s++)
            if (rows[s] != Place(x.AsSpan(s * length), length, 1, greatest, last: false)) return $"{typeof(T).Name}, row {s}";
        for (int c = 0; c < length; c++)
            if (columns[c] != Place(x.AsSpan(c), sets, length, greatest, last: true)) return $"{typeof(T).Name}, column {c}";
        return null;
    }

    private static int Place<T>(ReadOnlySpan<T> x, int count, int stride, bool greatest, bool last) where T : System.Numerics.INumber<T>
    {
        int place = 0;
        for (int k = 1; k < count; k++)
        {
            T v = x[k * stride], best = x[place * stride];
            if ((greatest ? v > best : v < best) || (last && v == best)) place = k;
        }

        return place;
    }

    private static GuardedMemory Bytes(int count, int seed)
    {
        var memory = new GuardedMemory(count);
        new Random(seed).NextBytes(memory.Bytes);
        return memory;
    }
}
