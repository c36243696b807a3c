using Edge.Devices;

namespace Edge.Imaging;

/// <summary>Rotations by quarter turns and mirror images: every pixel is kept, none is interpolated.</summary>
public static class Turn
{
    /// <summary>A new picture, turned as <paramref name="orientation"/> asks for display.</summary>
    /// <param name="image">A packed format of 1, 3 or 4 bytes a pixel.</param>
    /// <param name="orientation">Where the stored picture's top is.</param>
    /// <param name="pool">Where the memory comes from; <see cref="FramePool.Shared"/> when null.</param>
    /// <exception cref="ArgumentException">The format is YUV.</exception>
    public static Bitmap Apply(ImageView image, Orientation orientation, FramePool? pool = null)
    {
        int bytes = image.Format is PixelFormat.Yuyv ? 0 : image.Format.BytesPerPixel();
        if (bytes == 0) throw new ArgumentException($"{image.Format} pictures are not turned: convert to RGB first");
        bool swap = orientation >= Orientation.Transpose;
        var turned = new Bitmap(swap ? image.Height : image.Width, swap ? image.Width : image.Height, image.Format, pool);
        // Where the pixel at the target's (0, 0) comes from, and the steps in the source for one step right and one down.
        (bool fromRight, bool fromBottom) = orientation switch
        {
            Orientation.MirrorHorizontal => (true, false),
            Orientation.Rotate180 => (true, true),
            Orientation.MirrorVertical => (false, true),
            Orientation.Rotate90 => (false, true),
            Orientation.Transverse => (true, true),
            Orientation.Rotate270 => (true, false),
            _ => (false, false),
        };
        int column = fromRight ? -bytes : bytes, row = fromBottom ? -image.Stride : image.Stride;
        int origin = (fromRight ? (image.Width - 1) * bytes : 0) + (fromBottom ? (image.Height - 1) * image.Stride : 0);
        (int right, int down) = swap ? (row, column) : (column, row);
        Copy(image.Pixels, origin, right, down, bytes, turned);
        return turned;
    }

    private static void Copy(ReadOnlySpan<byte> source, int origin, int right, int down, int bytes, Bitmap target)
    {
        for (int y = 0; y < target.Height; y++)
        {
            Span<byte> output = target.Row(y);
            int at = origin + y * down;
            for (int o = 0; o < output.Length; o += bytes, at += right) source.Slice(at, bytes).CopyTo(output[o..]);
        }
    }
}
