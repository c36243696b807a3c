using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Edge.Devices;

namespace Edge.Imaging.Codecs;

/// <summary>
/// JPEG by libjpeg-turbo, everything else managed. Decodes with the accurate integer DCT, whose results are the same on all
/// of the library's SIMD paths; any warning (premature end, corrupt data) is an error, because half a picture must not be
/// inspected.
/// </summary>
internal sealed unsafe class TurboCodec : IImageCodec
{
    private readonly ConcurrentBag<TurboHandle> _decompressors = [], _compressors = [];

    public static TurboCodec Instance { get; } = new();

    public string Name => "turbojpeg";

    public void Decode(ReadOnlySpan<byte> encoded, in ImageInfo info, PixelFormat format, Span<byte> pixels)
    {
        // The library does not convert CMYK to RGB.
        if (info.Kind != ImageKind.Jpeg || info.Channels == 4)
        {
            ImageCodec.Managed.Decode(encoded, info, format, pixels);
            return;
        }
        int stride = format.PackedStride(info.Width);
        if (pixels.Length < stride * info.Height) throw new ArgumentException($"{pixels.Length} bytes do not hold {info.Width}x{info.Height} {format} pixels");
        TurboHandle handle = _decompressors.TryTake(out TurboHandle? idle) ? idle : New(TurboJpeg.InitDecompress());
        int rc;
        fixed (byte* source = encoded, target = pixels)
        {
            rc = TurboJpeg.Decompress(
                handle, source, new CULong((nuint)encoded.Length), target, info.Width, stride, info.Height,
                TurboFormat(format), TurboJpeg.AccurateDct | TurboJpeg.StopOnWarning);
        }
        string? error = rc == 0 ? null : TurboJpeg.Error(handle);
        _decompressors.Add(handle);
        if (error is not null) throw new ImageException($"the JPEG is damaged: {error}");
    }

    public void Encode(ImageView image, ImageKind kind, int quality, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (kind != ImageKind.Jpeg)
        {
            ImageCodec.Managed.Encode(image, kind, quality, output);
            return;
        }
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
        int format = TurboFormat(image.Format);
        int subsampling = image.Format == PixelFormat.Gray8 ? TurboJpeg.SubsamplingGray : TurboJpeg.Subsampling420;
        var size = TurboJpeg.BufferSize(image.Width, image.Height, subsampling);
        Span<byte> target = output.GetSpan(checked((int)size.Value));
        TurboHandle handle = _compressors.TryTake(out TurboHandle? idle) ? idle : New(TurboJpeg.InitCompress());
        int rc;
        fixed (byte* source = image.Pixels, first = target)
        {
            byte* jpeg = first;
            rc = TurboJpeg.Compress(
                handle, source, image.Width, image.Stride, image.Height, format, &jpeg, &size, subsampling, quality,
                TurboJpeg.NoRealloc | TurboJpeg.AccurateDct);
        }
        string? error = rc == 0 ? null : TurboJpeg.Error(handle);
        _compressors.Add(handle);
        if (error is not null) throw new ImageException($"the JPEG cannot be encoded: {error}");
        output.Advance((int)size.Value);
    }

    private static TurboHandle New(nint handle)
    {
        var h = new TurboHandle(handle);
        if (h.IsInvalid) throw new ImageException($"{TurboJpeg.Library} is out of memory");
        return h;
    }

    private static int TurboFormat(PixelFormat format) => format switch
    {
        PixelFormat.Rgb24 => TurboJpeg.PixelFormatRgb,
        PixelFormat.Gray8 => TurboJpeg.PixelFormatGray,
        _ => throw new NotSupportedException($"{format} with libjpeg-turbo; supported: Rgb24, Gray8"),
    };
}
