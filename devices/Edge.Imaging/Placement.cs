using Edge.Imaging.Resampling;

namespace Edge.Imaging;

/// <summary>A rectangle of whole pixels.</summary>
public readonly record struct PixelRegion(int Left, int Top, int Width, int Height)
{
    public override string ToString() => $"{Left}:{Top}:{Width}:{Height}";
}

/// <summary>
/// Where a picture lies in a model's input: a region of the source, resized, cut, and put at a place of the target. It takes
/// boxes that the model found back to the source.
/// </summary>
public readonly record struct Placement
{
    private Placement(PixelRegion region, int scaledWidth, int scaledHeight, int offsetX, int offsetY, int left, int top, int width, int height)
    {
        Resampling = new ResampleGeometry(
            region.Left, region.Top, region.Width, region.Height, scaledWidth, scaledHeight, offsetX, offsetY, width, height);
        (Left, Top) = (left, top);
    }

    /// <summary>Column of the target where the picture starts; to its left is fill.</summary>
    public int Left { get; }

    /// <summary>Row of the target where the picture starts; above it is fill.</summary>
    public int Top { get; }

    /// <summary>Columns of the target that the picture covers.</summary>
    public int Width => Resampling.TargetWidth;

    /// <summary>Rows of the target that the picture covers.</summary>
    public int Height => Resampling.TargetHeight;

    /// <summary>Source pixels for one target pixel.</summary>
    public double ScaleX => (double)Resampling.Width / Resampling.ScaledWidth;

    /// <summary>Source pixels for one target pixel.</summary>
    public double ScaleY => (double)Resampling.Height / Resampling.ScaledHeight;

    internal ResampleGeometry Resampling { get; }

    /// <summary>The region fills the target; its proportions are given up.</summary>
    public static Placement Stretch(PixelRegion region, int width, int height) => new(region, width, height, 0, 0, 0, 0, width, height);

    /// <summary>The region is cut to the middle <paramref name="width"/> × <paramref name="height"/> pixels without a change of size.</summary>
    /// <exception cref="ImageException">The region is smaller than that.</exception>
    public static Placement Crop(PixelRegion region, int width, int height) => Cut(region, region.Width, region.Height, width, height);

    /// <summary>
    /// The region's shorter side becomes <paramref name="shorterSide"/> pixels, the longer in proportion and rounded down; then
    /// the middle is cut out (torchvision's Resize and CenterCrop).
    /// </summary>
    /// <exception cref="ImageException">The resized region is smaller than the crop.</exception>
    public static Placement ShorterSideThenCrop(PixelRegion region, int shorterSide, int width, int height)
    {
        bool wide = region.Width >= region.Height;
        int longer = (int)((long)shorterSide * (wide ? region.Width : region.Height) / (wide ? region.Height : region.Width));
        return wide ? Cut(region, longer, shorterSide, width, height) : Cut(region, shorterSide, longer, width, height);
    }

    /// <summary>The region is resized to exactly the scaled size; then the middle is cut out.</summary>
    /// <exception cref="ImageException">The scaled size is smaller than the crop.</exception>
    public static Placement ResizeThenCrop(PixelRegion region, int scaledWidth, int scaledHeight, int width, int height) =>
        Cut(region, scaledWidth, scaledHeight, width, height);

    /// <summary>
    /// The whole region fits into the target with its proportions kept, in the middle or in the top left corner.
    /// </summary>
    public static Placement Letterbox(PixelRegion region, int width, int height, bool centered)
    {
        double ratio = Math.Min((double)width / region.Width, (double)height / region.Height);
        int w = Math.Clamp((int)Math.Round(region.Width * ratio), 1, width);
        int h = Math.Clamp((int)Math.Round(region.Height * ratio), 1, height);
        return new Placement(region, w, h, 0, 0, centered ? (width - w) / 2 : 0, centered ? (height - h) / 2 : 0, w, h);
    }

    private static Placement Cut(PixelRegion region, int scaledWidth, int scaledHeight, int width, int height)
    {
        if (scaledWidth < width || scaledHeight < height)
            throw new ImageException($"a crop of {width}x{height} does not fit into a picture of {scaledWidth}x{scaledHeight}: resize first, or use letterbox");
        // torchvision rounds half to even, as Math.Round does.
        int x = (int)Math.Round((scaledWidth - width) / 2.0), y = (int)Math.Round((scaledHeight - height) / 2.0);
        return new Placement(region, scaledWidth, scaledHeight, x, y, 0, 0, width, height);
    }

    /// <summary>A point of the target, in continuous pixel coordinates, as a point of the source.</summary>
    public (float X, float Y) ToSource(float x, float y) =>
        ((float)((x - Left + Resampling.OffsetX) * ScaleX + Resampling.Left), (float)((y - Top + Resampling.OffsetY) * ScaleY + Resampling.Top));

    /// <summary>A box on the target as a box on the source. It is not clipped.</summary>
    public Box ToSource(in Box box)
    {
        (float left, float top) = ToSource(box.Left, box.Top);
        (float right, float bottom) = ToSource(box.Right, box.Bottom);
        return new Box(left, top, right, bottom);
    }

    /// <summary>A box on the source as a box on the target: the inverse of <see cref="ToSource(in Box)"/>.</summary>
    public Box ToTarget(in Box box)
    {
        ResampleGeometry g = Resampling;
        double dx = Left - g.OffsetX, dy = Top - g.OffsetY;
        return new Box(
            (float)((box.Left - g.Left) / ScaleX + dx), (float)((box.Top - g.Top) / ScaleY + dy),
            (float)((box.Right - g.Left) / ScaleX + dx), (float)((box.Bottom - g.Top) / ScaleY + dy));
    }
}
