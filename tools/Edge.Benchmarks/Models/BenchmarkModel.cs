using System.IO.Compression;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Benchmarks.Models;

/// <summary>A model to measure, and the sizes of its free dimensions.</summary>
/// <param name="Path">An ONNX file, or one that gzip compressed.</param>
/// <param name="Sizes">By symbol, or by <c>input.axis</c> where there is none; 1 for all others.</param>
internal sealed record BenchmarkModel(string Path, IReadOnlyDictionary<string, int> Sizes)
{
    /// <summary>Models of the shared folder whose free dimensions cannot be 1.</summary>
    private static readonly Dictionary<string, string[]> s_sizes = new()
    {
        ["ch_PP-OCRv4_det_infer.onnx"] = ["p2o.DynamicDimension.1=320", "p2o.DynamicDimension.2=320"],
        ["ch_ppocr_mobile_v2.0_cls_infer.onnx"] = ["p2o.DynamicDimension.1=48", "p2o.DynamicDimension.2=192"],
        ["yunet_n_dynamic.onnx"] = ["*=320"],
        ["yunet_s_dynamic.onnx"] = ["*=320"],
        ["silero_vad.onnx"] = ["input.1=576"],
        ["silero_vad_16k_op15.onnx"] = ["sequence=576"],
        ["melspectrogram.onnx"] = ["samples=1760"],
        ["embedding_model.onnx"] = [],
    };

    /// <summary>The folder of models and data that development uses: EDGE_SHARED, or the nearest <c>shared</c> beside a folder above.</summary>
    public static IEnumerable<BenchmarkModel> Shared()
    {
        string root = Environment.GetEnvironmentVariable("EDGE_SHARED") is { Length: > 0 } set ? set : Above() ?? throw new IOException("name models, or set EDGE_SHARED to the folder that holds data/");
        var files = new[] { "models", "models-int8" }.SelectMany(f => Directory.EnumerateFiles(System.IO.Path.Combine(root, "data", f), "*.onnx*", SearchOption.AllDirectories));
        return files.Where(f => !f.Contains("tract_", StringComparison.Ordinal) && !f.Contains("superres", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(f => new BenchmarkModel(f, Parse(s_sizes.GetValueOrDefault(System.IO.Path.GetFileName(f), []))));
    }

    /// <summary>Sizes from <c>name=size</c>.</summary>
    public static Dictionary<string, int> Parse(IEnumerable<string> texts) =>
        texts.Select(t => t.Split('=', 2)).ToDictionary(t => t[0], t => t.Length == 2 && int.TryParse(t[1], out int n) && n > 0 ? n : throw new NotSupportedException($"--dim {t[0]}: write name=size"));

    public byte[] Read()
    {
        if (!Path.EndsWith(".gz", StringComparison.Ordinal)) return File.ReadAllBytes(Path);
        using var gzip = new GZipStream(File.OpenRead(Path), CompressionMode.Decompress);
        using var memory = new MemoryStream();
        gzip.CopyTo(memory);
        return memory.ToArray();
    }

    /// <summary>Random numbers between −1 and 1; the integers of an input are all alike.</summary>
    public Tensor[] Inputs(Model model)
    {
        var random = new Random(1);
        return [.. model.Inputs.Select(i =>
        {
            var shape = new Shape([.. (i.Dimensions ?? []).Select((d, axis) => d.IsFixed ? d.Size
                : d.Symbol is { } s && Sizes.TryGetValue(s, out int n) ? n
                : Sizes.TryGetValue($"{i.Name}.{axis}", out n) || (axis > 0 && Sizes.TryGetValue("*", out n)) ? n : 1)]);
            var tensor = Tensor.Create(i.Type, shape);
            if (i.Type == DataType.Float32)
                foreach (ref float v in tensor.AsSpan<float>()) v = random.NextSingle() * 2 - 1;
            // The sampling rate of voice detectors.
            else if (i.Type == DataType.Int64) tensor.AsSpan<long>().Fill(16000);
            return tensor;
        })];
    }

    private static string? Above()
    {
        for (var dir = new DirectoryInfo(Environment.CurrentDirectory); dir is not null; dir = dir.Parent)
        {
            string candidate = System.IO.Path.Combine(dir.FullName, "shared");
            if (Directory.Exists(System.IO.Path.Combine(candidate, "data"))) return candidate;
        }

        return null;
    }
}
