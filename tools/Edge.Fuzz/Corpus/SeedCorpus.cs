using System.Formats.Tar;
using System.IO.Compression;

namespace Edge.Fuzz.Corpus;

/// <summary>
/// The seeds: models written down in this tool for each family of operators, which are always there, and where the shared
/// folder is, ONNX's node tests and real models. Groups are chosen by weight, so that neither the many nor the large
/// ones crowd out the others.
/// </summary>
internal sealed class SeedCorpus
{
    /// <summary>Above this many bytes a model is a large one: mutants of it are slow, and few.</summary>
    private const int Large = 256 * 1024;

    private const int Largest = 4 * 1024 * 1024;

    private readonly (int Weight, IReadOnlyList<Seed> Seeds)[] _groups;

    private SeedCorpus(string description, params (int Weight, IReadOnlyList<Seed> Seeds)[] groups)
    {
        Description = description;
        _groups = [.. groups.Where(g => g.Seeds.Count > 0)];
    }

    /// <summary>What is in it, for the report.</summary>
    public string Description { get; }

    public IEnumerable<Seed> All => _groups.SelectMany(g => g.Seeds);

    public static SeedCorpus Load()
    {
        var built = BuiltSeeds.All;
        if (FindData() is not { } data)
            return new SeedCorpus($"{built.Count} built models; the shared folder is not here, so neither node tests nor real models", (1, built));
        var nodes = NodeTests(data);
        var models = RealModels(data);
        var small = models.Where(m => m.Bytes.Length < Large).ToArray();
        var large = models.Where(m => m.Bytes.Length >= Large).ToArray();
        return new SeedCorpus(
            $"{built.Count} built models, {nodes.Count} models of node tests, {models.Count} real models",
            (30, built), (50, nodes), (16, small), (4, large));
    }

    public Seed Choose(Random random)
    {
        int at = random.Next(_groups.Sum(g => g.Weight));
        foreach (var (weight, seeds) in _groups)
        {
            if (at < weight) return seeds[random.Next(seeds.Count)];
            at -= weight;
        }

        throw new InvalidOperationException("no group was chosen");
    }

    private static List<Seed> NodeTests(string data)
    {
        var seeds = new List<Seed>();
        foreach (string archive in Directory.EnumerateFiles(Path.Combine(data, "conformance"), "*.tar.gz").Order(StringComparer.Ordinal))
        {
            using var file = File.OpenRead(archive);
            using var plain = new GZipStream(file, CompressionMode.Decompress);
            using var tar = new TarReader(plain);
            while (tar.GetNextEntry() is { } entry)
            {
                if (!entry.Name.EndsWith("/model.onnx", StringComparison.Ordinal) || entry.DataStream is not { } content) continue;
                using var bytes = new MemoryStream();
                content.CopyTo(bytes);
                seeds.Add(new Seed(Path.GetFileName(Path.GetDirectoryName(entry.Name))!, bytes.ToArray()));
            }
        }

        return [.. seeds.OrderBy(s => s.Name, StringComparer.Ordinal)];
    }

    private static List<Seed> RealModels(string data) =>
    [
        .. Directory.EnumerateFiles(data, "*.onnx", SearchOption.AllDirectories)
            .Where(p => new FileInfo(p).Length <= Largest).Order(StringComparer.Ordinal)
            .Select(p => new Seed(Path.GetRelativePath(data, p), File.ReadAllBytes(p))),
    ];

    /// <summary><c>shared/data</c>: of <c>EDGE_SHARED</c>, else of the nearest folder above that has it.</summary>
    private static string? FindData()
    {
        string?[] roots = Environment.GetEnvironmentVariable("EDGE_SHARED") is { Length: > 0 } named ? [named] : [.. Above(AppContext.BaseDirectory)];
        return roots.Select(r => Path.Combine(r!, "data")).FirstOrDefault(Directory.Exists);
    }

    private static IEnumerable<string> Above(string folder)
    {
        for (DirectoryInfo? at = new(folder); at is not null; at = at.Parent) yield return Path.Combine(at.FullName, "shared");
    }
}
