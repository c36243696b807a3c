namespace Edge.Kernels.Dense;

/// <summary>Parameters given once for all output channels, once for each, or not at all.</summary>
internal static class PerChannel
{
    /// <summary>One value for each channel.</summary>
    /// <exception cref="ArgumentException">The count is neither 1 nor <paramref name="channels"/>.</exception>
    public static T[] Expand<T>(ReadOnlySpan<T> values, int channels, string what)
    {
        if (values.Length != 1 && values.Length != channels) throw new ArgumentException($"{values.Length} {what} for {channels} output channels; give 1 or {channels}");
        var all = new T[channels];
        if (values.Length == channels) values.CopyTo(all);
        else Array.Fill(all, values[0]);
        return all;
    }

    /// <summary>The zero point of each output channel; 0 where none are given.</summary>
    public static int[] PerChannelZeroPoints(this in Int8Weights weights, int channels) =>
        weights.ZeroPoints.IsEmpty ? new int[channels] : Expand(weights.ZeroPoints, channels, "weight zero points");

    /// <summary>The weights less their zero points: between −255 and 255.</summary>
    public static short[] Differences(this in Int8Weights weights, int channels)
    {
        var differences = new short[weights.Data.Length];
        weights.Differences(channels, differences);
        return differences;
    }

    /// <summary>The same into <paramref name="differences"/>, which are as many as there are weights.</summary>
    public static void Differences(this in Int8Weights weights, int channels, Span<short> differences)
    {
        int[] zeroPoints = weights.PerChannelZeroPoints(channels);
        int perChannel = channels == 0 ? 0 : weights.Data.Length / channels;
        for (int i = 0; i < differences.Length; i++)
            differences[i] = (short)((weights.Signed ? (sbyte)weights.Data[i] : weights.Data[i]) - zeroPoints[i / perChannel]);
    }
}
