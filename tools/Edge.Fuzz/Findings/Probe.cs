using Edge.Fuzz.Running;

namespace Edge.Fuzz.Findings;

/// <summary>Asks what becomes of a file, in another process that is kept until it dies.</summary>
internal sealed class Probe : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"edge-fuzz-{Environment.ProcessId}-probe");
    private ChildProcess? _child;

    public Verdict Test(string path)
    {
        _child ??= new ChildProcess(_folder, "child", "files", _folder);
        _child.Send(Path.GetFullPath(path));
        while (true)
        {
            var (line, verdict) = _child.Read();
            if (line is null)
            {
                _child.Dispose();
                _child = null;
                return verdict ?? throw new InvalidOperationException("the process ended early");
            }

            string[] fields = line.Split('\t');
            if (fields[0] == "end") return new Verdict(Enum.Parse<Outcome>(fields[1]), fields[2], fields[3], fields[4].Replace('\u2028', '\n'));
        }
    }

    public void Dispose()
    {
        _child?.Dispose();
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }
}
