namespace Edge.Imaging.Codecs;

/// <summary>The row filters of PNG (section 9): each byte is predicted from those left, above and above left.</summary>
internal static class PngFilter
{
    /// <param name="filter">0 none, 1 sub, 2 up, 3 average, 4 Paeth.</param>
    /// <param name="row">Filtered bytes in, unfiltered bytes out.</param>
    /// <param name="above">The unfiltered row above; zeros above the first.</param>
    /// <param name="distance">Bytes from a pixel to its left neighbour; at least 1.</param>
    public static void Undo(byte filter, Span<byte> row, ReadOnlySpan<byte> above, int distance)
    {
        switch (filter)
        {
            case 0: break;
            case 1: for (int i = distance; i < row.Length; i++) row[i] += row[i - distance]; break;
            case 2: for (int i = 0; i < row.Length; i++) row[i] += above[i]; break;
            case 3: Average(row, above, distance); break;
            case 4: Paeth(row, above, distance); break;
            default: throw new ImageException($"the PNG is damaged: row filter {filter}");
        }
    }

    /// <summary>The inverse of <see cref="Undo"/>, from an unfiltered row to a filtered one.</summary>
    /// <param name="filter">0…4.</param>
    /// <param name="row">Unfiltered.</param>
    /// <param name="above">The unfiltered row above; zeros above the first.</param>
    /// <param name="distance">Bytes from a pixel to its left neighbour; at most the row's length.</param>
    /// <param name="output">As long as the row; may not overlap it.</param>
    public static void Do(byte filter, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int distance, Span<byte> output)
    {
        // The first pixel has neither left nor corner: they count as 0.
        for (int i = 0; i < distance; i++)
        {
            byte up = above[i];
            output[i] = (byte)(row[i] - filter switch { 2 or 4 => up, 3 => up >> 1, _ => 0 });
        }
        ReadOnlySpan<byte> left = row[..^distance], corner = above[..^distance], here = row[distance..], upper = above[distance..];
        Span<byte> rest = output[distance..];
        switch (filter)
        {
            case 0: here.CopyTo(rest); break;
            case 1: for (int i = 0; i < rest.Length; i++) rest[i] = (byte)(here[i] - left[i]); break;
            case 2: for (int i = 0; i < rest.Length; i++) rest[i] = (byte)(here[i] - upper[i]); break;
            case 3: for (int i = 0; i < rest.Length; i++) rest[i] = (byte)(here[i] - ((left[i] + upper[i]) >> 1)); break;
            default: for (int i = 0; i < rest.Length; i++) rest[i] = (byte)(here[i] - Nearest(left[i], upper[i], corner[i])); break;
        }
    }

    private static void Average(Span<byte> row, ReadOnlySpan<byte> above, int distance)
    {
        int n = Math.Min(distance, row.Length);
        for (int i = 0; i < n; i++) row[i] += (byte)(above[i] >> 1);
        for (int i = distance; i < row.Length; i++) row[i] += (byte)((row[i - distance] + above[i]) >> 1);
    }

    private static void Paeth(Span<byte> row, ReadOnlySpan<byte> above, int distance)
    {
        int n = Math.Min(distance, row.Length);
        for (int i = 0; i < n; i++) row[i] += above[i];
        for (int i = distance; i < row.Length; i++) row[i] += Nearest(row[i - distance], above[i], above[i - distance]);
    }

    /// <summary>Of left, above and above left, the one nearest to left + above − above left; the first of equals.</summary>
    internal static byte Nearest(byte left, byte above, byte corner)
    {
        int p = left + above - corner;
        int dl = Math.Abs(p - left), da = Math.Abs(p - above), dc = Math.Abs(p - corner);
        if (dl <= da && dl <= dc) return left;
        return da <= dc ? above : corner;
    }
}
