namespace Edge.Onnx;

/// <summary>
/// How much a model may ask of the machine that reads it. A model file is untrusted input; what exceeds a limit ends in a
/// <see cref="ModelException"/> before the memory is taken.
/// </summary>
public sealed record OnnxLimits
{
    /// <summary>The limits that are used when none are given.</summary>
    public static OnnxLimits Default { get; } = new();

    /// <summary>
    /// How deep messages and groups may be nested. 100, as in protobuf's own parsers; an If in an If takes three levels
    /// (graph, node, attribute).
    /// </summary>
    public int MaxDepth { get; init => field = value is > 0 and <= 1000 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "MaxDepth must be 1 to 1000"); } = 100;

    /// <summary>
    /// Bytes of objects, lists and strings that reading may allocate for each byte of the file. 32: small models without
    /// weights, which are the densest, take 10; what only a hostile file does, empty messages of two bytes, takes 60.
    /// Weights in <c>raw_data</c> take none, they stay in the file. Growing lists are counted with every array they leave behind.
    /// </summary>
    public int MemoryPerFileByte { get; init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "MemoryPerFileByte must be positive"); } = 32;

    /// <summary>Bytes that any model may allocate, however small its file. 1 MiB.</summary>
    public long BaseMemory { get; init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "BaseMemory must not be negative"); } = 1L << 20;

    /// <summary>Bytes that no model may exceed, however large its file. 512 MiB.</summary>
    public long MaxMemory { get; init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "MaxMemory must be positive"); } = 512L << 20;

    /// <summary>The bytes that reading a file of <paramref name="fileLength"/> bytes may allocate.</summary>
    public long MemoryFor(long fileLength) => Math.Min(MaxMemory, BaseMemory + MemoryPerFileByte * fileLength);
}
