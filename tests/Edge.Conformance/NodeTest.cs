using Edge.Onnx;
using Edge.Runtime.Execution;

namespace Edge.Conformance;

/// <summary>
/// One of ONNX's backend node tests: a model of one operator, or of the few that define it, and what it must return.
/// </summary>
internal sealed class NodeTest
{
    private readonly string _folder;

    public NodeTest(string folder)
    {
        _folder = folder;
        Name = Path.GetFileName(folder);
        ModelBytes = File.ReadAllBytes(Path.Combine(folder, "model.onnx"));
        Model = OnnxReader.Read(ModelBytes, Name);
    }

    /// <summary>The folder's name: <c>test_conv_with_strides_padding</c>.</summary>
    public string Name { get; }

    public ReadOnlyMemory<byte> ModelBytes { get; }

    public ModelProto Model { get; }

    /// <summary>Pairs of inputs and expected outputs, each in the order of the graph.</summary>
    public IEnumerable<(RunValue[] Inputs, RunValue[] Outputs)> DataSets() =>
        Directory.GetDirectories(_folder, "test_data_set_*").Order(StringComparer.Ordinal)
            .Select(d => (Read(d, "input", Model.Graph!.Inputs), Read(d, "output", Model.Graph!.Outputs)));

    public override string ToString() => Name;

    private static RunValue[] Read(string folder, string kind, List<ValueInfoProto> declared)
    {
        int count = Directory.GetFiles(folder, kind + "_*.pb").Length;
        return [.. Enumerable.Range(0, count).Select(i => (Path: Path.Combine(folder, $"{kind}_{i}.pb"), Index: i)).Select(f => ValueFile.Read(f.Path, declared[f.Index].Type!))];
    }
}
