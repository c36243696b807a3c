namespace Edge.Imaging;

/// <summary>
/// What a picture may ask for. A header is hostile input: the limits are checked on it before anything is allocated, so
/// that a file of a hundred bytes cannot claim gigabytes.
/// </summary>
/// <param name="MaxEncodedBytes">Size of the file.</param>
/// <param name="MaxWidth">Pixels in a row.</param>
/// <param name="MaxHeight">Rows.</param>
/// <param name="MaxPixels">Width times height. Decoding costs up to about 12 bytes of memory a pixel.</param>
public sealed record ImageLimits(
    int MaxEncodedBytes = 64 << 20,
    int MaxWidth = 16384,
    int MaxHeight = 16384,
    long MaxPixels = 50_000_000)
{
    public static ImageLimits Default { get; } = new();

    /// <exception cref="ImageException">The picture exceeds a limit.</exception>
    internal void Check(in ImageInfo info)
    {
        if (info.Width > MaxWidth || info.Height > MaxHeight || (long)info.Width * info.Height > MaxPixels)
        {
            throw new ImageException(
                $"the {info.Kind} claims {info.Width}x{info.Height} pixels; the limits are {MaxWidth}x{MaxHeight} and {MaxPixels} pixels in all");
        }
    }

    /// <exception cref="ImageException">The file exceeds the limit.</exception>
    internal void CheckEncoded(long bytes)
    {
        if (bytes > MaxEncodedBytes) throw new ImageException($"the file has {bytes} bytes; the limit is {MaxEncodedBytes}");
        if (bytes == 0) throw new ImageException("the file is empty");
    }
}
