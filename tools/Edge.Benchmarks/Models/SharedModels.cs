using System.IO.Compression;
using Edge.Onnx;

namespace Edge.Benchmarks.Models;

/// <summary>Models in files: those of the folder that development shares, or any.</summary>
internal static class SharedModels
{
    /// <summary>Models whose free dimensions cannot be 1.</summary>
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

    /// <summary>Files whose names do not say which network they are a form of.</summary>
    private static readonly Dictionary<string, string> s_networks = new()
    {
        ["mobilenet_v2"] = "mobilenet_v2_1.0_224",
        ["mobilenet_v1_025"] = "mobilenet_v1_0.25_128",
        ["kws"] = "kws_dscnn",
        ["vww"] = "vww_mobilenetv1_025_96",
    };

    /// <summary>The folder of models and data that development uses: EDGE_SHARED, or the nearest <c>shared</c> beside a folder above; null if there is none.</summary>
    public static string? Root => Environment.GetEnvironmentVariable("EDGE_SHARED") is { Length: > 0 } set ? set : Above();

    /// <summary>The files of the shared folder that both engines run.</summary>
    /// <exception cref="IOException">There is no shared folder.</exception>
    public static IEnumerable<BenchmarkModel> All()
    {
        string root = Root ?? throw new IOException("name models, or set EDGE_SHARED to the folder that holds data/");
        var files = new[] { "models", "models-int8" }.SelectMany(f => Directory.EnumerateFiles(Path.Combine(root, "data", f), "*.onnx*", SearchOption.AllDirectories));
        return files.Where(f => !f.Contains("tract_", StringComparison.Ordinal) && !f.Contains("superres", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(f => File(f, BenchmarkModel.Parse(s_sizes.GetValueOrDefault(Path.GetFileName(f), []))));
    }

    /// <param name="path">An ONNX file, or one that gzip compressed.</param>
    /// <param name="sizes">As <see cref="BenchmarkModel"/> has them.</param>
    public static BenchmarkModel File(string path, IReadOnlyDictionary<string, int> sizes)
    {
        string label = Path.GetFileName(path);
        return new(Network(label), ModelFormat.Of(OnnxReader.Read(Read(path), label)), label, () => Read(path), sizes);
    }

    /// <summary>The network of which a file holds a form: its name without what tells of the form.</summary>
    public static string Network(string file)
    {
        string name = file;
        foreach (string suffix in (string[])[".gz", ".onnx", "_fp32_dequantised", "_fp32", "_uint8_qdq", "_int8_qdq", "_qoperator_ort"])
            if (name.EndsWith(suffix, StringComparison.Ordinal)) name = name[..^suffix.Length];
        return s_networks.GetValueOrDefault(name, name);
    }

    private static byte[] Read(string path)
    {
        if (!path.EndsWith(".gz", StringComparison.Ordinal)) return System.IO.File.ReadAllBytes(path);
        using var gzip = new GZipStream(System.IO.File.OpenRead(path), CompressionMode.Decompress);
        using var memory = new MemoryStream();
        gzip.CopyTo(memory);
        return memory.ToArray();
    }

    private static string? Above()
    {
        for (var dir = new DirectoryInfo(Environment.CurrentDirectory); dir is not null; dir = dir.Parent)
        {
            string candidate = Path.Combine(dir.FullName, "shared");
            if (Directory.Exists(Path.Combine(candidate, "data"))) return candidate;
        }

        return null;
    }
}
