using Edge.Tensors;

namespace Edge.Imaging.Preprocessing;

/// <summary>A model input that takes a picture: what <see cref="Preprocessor"/> writes.</summary>
/// <param name="Type">float32, uint8 or int8.</param>
/// <param name="Layout">Order of the dimensions.</param>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Channels">1 or 3.</param>
public sealed record ModelInput(DataType Type, TensorLayout Layout, int Width, int Height, int Channels)
{
    /// <summary>The tensor's shape; the batch is 1.</summary>
    public Shape Shape => Layout == TensorLayout.Nchw ? new Shape(1, Channels, Height, Width) : new Shape(1, Height, Width, Channels);

    /// <summary>
    /// Puts together what the model declares and what the options say.
    /// </summary>
    /// <param name="options">Say what the model leaves open; may not contradict it.</param>
    /// <param name="name">The input's name, for messages.</param>
    /// <param name="type">Declared element type.</param>
    /// <param name="dimensions">Declared dimensions; −1 where a dimension is open.</param>
    /// <exception cref="ImageException">
    /// The input takes no pictures, the options contradict the model, or something stays open; the message says which option
    /// would settle it.
    /// </exception>
    public static ModelInput Resolve(PreprocessOptions options, string name, DataType type, ReadOnlySpan<int> dimensions)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        string declared = $"input '{name}' ({type.OnnxName()}[{string.Join(',', dimensions.ToArray().Select(d => d < 0 ? "?" : $"{d}"))}])";
        if (type is not (DataType.Float32 or DataType.UInt8 or DataType.Int8))
            throw new ImageException($"{declared} takes no pictures: its type is none of float, uint8, int8");
        if (dimensions.Length != 4) throw new ImageException($"{declared} takes no pictures: pictures have 4 dimensions, batch included");
        if (dimensions[0] is not (1 or -1)) throw new ImageException($"{declared} takes {dimensions[0]} pictures at once; supported: 1");
        TensorLayout layout = options.Layout ?? InferLayout(declared, dimensions);
        int c = layout == TensorLayout.Nchw ? dimensions[1] : dimensions[3];
        int channels = c >= 0 ? c : options.Color == ChannelOrder.Gray ? 1 : 3;
        if (channels is not (1 or 3)) throw new ImageException($"{declared} has {channels} channels as {layout}; supported: 1, 3");
        if (options.Color is { } color && (color == ChannelOrder.Gray) != (channels == 1))
            throw new ImageException($"{declared} has {channels} channels, which color={color.ToString().ToLowerInvariant()} does not give");
        foreach (var (key, values) in (ReadOnlySpan<(string, IReadOnlyList<float>)>)[("mean", options.Mean), ("std", options.Std), ("fill", options.Fill)])
        {
            if (values.Count > channels) throw new ImageException($"{declared} has {channels} channel, but {key} has {values.Count} values");
        }
        (int height, int width) = layout == TensorLayout.Nchw ? (dimensions[2], dimensions[3]) : (dimensions[1], dimensions[2]);
        PixelSize? asked = options.Letterbox ?? options.Crop ?? options.Resize;
        if (asked is { } a && (width >= 0 && width != a.Width || height >= 0 && height != a.Height))
            throw new ImageException($"{declared} is {Open(width)}x{Open(height)} pixels, but the options make {a.Width}x{a.Height}");
        if (asked is null && (width < 0 || height < 0))
            throw new ImageException($"{declared} leaves the picture's size open: give letterbox=…, resize=WIDTHxHEIGHT or crop=…");
        return new ModelInput(type, layout, asked?.Width ?? width, asked?.Height ?? height, channels);
    }

    private static TensorLayout InferLayout(string declared, ReadOnlySpan<int> dimensions)
    {
        bool nchw = dimensions[1] is 1 or 3, nhwc = dimensions[3] is 1 or 3;
        if (nchw == nhwc) throw new ImageException($"{declared} does not show where its channels are: give layout=nchw or layout=nhwc");
        return nchw ? TensorLayout.Nchw : TensorLayout.Nhwc;
    }

    private static string Open(int size) => size < 0 ? "?" : $"{size}";
}
