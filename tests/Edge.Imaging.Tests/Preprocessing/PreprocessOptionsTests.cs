using Edge.Imaging.Preprocessing;
using Edge.Imaging.Resampling;
using Edge.Tensors;
using Xunit;

namespace Edge.Imaging.Tests.Preprocessing;

public sealed class PreprocessOptionsTests
{
    [Fact]
    public void The_text_form_is_read()
    {
        var o = PreprocessOptions.Parse("resize=256, crop=224,mean=123.675:116.28:103.53,std=58.4:57.1:57.4,color=bgr,layout=nchw,scale=1/255,interpolation=area,roi=1:2:300:400");
        Assert.Equal(256, o.ShorterSide);
        Assert.Equal(new PixelSize(224, 224), o.Crop);
        Assert.Equal([123.675f, 116.28f, 103.53f], o.Mean);
        Assert.Equal([58.4f, 57.1f, 57.4f], o.Std);
        Assert.Equal((ChannelOrder.Bgr, TensorLayout.Nchw, Interpolation.Area), (o.Color!.Value, o.Layout!.Value, o.Interpolation));
        Assert.Equal(1 / 255f, o.Scale);
        Assert.Equal(SourceRegion.At(1, 2, 300, 400), o.Region);
    }

    [Theory]
    [InlineData("")]
    [InlineData("letterbox=416x320,align=topleft,fill=0:1:2,color=bgr")]
    [InlineData("roi=center:640x480,resize=224x224,interpolation=nearest,layout=nhwc")]
    [InlineData("roi=square,resize=256,crop=224,scale=0.003921569,mean=0.485:0.456:0.406,std=0.229:0.224:0.225")]
    public void Text_and_json_read_back_what_they_write(string text)
    {
        var options = PreprocessOptions.Parse(text);
        Assert.Equal(text, options.ToString());
        Assert.Equal(options, PreprocessOptions.FromJson(options.ToJson()));
    }

    [Theory]
    [InlineData("size=3", "preprocess: unknown key 'size'; valid keys: roi resize crop letterbox align fill interpolation color layout scale mean std")]
    [InlineData("crop", "preprocess: 'crop' needs a value: crop=…")]
    [InlineData("crop=224,crop=200", "preprocess: 'crop' is given twice")]
    [InlineData("crop=0", "preprocess: crop: '0' is not a size: write 224 or 640x480, at most 16384")]
    [InlineData("crop=1x2x3", "preprocess: crop: '1x2x3' is not a size: write 224 or 640x480, at most 16384")]
    [InlineData("color=cmyk", "preprocess: color: 'cmyk' is not possible; possible: rgb bgr gray")]
    [InlineData("color=1", "preprocess: color: '1' is not possible; possible: rgb bgr gray")]
    [InlineData("mean=1:2", "preprocess: mean: '1:2' has 2 values; give 1 or 3 with colons between")]
    [InlineData("mean=a", "preprocess: mean: 'a' is not a number")]
    [InlineData("mean=nan", "preprocess: mean: 'nan' is not a number")]
    [InlineData("scale=1/0", "preprocess: scale: '1/0' is not a number")]
    [InlineData("scale=0", "preprocess: scale=0 is not possible")]
    [InlineData("std=0", "preprocess: std=0 would divide by zero")]
    [InlineData("letterbox=416,crop=224", "preprocess: letterbox excludes resize and crop")]
    [InlineData("letterbox=416,resize=224", "preprocess: letterbox excludes resize and crop")]
    [InlineData("resize=224", "preprocess: resize=224 leaves the longer side open: add crop=224, or write resize=224x224")]
    [InlineData("resize=200x200,crop=224", "preprocess: crop=224 does not fit into resize=200x200")]
    [InlineData("roi=1:2:3", "preprocess: roi: '1:2:3' is not a region: write left:top:width:height in pixels, center:640x480 or square")]
    public void A_mistake_is_one_line_that_names_the_key_and_what_is_possible(string text, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => PreprocessOptions.Parse(text)).Message);

    [Fact]
    public void What_the_json_does_not_say_is_as_usual()
    {
        Assert.Equal(new PreprocessOptions(), PreprocessOptions.FromJson("{}"));
        Assert.Equal(PreprocessOptions.Parse("letterbox=416x320,std=2"), PreprocessOptions.FromJson("""{"letterbox":"416x320","std":[2]}"""));
        Assert.Equal(PreprocessOptions.Parse("crop=224"), PreprocessOptions.FromJson("""{"crop":224,"mean":null}"""));
    }

    [Theory]
    [InlineData("""{"letterBox":416}""", "letterBox")]
    [InlineData("""{"crop":"abc"}""", "'abc' is not a size")]
    [InlineData("""{"letterbox":416,"crop":224}""", "letterbox excludes")]
    [InlineData("null", "null")]
    [InlineData("[", "preprocess:")]
    public void A_mistake_in_json_is_one_line_as_well(string json, string part)
    {
        string message = Assert.Throws<FormatException>(() => PreprocessOptions.FromJson(json)).Message;
        Assert.Contains(part, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("", new[] { 1, 3, 224, 160 }, TensorLayout.Nchw, 160, 224, 3)]
    [InlineData("", new[] { 1, 224, 160, 3 }, TensorLayout.Nhwc, 160, 224, 3)]
    [InlineData("", new[] { -1, 1, 28, 28 }, TensorLayout.Nchw, 28, 28, 1)]
    [InlineData("letterbox=64x32", new[] { -1, 3, -1, -1 }, TensorLayout.Nchw, 64, 32, 3)]
    [InlineData("layout=nhwc,crop=20", new[] { 1, -1, -1, -1 }, TensorLayout.Nhwc, 20, 20, 3)]
    [InlineData("layout=nhwc,crop=20,color=gray", new[] { 1, -1, -1, -1 }, TensorLayout.Nhwc, 20, 20, 1)]
    [InlineData("layout=nchw", new[] { 1, 3, 3, 3 }, TensorLayout.Nchw, 3, 3, 3)]
    public void What_is_not_said_comes_from_the_model(string text, int[] dimensions, TensorLayout layout, int width, int height, int channels) =>
        Assert.Equal(
            new ModelInput(DataType.Float32, layout, width, height, channels),
            ModelInput.Resolve(PreprocessOptions.Parse(text), "x", DataType.Float32, dimensions));

    [Theory]
    [InlineData("", DataType.Float32, new[] { 1, 3, -1, 224 }, "input 'x' (float[1,3,?,224]) leaves the picture's size open: give letterbox=…, resize=WIDTHxHEIGHT or crop=…")]
    [InlineData("crop=200", DataType.Float32, new[] { 1, 3, 224, 224 }, "input 'x' (float[1,3,224,224]) is 224x224 pixels, but the options make 200x200")]
    [InlineData("", DataType.Int64, new[] { 1, 3, 224, 224 }, "input 'x' (int64[1,3,224,224]) takes no pictures: its type is none of float, uint8, int8")]
    [InlineData("", DataType.Float32, new[] { 1, 490 }, "input 'x' (float[1,490]) takes no pictures: pictures have 4 dimensions, batch included")]
    [InlineData("", DataType.Float32, new[] { 4, 3, 8, 8 }, "input 'x' (float[4,3,8,8]) takes 4 pictures at once; supported: 1")]
    [InlineData("", DataType.Float32, new[] { 1, 3, 8, 3 }, "input 'x' (float[1,3,8,3]) does not show where its channels are: give layout=nchw or layout=nhwc")]
    [InlineData("color=gray", DataType.Float32, new[] { 1, 3, 8, 8 }, "input 'x' (float[1,3,8,8]) has 3 channels, which color=gray does not give")]
    [InlineData("mean=1:2:3", DataType.Float32, new[] { 1, 1, 8, 8 }, "input 'x' (float[1,1,8,8]) has 1 channel, but mean has 3 values")]
    public void Options_that_do_not_suit_the_model_are_refused_with_its_shape(string text, DataType type, int[] dimensions, string message) =>
        Assert.Equal(message, Assert.Throws<ImageException>(() => ModelInput.Resolve(PreprocessOptions.Parse(text), "x", type, dimensions)).Message);
}
