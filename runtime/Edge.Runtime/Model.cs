using System.Collections.Concurrent;
using Edge.Onnx;
using Edge.Runtime.Import;
using Edge.Tensors;

namespace Edge.Runtime;

/// <summary>
/// A model read from an ONNX file, not yet bound to shapes or kernels. Weights stay in the mapped file. Safe to use
/// from several threads; several sessions may share one. The file stays mapped until the model and all its sessions
/// are disposed.
/// </summary>
public sealed class Model : IDisposable
{
    private readonly OnnxFile? _file;
    private readonly ConcurrentDictionary<TensorProto, Tensor> _tensors = new(ReferenceEqualityComparer.Instance);
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly IReadOnlyDictionary<string, IReadOnlyList<string>> _columns;
    private int _references = 1;

    private Model(ModelProto proto, string name, OnnxFile? file, ReadOnlyMemory<byte> bytes)
    {
        Proto = proto;
        Name = name;
        _file = file;
        _bytes = bytes;
        if (proto.Graph is null || proto.Graph.Nodes.Count + proto.Graph.Outputs.Count == 0)
            throw new ModelException($"{name}: the model has no graph");
        var constants = new HashSet<string>(proto.Graph.Initializers.Count);
        foreach (var t in proto.Graph.Initializers) constants.Add(t.Name);
        _columns = ZipMaps.Columns(proto.Graph, name);
        Inputs = [.. proto.Graph.Inputs.Where(i => !constants.Contains(i.Name)).Select(Describe)];
        Outputs = [.. proto.Graph.Outputs.Select(Describe)];
        Functions = OperatorSupport.FunctionsOf(proto);
        OperatorSupport.Check(this);
    }

    /// <summary>The file's name, as messages show it.</summary>
    public string Name { get; }

    public IReadOnlyList<TensorInfo> Inputs { get; }

    public IReadOnlyList<TensorInfo> Outputs { get; }

    /// <summary>The wire format. Not to be changed.</summary>
    public ModelProto Proto { get; }

    /// <summary>SHA-256 of the file, in lower-case hexadecimal; empty for a model that was made in memory.</summary>
    public string Sha256 => field ??= _bytes.Length == 0 ? "" : Runtime.Sha256.Hex(_bytes.Span);

    /// <summary>Maps and reads an ONNX file.</summary>
    /// <exception cref="ModelException">The file is missing, no valid ONNX model, or asks for something that is not supported.</exception>
    public static Model Load(string path)
    {
        var file = OnnxFile.Open(path);
        try
        {
            return new Model(file.Model, Path.GetFileName(path), file, file.Bytes);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads a model from memory, which must not change while the model is in use.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="ModelException">Not a valid ONNX model, or it asks for something that is not supported.</exception>
    public static Model Load(ReadOnlyMemory<byte> bytes, string name) => new(OnnxReader.Read(bytes, name), name, null, bytes);

    /// <summary>A model over messages made in memory, which must not change afterwards. External data is not followed.</summary>
    public static Model FromProto(ModelProto proto, string name) => new(proto, name, null, default);

    public void Dispose() => Release();

    /// <summary>An input or output that is a sequence, a map or an optional, which sessions refuse; null if there is none.</summary>
    internal string? NonTensor { get; private set; }

    /// <summary>The bytes that the model was read from, and those of external data as far as they were asked for; nothing for one made in memory.</summary>
    internal IEnumerable<ReadOnlyMemory<byte>> Contents() => _file is null ? [_bytes] : [_bytes, .. _file.ExternalBytes()];

    internal IReadOnlyDictionary<(string Domain, string Name, string Overload), FunctionProto> Functions { get; }

    /// <inheritdoc cref="OnnxFile.ReleasePages"/>
    internal void ReleasePages() => _file?.ReleasePages();

    internal void AddReference() => Interlocked.Increment(ref _references);

    internal void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0) _file?.Dispose();
    }

    /// <summary>The tensor of an initializer or attribute; made once, and borrowed from the file where the file has it raw.</summary>
    internal Tensor TensorOf(TensorProto proto) => _tensors.GetOrAdd(proto, static (p, model) => TensorImporter.Import(p, model._file, model.Name), this);

    private TensorInfo Describe(ValueInfoProto info)
    {
        if (_columns.TryGetValue(info.Name, out var columns))
            return new TensorInfo(info.Name, DataType.Float32, [new Dimension(-1), new Dimension(columns.Count)]) { Columns = columns };
        var tensor = info.Type?.Tensor;
        if (tensor is null && info.Type is not null) NonTensor ??= info.Name;
        var dims = tensor?.Shape?.Dims.Select(d =>
            d.Value is not { } n ? new Dimension(-1, d.Param)
            : n is >= 0 and <= int.MaxValue ? new Dimension((int)n)
            // Exporters write −1 or 0 for "any".
            : n < 0 ? new Dimension(-1) : throw new ModelException($"{Name}: '{info.Name}' has a dimension of {n}"));
        var type = tensor?.ElemType is { } t and > 0 and <= byte.MaxValue && Enum.IsDefined((DataType)t) ? (DataType)t : DataType.Undefined;
        return new TensorInfo(info.Name, type, dims?.ToArray());
    }
}
