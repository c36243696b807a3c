using System.Buffers;

namespace Edge.Devices;

/// <summary>
/// One picture from a source, with where and when it came from.
/// </summary>
/// <remarks>
/// The frame owns its pixel memory, which is borrowed from a pool or a driver: whoever holds the frame last disposes it,
/// exactly one owner at a time; a queue that drops a frame disposes it. After <see cref="Dispose"/> the pixels are not to be
/// touched and <see cref="Pixels"/> throws. Disposing twice is harmless. Pixels are written before the frame is handed over
/// and only read afterwards.
/// </remarks>
public sealed class Frame : IDisposable
{
    private IMemoryOwner<byte>? _owner;

    /// <param name="owner">The pixel memory; the frame disposes it. It may be larger than the picture.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="stride">Bytes from one row to the next; 0 for <see cref="PixelFormat.Jpeg"/>.</param>
    /// <param name="format">Meaning of the bytes.</param>
    /// <exception cref="ArgumentException">The memory is too small for the picture.</exception>
    public Frame(IMemoryOwner<byte> owner, int width, int height, int stride, PixelFormat format)
    {
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (stride < format.PackedStride(width))
            throw new ArgumentException($"stride {stride} is less than a row of {width} {format} pixels ({format.PackedStride(width)} bytes)");
        int bytes = format == PixelFormat.Jpeg ? owner.Memory.Length : format.ByteLength(height, stride);
        if (owner.Memory.Length < bytes)
            throw new ArgumentException($"{owner.Memory.Length} bytes do not hold a {width}x{height} {format} picture of {bytes}");
        _owner = owner;
        (Width, Height, Stride, Format, ByteLength) = (width, height, stride, format, bytes);
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Bytes from one row to the next; 0 for <see cref="PixelFormat.Jpeg"/>.</summary>
    public int Stride { get; }

    public PixelFormat Format { get; }

    /// <summary>Bytes of the picture.</summary>
    public int ByteLength { get; }

    /// <summary>Counts the frames of one source from 0; a gap means that the source lost frames.</summary>
    public long Sequence { get; init; }

    /// <summary>When the picture was taken; UTC.</summary>
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>
    /// The same moment on the monotonic clock (<see cref="TimeProvider.GetTimestamp"/>), for latencies that no clock
    /// adjustment can spoil.
    /// </summary>
    public long CapturedAt { get; init; }

    /// <summary>What the source calls this picture: a file name for folders, the device for cameras.</summary>
    public string Name { get; init; } = "";

    /// <summary>The file that the picture was read from; null where there is none.</summary>
    public string? Path { get; init; }

    /// <summary>The bytes of the picture, top row first.</summary>
    /// <exception cref="ObjectDisposedException">The frame was disposed.</exception>
    public Memory<byte> Pixels =>
        (_owner ?? throw new ObjectDisposedException(nameof(Frame), $"frame {Sequence} '{Name}' was disposed")).Memory[..ByteLength];

    /// <summary>A frame on memory from <paramref name="pool"/> with rows that are not padded. Its contents are undefined.</summary>
    public static Frame Rent(FramePool pool, int width, int height, PixelFormat format)
    {
        ArgumentNullException.ThrowIfNull(pool);
        if (format == PixelFormat.Jpeg) throw new ArgumentException("the size of a JPEG frame does not follow from its width and height");
        int stride = format.PackedStride(width);
        return new Frame(pool.Rent(format.ByteLength(height, stride)), width, height, stride, format);
    }

    public void Dispose() => Interlocked.Exchange(ref _owner, null)?.Dispose();

    public override string ToString() => $"frame {Sequence} '{Name}' {Width}x{Height} {Format}";
}
