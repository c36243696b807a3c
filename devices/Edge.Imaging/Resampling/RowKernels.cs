using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Edge.Imaging.Resampling;

/// <summary>
/// The inner loops of resampling. Each output element is the sum of tap times weight, in the order of the taps, in single
/// precision; vector lanes do the same operations as the scalar tails, so results do not depend on the vector width.
/// </summary>
internal static class RowKernels
{
    /// <summary>Three interleaved channels along a row.</summary>
    /// <param name="row">Bytes; pixel p starts at <c>(p − origin) · pixelBytes</c>.</param>
    /// <param name="origin">The pixel at which <paramref name="row"/> starts.</param>
    /// <param name="pixelBytes">3 or 4; the fourth byte is skipped.</param>
    /// <param name="taps">Source pixels and weights of each target pixel.</param>
    /// <param name="count">Target pixels.</param>
    /// <param name="output">3 · count values and one of slack.</param>
    public static void Resample3(ReadOnlySpan<byte> row, int origin, int pixelBytes, Taps taps, int count, Span<float> output)
    {
        int n = taps.PerTarget;
        ReadOnlySpan<int> first = taps.First.AsSpan(0, count);
        ReadOnlySpan<float> weights = taps.Weights.AsSpan(0, count * n);
        int x = 0;
        // Lanes: the three channels of one pixel; the fourth holds whatever byte follows and is overwritten by the next
        // pixel, or lands in the slack.
        for (; x < count; x++)
        {
            int at = (first[x] - origin) * pixelBytes;
            if (at + (n - 1) * pixelBytes + 4 > row.Length) break;
            Vector128<float> sum = Load4(row, at) * weights[x * n];
            for (int k = 1; k < n; k++) sum += Load4(row, at + k * pixelBytes) * weights[x * n + k];
            sum.CopyTo(output.Slice(3 * x, 4));
        }
        // The last pixels of the last row, behind which no fourth byte may be read.
        for (; x < count; x++)
        {
            int at = (first[x] - origin) * pixelBytes;
            for (int c = 0; c < 3; c++) output[3 * x + c] = Sum(row, at + c, pixelBytes, weights.Slice(x * n, n));
        }
    }

    /// <summary>One channel along a row; parameters as in <see cref="Resample3"/>.</summary>
    public static void Resample1(ReadOnlySpan<byte> row, int origin, Taps taps, int count, Span<float> output)
    {
        int n = taps.PerTarget;
        ReadOnlySpan<int> first = taps.First.AsSpan(0, count);
        ReadOnlySpan<float> weights = taps.Weights.AsSpan(0, count * n);
        for (int x = 0; x < count; x++) output[x] = Sum(row, first[x] - origin, 1, weights.Slice(x * n, n));
    }

    private static float Sum(ReadOnlySpan<byte> row, int at, int step, ReadOnlySpan<float> weights)
    {
        float sum = row[at] * weights[0];
        for (int k = 1; k < weights.Length; k++) sum += row[at + k * step] * weights[k];
        return sum;
    }

    /// <summary>Four bytes, widened to four floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Load4(ReadOnlySpan<byte> row, int at)
    {
        uint four = MemoryMarshal.Read<uint>(row.Slice(at, 4));
        var words = Vector128.WidenLower(Vector128.CreateScalarUnsafe(four).AsByte());
        return Vector128.ConvertToSingle(Vector128.WidenLower(words).AsInt32());
    }

    /// <summary>
    /// <c>output[i] = (Σ_k rows[offsets[k] + i] · weights[k] − subtract[i]) · multiply[i]</c>.
    /// </summary>
    /// <param name="rows">The ring of resampled rows.</param>
    /// <param name="offsets">Where each row starts; at least one.</param>
    /// <param name="weights">One a row.</param>
    /// <param name="subtract">As long as the output.</param>
    /// <param name="multiply">As long as the output.</param>
    /// <param name="output">May not overlap the rows.</param>
    public static void Combine(
        float[] rows, ReadOnlySpan<int> offsets, ReadOnlySpan<float> weights, ReadOnlySpan<float> subtract, ReadOnlySpan<float> multiply, Span<float> output)
    {
        int i = 0;
        int length = output.Length;
        ref float o = ref MemoryMarshal.GetReference(output);
        ref float s = ref MemoryMarshal.GetReference(subtract[..length]);
        ref float m = ref MemoryMarshal.GetReference(multiply[..length]);
        ref float r0 = ref MemoryMarshal.GetReference(rows.AsSpan(offsets[0], length));
        ref float r1 = ref MemoryMarshal.GetReference(rows.AsSpan(offsets[^1], length));
        // Lanes: consecutive elements of the row, channels interleaved as they are.
        for (; i <= length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> sum = Vector.LoadUnsafe(ref r0, (nuint)i) * weights[0];
            for (int k = 1; k < offsets.Length - 1; k++) sum += new Vector<float>(rows, offsets[k] + i) * weights[k];
            if (offsets.Length > 1) sum += Vector.LoadUnsafe(ref r1, (nuint)i) * weights[^1];
            ((sum - Vector.LoadUnsafe(ref s, (nuint)i)) * Vector.LoadUnsafe(ref m, (nuint)i)).StoreUnsafe(ref o, (nuint)i);
        }
        for (; i < length; i++)
        {
            float sum = rows[offsets[0] + i] * weights[0];
            for (int k = 1; k < offsets.Length; k++) sum += rows[offsets[k] + i] * weights[k];
            output[i] = (sum - subtract[i]) * multiply[i];
        }
    }
}
