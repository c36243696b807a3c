using CsCheck;
using Edge.Devices;
using Edge.Imaging.Preprocessing;
using Edge.Imaging.Resampling;
using Edge.Tensors;
using Xunit;

namespace Edge.Imaging.Tests.Preprocessing;

public sealed class PreprocessorTests
{
    private static readonly PixelFormat[] PackedFormats = [PixelFormat.Rgb24, PixelFormat.Bgr24, PixelFormat.Rgba32, PixelFormat.Bgra32, PixelFormat.Gray8];

    private sealed record Case(int Width, int Height, PixelFormat Format, ModelInput Input, PreprocessOptions Options, int Seed);

    private static Gen<Case> Cases =>
        from width in Gen.Int[1, 40]
        from height in Gen.Int[1, 40]
        from format in Choice.Of(PackedFormats)
        from type in Choice.Of(DataType.Float32, DataType.UInt8, DataType.Int8)
        from layout in Gen.Enum<TensorLayout>()
        from targetWidth in Gen.Int[1, 37]
        from targetHeight in Gen.Int[1, 37]
        from channels in Choice.Of(1, 3)
        from color in Choice.Of(ChannelOrder.Rgb, ChannelOrder.Bgr)
        from mode in Gen.Enum<Interpolation>()
        from geometry in Gen.Int[0, 5]
        from corner in Gen.Bool
        from seed in Gen.Int[0, 1000]
        let size = new PixelSize(targetWidth, targetHeight)
        let normalized = type == DataType.Float32
        let plain = new PreprocessOptions
        {
            Color = channels == 1 ? ChannelOrder.Gray : color,
            Interpolation = mode,
            Fill = channels == 3 ? [3, 114, 250] : [77],
            Scale = normalized ? 1 / 255f : 1,
            Mean = normalized ? channels == 3 ? [0.485f, 0.456f, 0.406f] : [0.4f] : type == DataType.Int8 ? [128] : [0],
            Std = normalized ? channels == 3 ? [0.229f, 0.224f, 0.225f] : [0.2f] : [1],
            Align = corner ? LetterboxAlign.TopLeft : LetterboxAlign.Center,
        }
        let options = geometry switch
        {
            0 => plain,
            1 => plain with { Resize = size },
            2 => plain with { Letterbox = size },
            3 => plain with { ShorterSide = Math.Max(targetWidth, targetHeight) + seed % 5, Crop = size },
            4 => plain with { Resize = new PixelSize(targetWidth + seed % 4, targetHeight + seed % 3), Crop = size },
            _ => plain with { Region = SourceRegion.Square, Resize = size },
        }
        select new Case(width, height, format, new ModelInput(type, layout, targetWidth, targetHeight, channels), options, seed);

    [Fact]
    public void One_fused_pass_gives_what_separate_steps_give_at_every_size_format_and_layout() =>
        Cases.Sample(
            c =>
            {
                using Bitmap picture = Pictures.Noise(c.Width, c.Height, c.Format, c.Seed);
                Tensor tensor = Tensor.Create(c.Input.Type, c.Input.Shape);
                new Preprocessor(c.Options, c.Input).Run(picture.View, tensor);
                double[] expected = ComposedReference.Run(picture.View, c.Options, c.Input);
                for (int i = 0; i < expected.Length; i++)
                {
                    double actual = Element(tensor, i);
                    // In integers a value that lies on a half may go either way; in floats about two hundred rounding steps remain.
                    double tolerance = c.Input.Type == DataType.Float32 ? 2e-5 : 1;
                    if (Math.Abs(actual - expected[i]) > tolerance) throw new Xunit.Sdk.XunitException($"element {i}: {actual}, expected {expected[i]}");
                }
            },
            iter: 2000);

    [Theory]
    [InlineData(DataType.UInt8)]
    [InlineData(DataType.Int8)]
    public void Integer_inputs_differ_from_the_reference_only_on_ties(DataType type)
    {
        using Bitmap picture = Pictures.Noise(97, 61, PixelFormat.Rgb24);
        var input = new ModelInput(type, TensorLayout.Nhwc, 45, 33, 3);
        var options = new PreprocessOptions { Mean = type == DataType.Int8 ? [128] : [0] };
        Tensor tensor = Tensor.Create(type, input.Shape);
        new Preprocessor(options, input).Run(picture.View, tensor);
        double[] expected = ComposedReference.Run(picture.View, options, input);
        int differ = Enumerable.Range(0, expected.Length).Count(i => Element(tensor, i) != expected[i]);
        Assert.InRange(differ, 0, expected.Length / 200);
    }

    [Fact]
    public void A_picture_of_the_models_size_arrives_unchanged()
    {
        using Bitmap picture = Pictures.Noise(17, 13, PixelFormat.Rgb24);
        var input = new ModelInput(DataType.UInt8, TensorLayout.Nhwc, 17, 13, 3);
        foreach (Interpolation mode in Enum.GetValues<Interpolation>())
        {
            Tensor tensor = Tensor.Create(input.Type, input.Shape);
            new Preprocessor(new PreprocessOptions { Interpolation = mode }, input).Run(picture.View, tensor);
            Assert.True(tensor.Bytes.SequenceEqual(picture.Pixels), $"{mode}");
        }
    }

    [Fact]
    public void Padded_rows_and_memory_that_ends_with_the_last_pixel_are_read_correctly()
    {
        const int width = 11, height = 7, stride = 40;
        using Bitmap packed = Pictures.Noise(width, height, PixelFormat.Rgb24);
        // Exactly as long as it must be, so that a read beyond would throw.
        byte[] padded = new byte[stride * (height - 1) + 3 * width];
        for (int y = 0; y < height; y++) packed.Row(y).CopyTo(padded.AsSpan(y * stride));
        var input = new ModelInput(DataType.Float32, TensorLayout.Nchw, 5, 9, 3);
        Tensor a = Tensor.Create(input.Type, input.Shape), b = Tensor.Create(input.Type, input.Shape);
        new Preprocessor(new PreprocessOptions(), input).Run(packed.View, a);
        new Preprocessor(new PreprocessOptions(), input).Run(new ImageView(padded, width, height, stride, PixelFormat.Rgb24), b);
        Assert.True(a.Bytes.SequenceEqual(b.Bytes));
    }

    [Theory]
    [InlineData(PixelFormat.Yuyv)]
    [InlineData(PixelFormat.Nv12)]
    public void Camera_formats_give_what_converting_to_rgb_first_gives(PixelFormat format)
    {
        using Bitmap yuv = Pictures.Noise(38, 22, format);
        using var rgb = new Bitmap(38, 22, PixelFormat.Rgb24);
        ColorConversion.Convert(yuv.View, rgb);
        foreach (int channels in (int[])[1, 3])
        {
            var input = new ModelInput(DataType.Float32, TensorLayout.Nchw, 13, 9, channels);
            var options = new PreprocessOptions { Region = SourceRegion.At(3, 2, 30, 19) };
            Tensor a = Tensor.Create(input.Type, input.Shape), b = Tensor.Create(input.Type, input.Shape);
            new Preprocessor(options, input).Run(yuv.View, a);
            new Preprocessor(options, input).Run(rgb.View, b);
            Assert.True(a.Bytes.SequenceEqual(b.Bytes));
        }
    }

    [Fact]
    public void A_preprocessor_that_has_seen_other_pictures_gives_the_same_bytes_as_a_new_one()
    {
        var input = new ModelInput(DataType.Float32, TensorLayout.Nchw, 32, 24, 3);
        var options = PreprocessOptions.Parse("letterbox=32x24");
        var used = new Preprocessor(options, input);
        Tensor a = used.CreateInput(), b = used.CreateInput();
        foreach (var (width, height, format) in ((int, int, PixelFormat)[])[(64, 48, PixelFormat.Rgb24), (7, 90, PixelFormat.Gray8), (300, 5, PixelFormat.Bgra32), (64, 48, PixelFormat.Bgr24)])
        {
            using Bitmap picture = Pictures.Noise(width, height, format);
            used.Run(picture.View, a);
            new Preprocessor(options, input).Run(picture.View, b);
            Assert.True(a.Bytes.SequenceEqual(b.Bytes));
        }
    }

    [Theory]
    [InlineData("letterbox=320x240", DataType.Float32)]
    [InlineData("resize=256,crop=224", DataType.Float32)]
    [InlineData("resize=224x224,interpolation=area", DataType.UInt8)]
    public void Nothing_is_allocated_once_the_pictures_size_is_known(string text, DataType type)
    {
        var options = PreprocessOptions.Parse(text);
        PixelSize size = options.Letterbox ?? options.Crop ?? options.Resize!.Value;
        var preprocessor = new Preprocessor(options, new ModelInput(type, TensorLayout.Nchw, size.Width, size.Height, 3));
        Tensor tensor = preprocessor.CreateInput();
        using Bitmap picture = Pictures.Scene(640, 480);
        for (int i = 0; i < 3; i++) preprocessor.Run(picture.View, tensor);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 5; i++) preprocessor.Run(picture.View, tensor);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Boxes_found_in_a_letterboxed_input_return_to_the_source()
    {
        var preprocessor = new Preprocessor(PreprocessOptions.Parse("letterbox=416"), new ModelInput(DataType.Float32, TensorLayout.Nchw, 416, 416, 3));
        using Bitmap picture = Pictures.Scene(832, 624);
        Placement placement = preprocessor.Run(picture.View, preprocessor.CreateInput());
        Assert.Equal((0, 52, 416, 312), (placement.Left, placement.Top, placement.Width, placement.Height));
        Assert.Equal(new Box(0, 0, 832, 624), placement.ToSource(new Box(0, 52, 416, 364)));
        Assert.Equal(new Box(0, 52, 416, 364), placement.ToTarget(new Box(0, 0, 832, 624)));
    }

    [Fact]
    public void A_box_goes_to_the_input_and_back_unchanged_with_every_geometry() =>
        (from w in Gen.Int[30, 500]
         from h in Gen.Int[30, 500]
         from text in Choice.Of("letterbox=64", "letterbox=64,align=topleft", "resize=64x64", "resize=70,crop=64", "crop=24", "roi=square,resize=64x64", "roi=3:4:20:25,letterbox=64")
         select (w, h, text)).Sample(c =>
        {
            var options = PreprocessOptions.Parse(c.text);
            int side = c.text.StartsWith("crop", StringComparison.Ordinal) ? 24 : 64;
            var preprocessor = new Preprocessor(options, new ModelInput(DataType.UInt8, TensorLayout.Nhwc, side, side, 3));
            using var picture = new Bitmap(c.w, c.h, PixelFormat.Gray8);
            Placement placement = preprocessor.Run(picture.View, preprocessor.CreateInput());
            var box = new Box(1.5f, 2, c.w - 3, c.h - 0.25f);
            Box back = placement.ToSource(placement.ToTarget(box));
            return Math.Abs(back.Left - box.Left) + Math.Abs(back.Top - box.Top) + Math.Abs(back.Right - box.Right) + Math.Abs(back.Bottom - box.Bottom) < 0.01;
        });

    [Fact]
    public void A_marked_pixel_lands_where_the_placement_says()
    {
        using var picture = new Bitmap(200, 100, PixelFormat.Gray8);
        picture.Pixels.Clear();
        for (int y = 40; y < 48; y++) picture.Row(y)[120..128].Fill(255);
        var preprocessor = new Preprocessor(PreprocessOptions.Parse("letterbox=50,interpolation=area,fill=0"), new ModelInput(DataType.UInt8, TensorLayout.Nhwc, 50, 50, 1));
        Tensor tensor = preprocessor.CreateInput();
        Box target = preprocessor.Run(picture.View, tensor).ToTarget(new Box(120, 40, 128, 48));
        Assert.Equal(new Box(30, 22, 32, 24), target);
        Assert.Equal(255, tensor.AsSpan<byte>()[23 * 50 + 31]);
        Assert.Equal(4, tensor.AsSpan<byte>().Count((byte)255));
    }

    [Fact]
    public void A_picture_smaller_than_the_crop_is_refused_with_both_sizes()
    {
        var preprocessor = new Preprocessor(PreprocessOptions.Parse("crop=224"), new ModelInput(DataType.Float32, TensorLayout.Nchw, 224, 224, 3));
        using Bitmap small = Pictures.Noise(100, 300, PixelFormat.Rgb24);
        var e = Assert.Throws<ImageException>(() => preprocessor.Run(small.View, preprocessor.CreateInput()));
        Assert.Equal("a crop of 224x224 does not fit into a picture of 100x300: resize first, or use letterbox", e.Message);
    }

    [Fact]
    public void A_tensor_of_another_shape_is_refused()
    {
        var preprocessor = new Preprocessor(new PreprocessOptions(), new ModelInput(DataType.Float32, TensorLayout.Nchw, 8, 8, 3));
        using Bitmap picture = Pictures.Noise(8, 8, PixelFormat.Rgb24);
        Assert.Throws<ArgumentException>(() => preprocessor.Run(picture.View, Tensor.Create<float>(new Shape(1, 8, 8, 3))));
    }

    private static double Element(Tensor tensor, int i) => tensor.Type switch
    {
        DataType.Float32 => tensor.AsSpan<float>()[i],
        DataType.UInt8 => tensor.AsSpan<byte>()[i],
        _ => tensor.AsSpan<sbyte>()[i],
    };
}
