using System.Buffers;
using Edge.Devices;

namespace Edge.Imaging;

/// <summary>
/// A picture of its own to write to: rows from top to bottom without padding.
/// </summary>
/// <remarks>
/// Owns its memory, which comes from a pool and goes back on <see cref="Dispose"/>. Not synchronized: one writer, or many
/// readers.
/// </remarks>
public sealed class Bitmap : IDisposable
{
    private IMemoryOwner<byte>? _owner;

    /// <summary>A picture with undefined contents, on memory from <paramref name="pool"/> or, when that is null, <see cref="FramePool.Shared"/>.</summary>
    public Bitmap(int width, int height, PixelFormat format, FramePool? pool = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (format is PixelFormat.Jpeg) throw new ArgumentException("a bitmap holds pixels, not a compressed picture");
        (Width, Height, Format, Stride) = (width, height, format, format.PackedStride(width));
        _owner = (pool ?? FramePool.Shared).Rent(format.ByteLength(height, Stride));
    }

    public int Width { get; }

    public int Height { get; }

    public int Stride { get; }

    public PixelFormat Format { get; }

    /// <exception cref="ObjectDisposedException">The bitmap was disposed, or its memory was given to a frame.</exception>
    public Span<byte> Pixels => (_owner ?? throw new ObjectDisposedException(nameof(Bitmap))).Memory.Span;

    public ImageView View => new(Pixels, Width, Height, Stride, Format);

    public Span<byte> Row(int y) => Pixels.Slice(y * Stride, Stride);

    /// <summary>
    /// Gives the memory to a new frame without a copy. The bitmap is as if disposed.
    /// </summary>
    public Frame ToFrame(string name, long sequence, DateTimeOffset timestamp, long capturedAt, string? path = null)
    {
        IMemoryOwner<byte> owner = Interlocked.Exchange(ref _owner, null) ?? throw new ObjectDisposedException(nameof(Bitmap));
        return new Frame(owner, Width, Height, Stride, Format)
        {
            Name = name,
            Sequence = sequence,
            Timestamp = timestamp,
            CapturedAt = capturedAt,
            Path = path,
        };
    }

    public void Dispose() => Interlocked.Exchange(ref _owner, null)?.Dispose();

    public override string ToString() => $"{Width}x{Height} {Format}";
}
