using System.Buffers;
using Edge.Devices;

namespace Edge.Imaging;

/// <summary>What callers use of an <see cref="IImageCodec"/>.</summary>
public static class ImageCodecExtensions
{
    /// <summary>
    /// Decodes a JPEG, PNG or BMP. The caller disposes the result.
    /// </summary>
    /// <exception cref="ImageException">
    /// It is none of those, exceeds the limits, is truncated or damaged, or uses a feature that is not supported.
    /// </exception>
    public static Bitmap Decode(this IImageCodec codec, ReadOnlySpan<byte> encoded, DecodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(codec);
        options ??= DecodeOptions.Default;
        options.Limits.CheckEncoded(encoded.Length);
        ImageInfo info = ImageHeader.Read(encoded);
        options.Limits.Check(info);
        var bitmap = new Bitmap(info.Width, info.Height, options.Format, options.Pool);
        try
        {
            codec.Decode(encoded, info, options.Format, bitmap.Pixels);
            if (!options.HonourOrientation || info.Orientation == Orientation.Upright) return bitmap;
            using (bitmap) return Turn.Apply(bitmap.View, info.Orientation, options.Pool);
        }
        catch
        {
            bitmap.Dispose();
            throw;
        }
    }

    /// <summary>Reads and decodes a file. The caller disposes the result.</summary>
    /// <exception cref="ImageException">As for <see cref="Decode"/>, or the file cannot be read; the message names the file.</exception>
    public static Bitmap Load(this IImageCodec codec, string path, DecodeOptions? options = null)
    {
        options ??= DecodeOptions.Default;
        byte[]? rented = null;
        try
        {
            rented = ReadFile(path, options.Limits, out int length);
            return codec.Decode(rented.AsSpan(0, length), options);
        }
        catch (ImageException e)
        {
            throw new ImageException($"{path}: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ImageException($"{path}: {FileProblem(path, e)}", e);
        }
        finally
        {
            if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>
    /// Encodes as JPEG or PNG, as the extension of <paramref name="path"/> says (<c>.jpg</c>, <c>.jpeg</c> or <c>.png</c>), and
    /// writes the file in one step: it appears complete or not at all.
    /// </summary>
    /// <exception cref="ImageException">The extension is another one, or the file cannot be written.</exception>
    public static void Save(this IImageCodec codec, ImageView image, string path, int quality = 90)
    {
        ArgumentNullException.ThrowIfNull(codec);
        ImageKind kind = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".jpg" or ".jpeg" => ImageKind.Jpeg,
            ".png" => ImageKind.Png,
            var other => throw new ImageException($"{path}: pictures are written as .jpg or .png, not as '{other}'"),
        };
        var buffer = new ArrayBufferWriter<byte>(1 << 16);
        codec.Encode(image, kind, quality, buffer);
        AtomicFile.Write(path, buffer.WrittenSpan);
    }

    internal static byte[] ReadFile(string path, ImageLimits limits, out int length)
    {
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        long bytes = RandomAccess.GetLength(file);
        limits.CheckEncoded(bytes);
        byte[] rented = ArrayPool<byte>.Shared.Rent((int)bytes);
        length = 0;
        while (length < bytes)
        {
            int n = RandomAccess.Read(file, rented.AsSpan(length, (int)bytes - length), length);
            if (n == 0) break;
            length += n;
        }
        return rented;
    }

    internal static string FileProblem(string path, Exception e) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => "no such file",
        UnauthorizedAccessException when Directory.Exists(path) => "is a folder, not a picture",
        UnauthorizedAccessException => "permission denied",
        _ => e.Message,
    };
}
