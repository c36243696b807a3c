using System.Security.Cryptography;
using System.Text;
using Edge.Fuzz.Running;

namespace Edge.Fuzz.Findings;

/// <summary>The folder of findings: for each kind a few mutants, each with a text that says what happened. Safe to use from several threads.</summary>
internal sealed class FindingStore(string folder)
{
    /// <summary>Mutants that are kept of one kind.</summary>
    private const int Kept = 3;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _counts = [];

    public string Folder { get; } = folder;

    public int Count { get; private set; }

    /// <summary>How often each kind was found, the commonest first.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> Signatures
    {
        get
        {
            lock (_lock) return [.. _counts.OrderByDescending(c => c.Value)];
        }
    }

    /// <summary>Keeps a copy of the mutant; returns its path, or null if there are enough of its kind.</summary>
    public string? Add(Verdict verdict, string mutant, string origin)
    {
        lock (_lock)
        {
            Count++;
            int times = _counts[verdict.Signature] = _counts.GetValueOrDefault(verdict.Signature) + 1;
            if (times > Kept) return null;
            Directory.CreateDirectory(Folder);
            string name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(verdict.Signature)).AsSpan(0, 4));
            string path = Path.Combine(Folder, $"{verdict.Outcome.ToString().ToLowerInvariant()}-{name}-{times}.onnx");
            File.Copy(mutant, path, overwrite: true);
            File.WriteAllText(Path.ChangeExtension(path, ".txt"), $"{verdict.Signature}\n{verdict.Stage}\n{origin}\n{verdict.Detail}\n");
            return path;
        }
    }
}
