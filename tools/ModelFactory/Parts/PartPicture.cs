using System.Buffers;
using Edge.Devices;
using Edge.Imaging;
using Edge.Imaging.Preprocessing;
using Edge.Tensors;
using ModelFactory.Defects;
using ModelFactory.Rendering;

namespace ModelFactory.Parts;

/// <summary>A part's picture as the line delivers it, with its truth. Immutable.</summary>
internal sealed record PartPicture(string Name, byte[] Jpeg, DefectTruth[] Defects)
{
    public const int Quality = 86;

    public bool IsGood => Defects.Length == 0;

    /// <summary>Renders and encodes; see <see cref="PartRenderer"/>.</summary>
    public static PartPicture Make(PartRenderer renderer, string name, int index, ReadOnlySpan<DefectKind> kinds)
    {
        RenderedPart part = renderer.Render(index, kinds);
        var buffer = new ArrayBufferWriter<byte>(1 << 15);
        var view = new ImageView(part.Pixels, part.Size, part.Size, part.Size * 3, PixelFormat.Rgb24);
        ImageCodec.Managed.Encode(view, ImageKind.Jpeg, Quality, buffer);
        return new PartPicture(name, buffer.WrittenSpan.ToArray(), part.Defects);
    }

    /// <summary>Decodes with the codec of the run time and prepares as <c>pipeline.json</c> says, channels last.</summary>
    public void Prepare(Span<float> input)
    {
        using Bitmap bitmap = ImageCodec.Managed.Decode(Jpeg);
        PreprocessOptions options = PartDetector.Preprocess with { Layout = TensorLayout.Nhwc };
        var declared = new ModelInput(DataType.Float32, TensorLayout.Nhwc, PartDetector.InputSize, PartDetector.InputSize, 3);
        var preprocessor = new Preprocessor(options, declared);
        Tensor tensor = preprocessor.CreateInput();
        preprocessor.Run(bitmap.View, tensor);
        tensor.AsSpan<float>().CopyTo(input);
    }
}
