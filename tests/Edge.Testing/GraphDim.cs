using Edge.Onnx;

namespace Edge.Testing;

/// <summary>A dimension of an <see cref="OnnxGraphBuilder"/>'s value: a length, a name, or unknown (-1). Converts from both.</summary>
public readonly record struct GraphDim
{
    private readonly long _value;
    private readonly string? _param;

    private GraphDim(long value, string? param)
    {
        _value = value;
        _param = param;
    }

    public static implicit operator GraphDim(long value) => new(value, null);

    public static implicit operator GraphDim(string param) => new(-1, param);

    public static GraphDim[] All(long[] dims) => Array.ConvertAll(dims, dim => (GraphDim)dim);

    public DimensionProto ToProto() => (_param, _value) switch
    {
        ({ } param, _) => DimensionProto.Of(param),
        (null, >= 0) => DimensionProto.Of(_value),
        _ => new DimensionProto(),
    };
}
