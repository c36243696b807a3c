using System.Numerics;
using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Observers;
using Edge.Quantization.Rewrite;
using Edge.Quantization.Rewrite.Preparation;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Quantization.Report;

/// <summary>A value that is compared between the float and the quantized model.</summary>
/// <param name="Name">Its name in the float model.</param>
/// <param name="QuantizedName">In the quantized model: the integers, or the float value where <paramref name="Parameters"/> is null.</param>
/// <param name="Parameters">What makes the integers real numbers.</param>
/// <param name="Tails">The range outside which the only reader cannot tell values apart, so that they count as its ends; null for none.</param>
internal sealed record ComparedValue(string Name, string QuantizedName, QuantizationParameters? Parameters, ValueRange? Tails = null);

/// <summary>What was measured.</summary>
/// <param name="Errors">A value whose shape differs between the two models on some sample is left out.</param>
/// <param name="Samples">Samples compared.</param>
/// <param name="Provider">What ran the models.</param>
internal sealed record Measurement(IReadOnlyDictionary<ComparedValue, SignalToNoise> Errors, int Samples, string Provider);

/// <summary>Runs the float and the quantized model on the same samples and compares values inside and the outputs.</summary>
internal static class ErrorMeasurement
{
    /// <param name="real">Float model.</param>
    /// <param name="facts">Shapes of its values.</param>
    /// <param name="quantized">Quantized model.</param>
    /// <param name="values">What is compared.</param>
    /// <param name="samples">Samples; none for no comparison.</param>
    /// <param name="sessions">What the models run on.</param>
    /// <param name="progress">Called with the number of samples done, over all passes, and of how many.</param>
    /// <param name="cancellation">Looked at before each sample.</param>
    public static Measurement Run(
        ModelProto real,
        TensorFacts facts,
        ModelProto quantized,
        IReadOnlyList<ComparedValue> values,
        SampleReader samples,
        SessionFactory sessions,
        Action<int, int?> progress,
        CancellationToken cancellation)
    {
        var errors = new Dictionary<ComparedValue, SignalToNoise>();
        List<List<ComparedValue>> passes = TapPasses.Of(facts, values.Distinct(), v => v.Name);
        (int done, int count, string provider) = (0, 0, "");
        foreach (List<ComparedValue> pass in passes)
        {
            (count, provider) = Run(real, quantized, pass, samples, sessions, errors, () => progress(++done, samples.Count * passes.Count), cancellation);
        }
        return new Measurement(errors, count, provider);
    }

    private static (int Samples, string Provider) Run(
        ModelProto real, ModelProto quantized, List<ComparedValue> values, SampleReader samples, SessionFactory sessions,
        Dictionary<ComparedValue, SignalToNoise> errors, Action progress, CancellationToken cancellation)
    {
        using IInferenceSession expected = sessions(TappedModel.Of(real, values.Select(v => v.Name)), "float model");
        using IInferenceSession actual = sessions(TappedModel.Of(quantized, values.Select(v => v.QuantizedName)), "quantized model");
        var pairs = values.Select(v => (Value: v, Expected: IndexOf(expected, v.Name), Actual: IndexOf(actual, v.QuantizedName), Error: new SignalToNoise())).ToList();
        int count = 0;
        float[] dequantized = [], clamped = [];
        foreach (IReadOnlyList<Tensor> sample in samples.Read(expected.Inputs))
        {
            cancellation.ThrowIfCancellationRequested();
            IReadOnlyList<Tensor> x = expected.Run([.. sample]), y = actual.Run([.. sample]);
            for (int i = pairs.Count - 1; i >= 0; i--)
            {
                (ComparedValue value, int e, int a, SignalToNoise error) = pairs[i];
                if (x[e].Shape != y[a].Shape) pairs.RemoveAt(i);
                else error.Add(
                    value.Tails is { } t ? Clamp(x[e].AsSpan<float>(), t, ref clamped) : x[e].AsSpan<float>(),
                    value.Parameters is { } p ? Dequantize(y[a], p, ref dequantized) : y[a].AsSpan<float>());
            }
            count++;
            progress();
        }
        foreach ((ComparedValue value, _, _, SignalToNoise error) in pairs) errors[value] = error;
        return (count, actual.Provider);
    }

    private static int IndexOf(IInferenceSession session, string output)
    {
        for (int i = 0; i < session.Outputs.Count; i++)
            if (session.Outputs[i].Name == output) return i;
        throw new ModelException($"{session.Provider} does not return '{output}'");
    }

    private static ReadOnlySpan<float> Clamp(ReadOnlySpan<float> values, ValueRange range, ref float[] buffer)
    {
        if (buffer.Length < values.Length) buffer = new float[values.Length];
        for (int i = 0; i < values.Length; i++) buffer[i] = Math.Clamp(values[i], range.Min, range.Max);
        return buffer.AsSpan(0, values.Length);
    }

    private static ReadOnlySpan<float> Dequantize(Tensor integers, QuantizationParameters p, ref float[] buffer)
    {
        if (buffer.Length < integers.Count) buffer = new float[integers.Count];
        Span<float> real = buffer.AsSpan(0, integers.Count);
        switch (integers.Type)
        {
            case DataType.Int8: Dequantize(integers.AsSpan<sbyte>(), p, real); break;
            case DataType.UInt16: Dequantize(integers.AsSpan<ushort>(), p, real); break;
            case DataType.Int16: Dequantize(integers.AsSpan<short>(), p, real); break;
            default: Dequantize(integers.AsSpan<byte>(), p, real); break;
        }
        return real;
    }

    private static void Dequantize<T>(ReadOnlySpan<T> integers, QuantizationParameters p, Span<float> real) where T : unmanaged, IBinaryInteger<T>
    {
        for (int i = 0; i < real.Length; i++) real[i] = (int.CreateTruncating(integers[i]) - p.ZeroPoint) * p.Scale;
    }
}
