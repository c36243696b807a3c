using Edge.Devices;
using Edge.Imaging.Resampling;
using Edge.Tensors;

namespace Edge.Imaging.Preprocessing;

/// <summary>
/// Turns pictures into a model's input in one pass: crop, resize, letterbox, colour conversion, normalisation and layout
/// are fused, and rows go straight into the tensor, with no picture in between.
/// </summary>
/// <remarks>
/// Interpolated values are not rounded to eight bits before they are normalised. The same picture gives the same bytes on
/// every machine. Not safe for concurrent use: one instance a thread. Allocates when the size or format of the pictures
/// changes, and nothing as long as it does not.
/// </remarks>
public sealed class Preprocessor
{
    private readonly RowResampler _resampler = new();
    private readonly float[] _mean, _multiplier, _fill;
    private readonly bool _wantBlueFirst;
    private readonly Shape _shape;
    private (PixelFormat Format, int Width, int Height) _prepared;
    private Placement _placement;
    private float[] _subtract = [], _multiply = [], _row = [];
    private byte[] _narrow = [];

    /// <param name="options">What to do.</param>
    /// <param name="input">What the model takes, from <see cref="ModelInput.Resolve"/> with the same options.</param>
    /// <exception cref="ArgumentException">The input is none that <see cref="ModelInput.Resolve"/> returns.</exception>
    public Preprocessor(PreprocessOptions options, ModelInput input)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(input);
        options.Validate();
        if (input.Channels is not (1 or 3) || input.Type is not (DataType.Float32 or DataType.UInt8 or DataType.Int8))
            throw new ArgumentException($"{input} is no picture input");
        (Options, Input, _shape) = (options, input, input.Shape);
        _wantBlueFirst = options.Color == ChannelOrder.Bgr;
        _mean = new float[input.Channels];
        _multiplier = new float[input.Channels];
        _fill = new float[input.Channels];
        for (int c = 0; c < input.Channels; c++)
        {
            // (p · scale − mean) / std = (p − mean / scale) · (scale / std): exact where scale is 1 and std a power of two.
            double std = Of(options.Std, c);
            _mean[c] = (float)(Of(options.Mean, c) / (double)options.Scale);
            _multiplier[c] = (float)(options.Scale / std);
            _fill[c] = (Of(options.Fill, c) - _mean[c]) * _multiplier[c];
        }
    }

    public PreprocessOptions Options { get; }

    public ModelInput Input { get; }

    /// <summary>A tensor to write to; its contents are zeros.</summary>
    public Tensor CreateInput() => Tensor.Create(Input.Type, _shape);

    /// <summary>
    /// Writes the picture into the tensor, every element of it.
    /// </summary>
    /// <param name="image">Any size and format.</param>
    /// <param name="tensor">Of the type and shape of <see cref="Input"/>.</param>
    /// <returns>Where the picture lies in the tensor, to take boxes back to it.</returns>
    /// <exception cref="ImageException">The picture is smaller than the crop or region asked for.</exception>
    /// <exception cref="ArgumentException">The tensor has another type or shape.</exception>
    public Placement Run(ImageView image, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Type != Input.Type || tensor.Shape != _shape)
            throw new ArgumentException($"the tensor is {tensor}, not {Input.Type.OnnxName()}{_shape}");
        if (_prepared != (image.Format, image.Width, image.Height)) Prepare(image);
        _resampler.Begin();
        switch (Input.Type)
        {
            case DataType.Float32: Write(image, tensor.AsSpan<float>()); break;
            case DataType.UInt8: Write(image, tensor.AsSpan<byte>()); break;
            default: Write(image, tensor.AsSpan<sbyte>()); break;
        }
        return _placement;
    }

    private void Prepare(ImageView image)
    {
        var whole = new PixelRegion(0, 0, image.Width, image.Height);
        PixelRegion region = Options.Region?.In(image.Width, image.Height) ?? whole;
        int width = Input.Width, height = Input.Height;
        _placement = Options switch
        {
            { Letterbox: not null } => Placement.Letterbox(region, width, height, Options.Align == LetterboxAlign.Center),
            { ShorterSide: { } side } => Placement.ShorterSideThenCrop(region, side, width, height),
            { Resize: { } size, Crop: not null } => Placement.ResizeThenCrop(region, size.Width, size.Height, width, height),
            { Crop: not null } => Placement.Crop(region, width, height),
            _ => Placement.Stretch(region, width, height),
        };
        _prepared = default;
        _resampler.Prepare(image.Format, _placement.Resampling, Input.Channels, Options.Interpolation);
        int length = _placement.Width * Input.Channels;
        if (_row.Length < length)
        {
            _row = new float[length];
            _subtract = new float[length];
            _multiply = new float[length];
            _narrow = new byte[length];
        }
        for (int i = 0; i < length; i++)
        {
            int channel = TensorChannel(i % Input.Channels);
            _subtract[i] = _mean[channel];
            _multiply[i] = _multiplier[channel];
        }
        _prepared = (image.Format, image.Width, image.Height);
    }

    /// <summary>The tensor's channel for the resampler's channel <paramref name="c"/>.</summary>
    private int TensorChannel(int c) => Input.Channels == 3 && _resampler.BlueFirst != _wantBlueFirst ? 2 - c : c;

    private void Write<T>(ImageView image, Span<T> tensor) where T : unmanaged
    {
        if (_placement.Width < Input.Width || _placement.Height < Input.Height) FillBorder(tensor);
        int channels = Input.Channels, length = _placement.Width * channels;
        bool interleaved = channels == 1 || Input.Layout == TensorLayout.Nhwc;
        // Floats whose channels are in order already need no stop on the way.
        bool straight = typeof(T) == typeof(float) && interleaved && TensorChannel(0) == 0;
        Span<float> row = _row.AsSpan(0, length);
        for (int y = 0; y < _placement.Height; y++)
        {
            int at = (_placement.Top + y) * Input.Width + _placement.Left;
            if (straight) row = TensorElements.AsFloats(tensor).Slice(at * channels, length);
            _resampler.Row(image, y, _subtract.AsSpan(0, length), _multiply.AsSpan(0, length), row);
            if (straight) continue;
            ReadOnlySpan<T> elements = TensorElements.Narrow<T>(row, _narrow);
            if (channels == 1) elements.CopyTo(tensor[at..]);
            else if (interleaved) TensorElements.Interleave(elements, TensorChannel(0) != 0, tensor.Slice(at * 3, length));
            else TensorElements.Planes(elements, TensorChannel(0) != 0, tensor[at..], Input.Width * Input.Height);
        }
    }

    private void FillBorder<T>(Span<T> tensor) where T : unmanaged
    {
        Span<T> fill = stackalloc T[3];
        TensorElements.Narrow<T>(_fill, _narrow).CopyTo(fill);
        int channels = Input.Channels;
        for (int y = 0; y < Input.Height; y++)
        {
            bool covered = y >= _placement.Top && y < _placement.Top + _placement.Height;
            int right = covered ? _placement.Left + _placement.Width : 0;
            int first = y * Input.Width;
            if (covered) TensorElements.Fill(tensor, first, _placement.Left, fill, channels, Input);
            TensorElements.Fill(tensor, first + right, Input.Width - right, fill, channels, Input);
        }
    }

    private static float Of(IReadOnlyList<float> values, int channel) => values.Count == 1 ? values[0] : values[channel];
}
