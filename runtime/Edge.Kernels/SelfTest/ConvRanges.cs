using Edge.Kernels.Dense;

namespace Edge.Kernels.SelfTest;

/// <summary>Compares a convolution that was computed as a whole with ranges of its pixels, each by itself, where the kernel takes ranges.</summary>
internal static unsafe class ConvRanges
{
    /// <summary>Null if all bytes agree, else what is wrong.</summary>
    public static string? Compare(PreparedConvInt8 tested, in ConvGeometry g, GuardedMemory x, GuardedMemory whole, int seed)
    {
        if (!tested.TakesRanges) return null;
        using var actual = new GuardedMemory(whole.Bytes.Length);
        foreach ((nint first, nint pixels) in Cut(tested, g.Pixels, least: 1, seed))
        {
            using var scratch = new GuardedMemory(tested.RangeScratchBytes(pixels));
            tested.RunRange(x.Data, actual.Data, first, pixels, scratch.Data);
            if (!scratch.IsIntact) return $"{tested.KernelName} wrote outside its scratch for pixels {first} to {first + pixels} of {g}";
        }

        return Difference(tested, g, whole, actual);
    }

    /// <inheritdoc cref="Compare(PreparedConvInt8, in ConvGeometry, GuardedMemory, GuardedMemory, int)"/>
    public static string? Compare(PreparedConvF32 tested, in ConvGeometry g, GuardedMemory x, GuardedMemory? residual, bool inOutput, GuardedMemory whole, int seed)
    {
        if (!tested.TakesRanges || g.Pixels < PreparedConv.ManyPixels) return null;
        using var actual = new GuardedMemory(whole.Bytes.Length);
        if (inOutput) residual!.Bytes.CopyTo(actual.Bytes);
        var added = (float*)(inOutput ? actual.Data : residual is null ? null : residual.Data);
        foreach ((nint first, nint pixels) in Cut(tested, g.Pixels, PreparedConv.ManyPixels, seed))
        {
            using var scratch = new GuardedMemory(tested.RangeScratchBytes(pixels));
            tested.RunRange((float*)x.Data, added, (float*)actual.Data, g.OutChannels, first, pixels, scratch.Data);
            if (!scratch.IsIntact) return $"{tested.KernelName} wrote outside its scratch for pixels {first} to {first + pixels} of {g}";
        }

        return Difference(tested, g, whole, actual);
    }

    private static string? Difference(PreparedConv tested, in ConvGeometry g, GuardedMemory whole, GuardedMemory actual)
    {
        if (!actual.IsIntact) return $"{tested.KernelName} wrote outside its output for ranges of {g}";
        int at = actual.Bytes.CommonPrefixLength(whole.Bytes);
        return at == whole.Bytes.Length ? null : $"{tested.KernelName}: byte {at} of ranges is {actual.Bytes[at]}, of the whole {whole.Bytes[at]}, for {g}";
    }

    /// <summary>Ranges that together are all pixels, the last one first.</summary>
    private static List<(nint First, nint Pixels)> Cut(PreparedConv tested, nint pixels, int least, int seed)
    {
        var random = new Random(seed);
        int granule = tested.RangeGranule;
        nint smallest = (least + granule - 1) / granule * granule;
        var ranges = new List<(nint, nint)>();
        for (nint first = 0; first < pixels;)
        {
            nint count = smallest + random.Next(3) * random.Next(20) * granule;
            if (pixels - first - count < smallest) count = pixels - first;
            ranges.Insert(0, (first, count));
            first += count;
        }

        return ranges;
    }
}
