using Edge.Benchmarks.Architectures;
using Edge.Onnx;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Benchmarks.Models;

/// <summary>A model to measure, and the sizes of its free dimensions.</summary>
/// <param name="Name">The network; its forms share it.</param>
/// <param name="Format"><c>fp32</c>, or <c>int8</c> and how it is written down.</param>
/// <param name="Label">What messages and tables call it.</param>
/// <param name="Read">The file's bytes.</param>
/// <param name="Sizes">By symbol, or by <c>input.axis</c> where there is none; 1 for all others.</param>
internal sealed record BenchmarkModel(string Name, string Format, string Label, Func<byte[]> Read, IReadOnlyDictionary<string, int> Sizes)
{
    public bool IsInt8 => Format != ModelFormat.Float;

    /// <summary>All forms of a generated network; each is made when it is read, the quantized form once.</summary>
    public static IEnumerable<BenchmarkModel> Of(Architecture architecture)
    {
        var sizes = new Dictionary<string, int>();
        yield return new(architecture.Name, ModelFormat.Float, architecture.Name, () => Int8Models.Bytes(architecture.Build()), sizes);
        var quantized = new Lazy<ModelProto>(() => Int8Models.Quantize(architecture.Build()));
        foreach (Int8Form form in architecture.Forms)
            yield return new(architecture.Name, ModelFormat.Of(form), architecture.Name, () => Int8Models.Bytes(Int8Models.Rewrite(quantized.Value, form)), sizes);
    }

    /// <summary>Sizes from <c>name=size</c>.</summary>
    public static Dictionary<string, int> Parse(IEnumerable<string> texts) =>
        texts.Select(t => t.Split('=', 2)).ToDictionary(t => t[0], t => t.Length == 2 && int.TryParse(t[1], out int n) && n > 0 ? n : throw new NotSupportedException($"--dim {t[0]}: write name=size"));

    /// <summary>Random numbers between −1 and 1; the integers of an input are all alike.</summary>
    /// <param name="model">The model, loaded.</param>
    /// <param name="batch">The first axis, where it is free; 1 if not given.</param>
    public Tensor[] Inputs(Model model, int batch = 1)
    {
        var random = new Random(1);
        return [.. model.Inputs.Select(i =>
        {
            var shape = new Shape([.. (i.Dimensions ?? []).Select((d, axis) => d.IsFixed ? d.Size
                : d.Symbol is { } s && Sizes.TryGetValue(s, out int n) ? n
                : Sizes.TryGetValue($"{i.Name}.{axis}", out n) || (axis > 0 && Sizes.TryGetValue("*", out n)) ? n : axis == 0 ? batch : 1)]);
            var tensor = Tensor.Create(i.Type, shape);
            if (i.Type == DataType.Float32)
                foreach (ref float v in tensor.AsSpan<float>()) v = random.NextSingle() * 2 - 1;
            // The sampling rate of voice detectors; a word of the vocabulary elsewhere.
            else if (i.Type == DataType.Int64) tensor.AsSpan<long>().Fill(16000);
            return tensor;
        })];
    }
}
