using System.Security.Cryptography;
using Edge.Devices;
using Edge.Imaging.Preprocessing;
using Edge.Imaging.Tests.Codecs;
using Edge.Tensors;
using Xunit;

namespace Edge.Imaging.Tests.Preprocessing;

/// <summary>
/// The promise that a model gets the same bytes on every machine, as digests: whoever runs these tests, on whichever
/// processor, compares with all the others. A change of the arithmetic shows here and is then made on purpose.
/// </summary>
public sealed class SameEverywhereTests
{
    [Theory]
    [InlineData("letterbox=96", DataType.Float32, TensorLayout.Nchw, 96, "e0df7921a15ae825")]
    [InlineData("letterbox=96,align=topleft,color=bgr", DataType.UInt8, TensorLayout.Nhwc, 96, "ca994de3413659e8")]
    [InlineData("resize=72,crop=64,scale=1/255,mean=0.485:0.456:0.406,std=0.229:0.224:0.225", DataType.Float32, TensorLayout.Nchw, 64, "857700399a43d432")]
    [InlineData("resize=50x50,interpolation=area,mean=128", DataType.Int8, TensorLayout.Nhwc, 50, "818db8da6a250822")]
    [InlineData("resize=50x50,interpolation=antialiased,mean=127.5,std=127.5", DataType.Float32, TensorLayout.Nhwc, 50, "93f598cd82715042")]
    public void A_decoded_jpeg_becomes_the_same_tensor_everywhere(string text, DataType type, TensorLayout layout, int side, string digest)
    {
        using Bitmap scene = Pictures.Scene(203, 151);
        using Bitmap picture = ImageCodec.Managed.Decode(JpegBytes.Encode(scene.View, ImageKind.Jpeg, 90));
        var preprocessor = new Preprocessor(PreprocessOptions.Parse(text), new ModelInput(type, layout, side, side, 3));
        Tensor tensor = preprocessor.CreateInput();
        preprocessor.Run(picture.View, tensor);
        Assert.Equal(digest, Digest(tensor.Bytes));
    }

    [Fact]
    public void A_decoded_jpeg_has_the_same_pixels_everywhere()
    {
        using Bitmap scene = Pictures.Scene(203, 151);
        byte[] jpeg = JpegBytes.Encode(scene.View, ImageKind.Jpeg, 90);
        using Bitmap rgb = ImageCodec.Managed.Decode(jpeg), gray = ImageCodec.Managed.Decode(jpeg, new DecodeOptions { Format = PixelFormat.Gray8 });
        Assert.Equal(("d2acb923a0fade28", "e6edc63e18cf1ece", "4d9483a0d2e36ddf"), (Digest(jpeg), Digest(rgb.Pixels), Digest(gray.Pixels)));
    }

    private static string Digest(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];
}
