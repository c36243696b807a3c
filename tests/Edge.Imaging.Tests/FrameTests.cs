using System.Buffers;
using Edge.Devices;
using Edge.Imaging.Tests.Codecs;
using Xunit;

namespace Edge.Imaging.Tests;

public sealed class FrameTests
{
    [Fact]
    public void A_disposed_frame_gives_its_memory_back_once_and_refuses_its_pixels()
    {
        var pool = new FramePool();
        Frame frame = Frame.Rent(pool, 4, 4, PixelFormat.Gray8);
        frame.Pixels.Span[0] = 1;
        frame.Dispose();
        frame.Dispose();
        Assert.Equal(1, pool.Idle);
        Assert.Throws<ObjectDisposedException>(() => frame.Pixels);
        using Frame next = Frame.Rent(pool, 4, 4, PixelFormat.Gray8);
        Assert.Equal(0, pool.Idle);
        // The first owner's second disposal must not take the memory from the second owner.
        frame.Dispose();
        Assert.Equal(0, pool.Idle);
        Assert.Equal(16, next.Pixels.Length);
    }

    [Fact]
    public void A_pool_keeps_no_more_than_its_capacity_and_drops_what_does_not_fit()
    {
        var pool = new FramePool(capacity: 2);
        Frame[] frames = [.. Enumerable.Range(0, 5).Select(_ => Frame.Rent(pool, 100, 100, PixelFormat.Rgb24))];
        foreach (Frame f in frames) f.Dispose();
        Assert.Equal(2, pool.Idle);
        using IMemoryOwner<byte> large = pool.Rent(1 << 20);
        Assert.Equal((1 << 20, 0), (large.Memory.Length, pool.Idle));
    }

    [Fact]
    public void Memory_that_is_too_small_is_refused()
    {
        var pool = new FramePool();
        Assert.Throws<ArgumentException>(() => new Frame(pool.Rent(10), 4, 4, 4, PixelFormat.Gray8));
        Assert.Throws<ArgumentException>(() => new Frame(pool.Rent(100), 4, 4, 3, PixelFormat.Gray8));
        Assert.Throws<ArgumentException>(() => new Frame(pool.Rent(23), 4, 4, 4, PixelFormat.Nv12));
    }

    [Fact]
    public void A_compressed_frame_is_decoded_and_keeps_its_name_number_and_times()
    {
        using Bitmap scene = Pictures.Scene(24, 16);
        byte[] jpeg = JpegBytes.Encode(scene.View, ImageKind.Jpeg);
        var pool = new FramePool();
        IMemoryOwner<byte> owner = pool.Rent(jpeg.Length);
        jpeg.CopyTo(owner.Memory);
        var compressed = new Frame(owner, 24, 16, 0, PixelFormat.Jpeg) { Name = "cam", Sequence = 9, CapturedAt = 5 };
        using Frame decoded = compressed.Decoded(ImageCodec.Managed);
        Assert.Equal((PixelFormat.Rgb24, "cam", 9L, 5L), (decoded.Format, decoded.Name, decoded.Sequence, decoded.CapturedAt));
        Assert.Equal(1, pool.Idle);
        Assert.Same(decoded, decoded.Decoded(ImageCodec.Managed));
    }

    [Fact]
    public void A_damaged_compressed_frame_is_named_and_its_memory_returned()
    {
        var pool = new FramePool();
        var compressed = new Frame(pool.Rent(100), 24, 16, 0, PixelFormat.Jpeg) { Name = "cam" };
        compressed.Pixels.Span.Clear();
        var e = Assert.Throws<FrameException>(() => compressed.Decoded(ImageCodec.Managed));
        Assert.Equal("cam: not a JPEG, PNG or BMP picture", e.Message);
        Assert.Equal(1, pool.Idle);
    }
}
