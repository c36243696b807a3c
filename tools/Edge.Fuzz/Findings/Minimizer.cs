using Edge.Fuzz.Mutation;
using Edge.Fuzz.Running;
using Edge.Onnx;

namespace Edge.Fuzz.Findings;

/// <summary>
/// Makes a finding smaller while it stays the same finding: takes parts of the model away, one after the other, as long as
/// any can go. A file that cannot be read as a model loses bytes instead.
/// </summary>
internal sealed class Minimizer(string path, Probe probe) : IDisposable
{
    private readonly string _candidate = Path.Combine(Path.GetTempPath(), $"edge-fuzz-{Environment.ProcessId}.onnx");
    private byte[] _best = File.ReadAllBytes(path);
    private string _signature = "";

    /// <summary>Returns the path of the smaller file, beside the old one; null if it is no finding.</summary>
    public string? Run()
    {
        var verdict = probe.Test(path);
        if (!verdict.IsFinding) return null;
        _signature = verdict.Signature;
        int before;
        do
        {
            before = _best.Length;
            if (Parse(_best) is not null) Parts();
            else Bytes();
        }
        while (_best.Length < before);
        string target = Path.ChangeExtension(path, ".min.onnx");
        File.WriteAllBytes(target, _best);
        return target;
    }

    public void Dispose() => File.Delete(_candidate);

    private void Parts()
    {
        foreach (var lists in s_lists)
        {
            // Halves first, then quarters, then one by one; from the end, where less depends on them.
            int count = Count(lists);
            for (int size = Math.Max(1, count / 2); size > 0; size /= 2)
                for (int at = Count(lists) - size; at >= 0; at -= size) TryWithout(lists, at, size);
        }
    }

    private static readonly Func<ModelProto, IEnumerable<System.Collections.IList>>[] s_lists =
    [
        m => [m.Graph!.Nodes], m => [m.Graph!.Outputs], m => [m.Graph!.Initializers], m => [m.Graph!.Inputs], m => [m.Graph!.ValueInfos], m => [m.Functions], m => [m.OpsetImports], m => [m.MetadataProps],
        m => GraphMutation.Graphs(m.Graph!).Skip(1).SelectMany(g => new System.Collections.IList[] { g.Nodes, g.Outputs, g.Inputs, g.Initializers, g.ValueInfos }),
        m => m.Functions.SelectMany(f => new System.Collections.IList[] { f.Nodes, f.Inputs, f.Outputs }),
        m => GraphMutation.Graphs(m.Graph!).SelectMany(g => g.Nodes).SelectMany(n => new System.Collections.IList[] { n.Attributes, n.Inputs, n.Outputs }),
    ];

    private int Count(Func<ModelProto, IEnumerable<System.Collections.IList>> lists) => lists(Parse(_best)!).Sum(l => l.Count);

    private void TryWithout(Func<ModelProto, IEnumerable<System.Collections.IList>> lists, int at, int size)
    {
        var model = Parse(_best)!;
        foreach (var list in lists(model).ToArray())
        {
            for (int i = list.Count - 1; i >= 0; i--)
                if (at + size > i && i >= at) list.RemoveAt(i);
            at -= list.Count;
        }

        using var bytes = new MemoryStream();
        OnnxWriter.Write(model, bytes);
        if (bytes.Length < _best.Length) Try(bytes.ToArray());
    }

    private void Bytes()
    {
        for (int size = Math.Max(1, _best.Length / 2); size > 0; size /= 2)
            for (int at = _best.Length - size; at >= 0; at -= size) Try([.. _best[..at], .. _best[(at + size)..]]);
    }

    private void Try(byte[] bytes)
    {
        File.WriteAllBytes(_candidate, bytes);
        if (probe.Test(_candidate).Signature == _signature) _best = bytes;
    }

    private static ModelProto? Parse(byte[] bytes)
    {
        try
        {
            var model = OnnxReader.Read(bytes, "finding");
            return model.Graph is null ? null : model;
        }
        catch (ModelException)
        {
            return null;
        }
    }
}
