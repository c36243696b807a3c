using Edge.Imaging;
using Edge.Imaging.Preprocessing;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Evaluation.Samples;

/// <summary>Where a picture lies in the model's input, and how large it is.</summary>
internal readonly record struct PicturePlace(Placement Placement, int Width, int Height);

/// <summary>Picture files, through the preprocessing that the pipeline uses.</summary>
internal sealed class PictureSet : ISampleSet
{
    private readonly IReadOnlyList<string> _files;
    private readonly Preprocessor _preprocessor;
    private readonly Tensor[] _input;
    private readonly PicturePlace?[] _places;

    /// <exception cref="DataException">The model takes no single picture.</exception>
    /// <exception cref="ImageException">Model and options do not suit each other.</exception>
    public PictureSet(IReadOnlyList<string> files, PreprocessOptions options, IReadOnlyList<TensorInfo> inputs)
    {
        if (inputs.Count != 1) throw new DataException($"the model takes {inputs.Count} inputs ({string.Join("; ", inputs)}); pictures can feed only one: use a .npz file");
        int[] dims = inputs[0].Dimensions is { } d ? [.. d.Select(x => x.Size)] : throw new DataException($"input {inputs[0]}: the model leaves its rank open");
        _files = files;
        _preprocessor = new Preprocessor(options, ModelInput.Resolve(options, inputs[0].Name, inputs[0].Type, dims));
        _input = [_preprocessor.CreateInput()];
        _places = new PicturePlace?[files.Count];
    }

    public int Count => _files.Count;

    public bool ReadsAnywhere => true;

    public ModelInput Input => _preprocessor.Input;

    public string Name(int index) => _files[index];

    public IReadOnlyList<Tensor> Read(int index)
    {
        using Bitmap bitmap = ImageCodec.Default.Load(_files[index]);
        try
        {
            _places[index] = new PicturePlace(_preprocessor.Run(bitmap.View, _input[0]), bitmap.Width, bitmap.Height);
        }
        catch (ImageException e)
        {
            throw new ImageException($"{_files[index]}: {e.Message}", e);
        }
        return _input;
    }

    /// <summary>Known of each picture that was read.</summary>
    public PicturePlace Place(int index)
    {
        if (_places[index] is null) Read(index);
        return _places[index]!.Value;
    }
}
