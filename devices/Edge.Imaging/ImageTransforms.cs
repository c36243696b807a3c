using Edge.Devices;
using Edge.Imaging.Resampling;

namespace Edge.Imaging;

/// <summary>
/// Pictures to pictures: resize, crop, letterbox. For feeding a model use <see cref="Preprocessing.Preprocessor"/>, which
/// does all of it in one pass.
/// </summary>
public static class ImageTransforms
{
    /// <summary>
    /// A new picture of another size, rounded half to even; the caller disposes it.
    /// </summary>
    /// <param name="image">RGB, BGR or grey; other formats come out as RGB.</param>
    /// <param name="width">Of the new picture.</param>
    /// <param name="height">Of the new picture.</param>
    /// <param name="mode">Interpolation.</param>
    /// <param name="pool">Where the memory comes from; <see cref="FramePool.Shared"/> when null.</param>
    public static Bitmap Resize(ImageView image, int width, int height, Interpolation mode = Interpolation.Bilinear, FramePool? pool = null)
    {
        var target = new Bitmap(width, height, TargetFormat(image.Format), pool);
        Resample(image, new ResampleGeometry(0, 0, image.Width, image.Height, width, height, 0, 0, width, height), mode, target, 0, 0);
        return target;
    }

    /// <summary>A copy of a rectangle; the caller disposes it. Of YUV formats, as RGB.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rectangle reaches beyond the picture.</exception>
    public static Bitmap Crop(ImageView image, int left, int top, int width, int height, FramePool? pool = null)
    {
        if (left < 0 || top < 0 || width < 1 || height < 1 || left > image.Width - width || top > image.Height - height)
            throw new ArgumentOutOfRangeException(nameof(image), $"{width}x{height} at ({left}, {top}) is not within {image.Width}x{image.Height}");
        var target = new Bitmap(width, height, TargetFormat(image.Format), pool);
        for (int y = 0; y < height; y++)
        {
            switch (target.Format)
            {
                case PixelFormat.Gray8: ColorConversion.RowToGray(image, top + y, left, left + width, target.Row(y)); break;
                default: ColorConversion.RowToRgb(image, top + y, left, left + width, target.Row(y)); break;
            }
            if (target.Format == PixelFormat.Bgr24) ColorConversion.SwapRedBlue(target.Row(y));
        }
        return target;
    }

    /// <summary>
    /// Resizes so that the shorter side has <paramref name="shorterSide"/> pixels, then cuts out the middle: how pictures are
    /// prepared for ImageNet classifiers (torchvision's Resize and CenterCrop, with its rounding). One interpolation, no
    /// intermediate picture.
    /// </summary>
    /// <exception cref="ImageException">The resized picture is smaller than the crop.</exception>
    public static Bitmap CenterCrop(
        ImageView image, int shorterSide, int width, int height, Interpolation mode = Interpolation.Bilinear, FramePool? pool = null)
    {
        Placement p = Placement.ShorterSideThenCrop(new PixelRegion(0, 0, image.Width, image.Height), shorterSide, width, height);
        var target = new Bitmap(width, height, TargetFormat(image.Format), pool);
        Resample(image, p.Resampling, mode, target, 0, 0);
        return target;
    }

    /// <summary>
    /// Resizes so that the whole picture fits, keeps its proportions and fills the rest; <see cref="Placement.ToSource(in Box)"/> of
    /// the placement takes boxes back.
    /// </summary>
    public static Bitmap Letterbox(
        ImageView image, int width, int height, out Placement placement, byte fill = 114, bool centered = true,
        Interpolation mode = Interpolation.Bilinear, FramePool? pool = null)
    {
        placement = Placement.Letterbox(new PixelRegion(0, 0, image.Width, image.Height), width, height, centered);
        var target = new Bitmap(width, height, TargetFormat(image.Format), pool);
        target.Pixels.Fill(fill);
        Resample(image, placement.Resampling, mode, target, placement.Left, placement.Top);
        return target;
    }

    private static PixelFormat TargetFormat(PixelFormat source) => source is PixelFormat.Gray8 or PixelFormat.Bgr24 ? source : PixelFormat.Rgb24;

    private static void Resample(ImageView image, in ResampleGeometry geometry, Interpolation mode, Bitmap target, int left, int top)
    {
        int channels = target.Format.BytesPerPixel();
        var resampler = new RowResampler();
        resampler.Prepare(image.Format, geometry, channels, mode);
        resampler.Begin();
        float[] zeros = new float[geometry.TargetWidth * channels], ones = new float[zeros.Length], row = new float[zeros.Length];
        Array.Fill(ones, 1f);
        bool swap = channels == 3 && resampler.BlueFirst != (target.Format == PixelFormat.Bgr24);
        for (int y = 0; y < geometry.TargetHeight; y++)
        {
            resampler.Row(image, y, zeros, ones, row);
            Span<byte> output = target.Row(top + y).Slice(left * channels, row.Length);
            for (int i = 0; i < row.Length; i++) output[i] = (byte)Math.Clamp(MathF.Round(row[i]), 0, 255);
            if (swap) ColorConversion.SwapRedBlue(output);
        }
    }
}
