using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Candidates;
using Edge.Quantization.Rewrite;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Quantization.Rounding;

/// <summary>What a layer sees of one sample. The spans are overwritten by the next sample.</summary>
/// <param name="layer">The layer.</param>
/// <param name="sample">Position of the sample.</param>
/// <param name="input">The layer's input in the quantized model, as real numbers.</param>
/// <param name="patches">Its columns.</param>
internal delegate void LayerInputVisitor(QuantizedLayer layer, int sample, ReadOnlySpan<float> input, Patches patches);

/// <summary>What a layer sees of one sample, and its target. The span and the tensor are overwritten by the next sample.</summary>
/// <param name="layer">The layer.</param>
/// <param name="sample">Position of the sample.</param>
/// <param name="input">The layer's input in the quantized model, as real numbers.</param>
/// <param name="patches">Its columns.</param>
/// <param name="result">The layer's result in the float model.</param>
internal delegate void LayerVisitor(QuantizedLayer layer, int sample, ReadOnlySpan<float> input, Patches patches, Tensor result);

/// <summary>Runs models over the samples, only as far as some layers need it, and shows what these see.</summary>
internal static class LayerPass
{
    /// <summary>Runs the quantized model alone.</summary>
    /// <param name="candidate">The models.</param>
    /// <param name="layers">Layers of one level.</param>
    /// <param name="samples">Samples.</param>
    /// <param name="visit">Called for each sample and layer.</param>
    /// <param name="cancellation">Looked at before each sample.</param>
    public static void RunQuantized(Candidate candidate, IReadOnlyList<QuantizedLayer> layers, SampleReader samples, LayerInputVisitor visit, CancellationToken cancellation) =>
        Each(candidate, layers, samples, _ => { }, visit, cancellation);

    /// <summary>Runs the quantized and the float model.</summary>
    /// <inheritdoc cref="RunQuantized"/>
    public static void Run(Candidate candidate, IReadOnlyList<QuantizedLayer> layers, SampleReader samples, LayerVisitor visit, CancellationToken cancellation)
    {
        using IInferenceSession real = candidate.Options.Sessions(PartialModel.Of(candidate.Source.NewModel(), layers.Select(l => l.RealResult)), "float layers");
        Dictionary<QuantizedLayer, int> at = layers.ToDictionary(l => l, l => IndexOf(real, l.RealResult));
        IReadOnlyList<Tensor> results = [];
        Each(candidate, layers, samples, sample => results = real.Run([.. sample]), (layer, sample, input, patches) => visit(layer, sample, input, patches, results[at[layer]]), cancellation);
    }

    private static void Each(
        Candidate candidate, IReadOnlyList<QuantizedLayer> layers, SampleReader samples, Action<IReadOnlyList<Tensor>> before, LayerInputVisitor visit, CancellationToken cancellation)
    {
        using IInferenceSession quantized = candidate.Options.Sessions(PartialModel.Of(candidate.Model, layers.Select(l => l.Input)), "quantized layers");
        int[] at = [.. layers.Select(l => IndexOf(quantized, l.Input))];
        float[] buffer = [];
        int count = 0;
        foreach (IReadOnlyList<Tensor> sample in samples.Read(quantized.Inputs))
        {
            cancellation.ThrowIfCancellationRequested();
            before(sample);
            IReadOnlyList<Tensor> inputs = quantized.Run([.. sample]);
            for (int i = 0; i < layers.Count; i++)
            {
                Tensor input = inputs[at[i]];
                visit(layers[i], count, Dequantize(input, layers[i].InputParameters, ref buffer), layers[i].Geometry.For(input.Shape));
            }
            count++;
        }
    }

    private static int IndexOf(IInferenceSession session, string output)
    {
        for (int i = 0; i < session.Outputs.Count; i++)
            if (session.Outputs[i].Name == output) return i;
        throw new ModelException($"{session.Provider} does not return '{output}'");
    }

    private static ReadOnlySpan<float> Dequantize(Tensor integers, QuantizationParameters p, ref float[] buffer)
    {
        if (buffer.Length < integers.Count) buffer = new float[integers.Count];
        Span<float> real = buffer.AsSpan(0, integers.Count);
        switch (integers.Type)
        {
            case DataType.UInt8: Dequantize(integers.AsSpan<byte>(), p, real); break;
            case DataType.Int8: Dequantize(integers.AsSpan<sbyte>(), p, real); break;
            case DataType.UInt16: Dequantize(integers.AsSpan<ushort>(), p, real); break;
            case DataType.Int16: Dequantize(integers.AsSpan<short>(), p, real); break;
            default: throw new ModelException($"activations of type {integers.Type} cannot be dequantized");
        }
        return real;
    }

    private static void Dequantize<T>(ReadOnlySpan<T> integers, QuantizationParameters p, Span<float> real) where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        for (int i = 0; i < real.Length; i++) real[i] = (int.CreateTruncating(integers[i]) - p.ZeroPoint) * p.Scale;
    }
}
