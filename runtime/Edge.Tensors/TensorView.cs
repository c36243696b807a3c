namespace Edge.Tensors;

/// <summary>
/// A typed, shaped pointer without ownership: what kernels and executors see. The memory is dense and row-major,
/// and must outlive the view.
/// </summary>
public readonly unsafe struct TensorView(DataType type, Shape shape, byte* data)
{
    public DataType Type { get; } = type;

    public Shape Shape { get; } = shape;

    public byte* Data { get; } = data;

    public int Count => Shape.Count;

    public nint ByteLength => (nint)Shape.Count * Type.Size();

    /// <summary>The elements, row-major.</summary>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is not the element type.</exception>
    public Span<T> AsSpan<T>() where T : unmanaged
    {
        if (DataTypeExtensions.Of<T>() != Type) Throw.WrongElementType(Type, typeof(T));
        return new Span<T>(Data, Shape.Count);
    }

    public override string ToString() => $"{Type.OnnxName()}{Shape}";
}
