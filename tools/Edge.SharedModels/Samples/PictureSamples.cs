using Edge.Imaging;
using Edge.Imaging.Preprocessing;
using Edge.Imaging.Resampling;
using Edge.Tensors;

namespace Edge.SharedModels.Samples;

/// <summary>Encoded pictures, decoded and prepared one at a time.</summary>
internal sealed class PictureSamples : ISamples
{
    private readonly IReadOnlyList<(Func<byte[]> Bytes, int Label)> _pictures;
    private readonly Preprocessor _preprocessor;
    private readonly IImageCodec _codec;
    private readonly Tensor _input;
    private readonly (int Crop, int Size)? _shrink;
    private readonly (Placement Placement, int Width, int Height)?[] _places;

    /// <param name="pictures">How to get the encoded bytes, and the class.</param>
    /// <param name="preprocess">In the text form of <see cref="PreprocessOptions"/>.</param>
    /// <param name="dims">Of the model's input, batch included.</param>
    /// <param name="codec">Decodes.</param>
    /// <param name="shrink">
    /// First cut out the middle square of the first size and shrink it to the second, as Pillow does: to 8 bits a channel.
    /// </param>
    public PictureSamples(IReadOnlyList<(Func<byte[]>, int)> pictures, string preprocess, int[] dims, IImageCodec codec, (int Crop, int Size)? shrink = null)
    {
        _shrink = shrink;
        _pictures = pictures;
        _codec = codec;
        var options = PreprocessOptions.Parse(preprocess);
        _preprocessor = new Preprocessor(options, ModelInput.Resolve(options, "input", DataType.Float32, dims));
        _input = _preprocessor.CreateInput();
        _places = new (Placement, int, int)?[pictures.Count];
    }

    public int Count => _pictures.Count;

    public Tensor Input(int index)
    {
        using var bitmap = _codec.Decode(_pictures[index].Bytes());
        if (_shrink is not { } s)
        {
            _places[index] = (_preprocessor.Run(bitmap.View, _input), bitmap.Width, bitmap.Height);
            return _input;
        }

        using var square = ImageTransforms.Crop(bitmap.View, (bitmap.Width - s.Crop) / 2, (bitmap.Height - s.Crop) / 2, s.Crop, s.Crop);
        using var small = ImageTransforms.Resize(square.View, s.Size, s.Size, Interpolation.Antialiased);
        _preprocessor.Run(small.View, _input);
        return _input;
    }

    public int Label(int index) => _pictures[index].Label;

    /// <summary>A box in shares of a picture as pixels of the input; for pictures that are not shrunk before.</summary>
    public Box OnInput(int index, Box shares)
    {
        if (_places[index] is null) Input(index);
        (Placement placement, int width, int height) = _places[index] ?? throw new InvalidOperationException("pictures that are shrunk before have no place on the input");
        return placement.ToTarget(new Box(shares.Left * width, shares.Top * height, shares.Right * width, shares.Bottom * height));
    }
}
