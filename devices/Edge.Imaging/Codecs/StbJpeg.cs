using System.Buffers;
using System.Runtime.InteropServices;
using Edge.Devices;
using StbImageSharp;
using StbImageWriteSharp;
using ColorComponents = StbImageWriteSharp.ColorComponents;

namespace Edge.Imaging.Codecs;

/// <summary>JPEG by the C# translations of stb_image and stb_image_write.</summary>
internal static unsafe class StbJpeg
{
    public static void Decode(ReadOnlySpan<byte> jpeg, in ImageInfo info, PixelFormat format, Span<byte> pixels)
    {
        int channels = format == PixelFormat.Gray8 ? StbImage.STBI_grey : StbImage.STBI_rgb;
        int width, height, stored;
        byte* decoded = null;
        fixed (byte* p = jpeg)
        {
            try
            {
                using var stream = new UnmanagedMemoryStream(p, jpeg.Length);
                StbImage.stbi__result_info result;
                decoded = (byte*)StbImage.stbi__jpeg_load(new StbImage.stbi__context(stream), &width, &height, &stored, channels, &result);
                if (decoded is null) throw new ImageException($"the JPEG is damaged: {StbImage.stbi__g_failure_reason}");
                if (width != info.Width || height != info.Height) throw new ImageException("the JPEG is damaged: it holds two frame headers");
                new ReadOnlySpan<byte>(decoded, pixels.Length).CopyTo(pixels);
            }
            catch (Exception e) when (e is not (ImageException or OutOfMemoryException))
            {
                // The library reports damage by whatever exception its array accesses happen to raise.
                throw new ImageException($"the JPEG is damaged: {e.Message.ReplaceLineEndings(" ")}", e);
            }
            finally
            {
                // The library allocates with Marshal.AllocHGlobal.
                Marshal.FreeHGlobal((nint)decoded);
            }
        }
    }

    public static void Encode(ImageView image, int quality, IBufferWriter<byte> output)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
        int channels = image.Format == PixelFormat.Gray8 ? 1 : 3;
        int row = image.Width * channels;
        byte[] packed = ArrayPool<byte>.Shared.Rent(row * image.Height);
        try
        {
            for (int y = 0; y < image.Height; y++) image.Row(y).CopyTo(packed.AsSpan(y * row));
            var writer = new ImageWriter();
            using var stream = new BufferWriterStream(output);
            writer.WriteJpg(packed, image.Width, image.Height, channels == 1 ? ColorComponents.Grey : ColorComponents.RedGreenBlue, stream, quality);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(packed);
        }
    }
}
