using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Metrics;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Quantization.Search;

/// <summary>One sample's outputs beside those of the float model.</summary>
/// <param name="Sample">Its position in the source.</param>
/// <param name="Error">Relative error of its outputs.</param>
/// <param name="FloatTop">Index of the float model's largest first output; null where the first output is no row of scores.</param>
/// <param name="Top">The quantized model's.</param>
/// <param name="FloatScore">The float model's value there.</param>
/// <param name="Score">The quantized model's value there.</param>
internal sealed record SampleError(int Sample, double Error, int? FloatTop, int? Top, float? FloatScore, float? Score);

/// <summary>How good a model is on the samples of a promise.</summary>
/// <param name="FloatValue">The metric of the float model.</param>
/// <param name="Value">The metric of the model.</param>
/// <param name="Error">Of its outputs against the float model's.</param>
/// <param name="Samples">Samples seen.</param>
/// <param name="SameTop">Samples whose first output has its largest value at the same place; null where outputs have no such.</param>
/// <param name="Worst">The samples with the largest errors, those first whose largest output moved.</param>
internal sealed record EvaluationResult(double FloatValue, double Value, OutputError Error, int Samples, int? SameTop, IReadOnlyList<SampleError> Worst);

/// <summary>Runs a float and a quantized model side by side over labelled samples.</summary>
internal static class Evaluation
{
    /// <summary>Samples that are remembered as the worst.</summary>
    private const int Remembered = 8;

    public static EvaluationResult Run(
        FloatAnswers real, ModelProto quantized, SampleReader samples, IAccuracyMetric metric, SessionFactory sessions, Action<int, int?> progress, CancellationToken cancellation,
        DropSpread? spread = null)
    {
        using FloatAnswers.Pass answers = real.Begin();
        using IInferenceSession actual = sessions(quantized, "quantized model");
        IAccuracyScore floatScore = metric.Start(), score = metric.Start();
        var error = new OutputError();
        var worst = new List<SampleError>();
        int count = 0, same = 0, tops = 0;
        foreach (IReadOnlyList<Tensor> sample in samples.Read(actual.Inputs))
        {
            cancellation.ThrowIfCancellationRequested();
            IReadOnlyList<Tensor> x = answers.Of(count, sample), y = actual.Run([.. sample]);
            floatScore.Add(count, x, x);
            score.Add(count, x, y);
            SampleError e = Compare(count, error.Add(x, y), x[0], y[0]);
            spread?.Add(count, x, y, e.FloatTop is null ? null : e.FloatTop == e.Top);
            if (e.FloatTop is not null)
            {
                tops++;
                if (e.FloatTop == e.Top) same++;
            }
            Remember(worst, e);
            progress(++count, samples.Count);
        }
        return new EvaluationResult(floatScore.Value, score.Value, error, count, tops > 0 ? same : null, worst);
    }

    private static SampleError Compare(int sample, double error, Tensor x, Tensor y)
    {
        // Only a row of scores has a largest one that means something: the largest of a map of boxes does not.
        bool isRow = x.Type == DataType.Float32 && x.Count >= 2 && x.Shape == y.Shape && x.Shape.ToArray().Max() == x.Count;
        if (!isRow) return new SampleError(sample, error, null, null, null, null);
        (int a, int b) = (Best(x), Best(y));
        return new SampleError(sample, error, a, b, x.AsSpan<float>()[a], y.AsSpan<float>()[b]);
    }

    private static void Remember(List<SampleError> worst, SampleError e)
    {
        worst.Add(e);
        worst.Sort((a, b) => (a.FloatTop != a.Top, a.Error).CompareTo((b.FloatTop != b.Top, b.Error)) * -1);
        if (worst.Count > Remembered) worst.RemoveAt(Remembered);
    }

    private static int Best(Tensor values)
    {
        ReadOnlySpan<float> v = values.AsSpan<float>();
        int best = 0;
        for (int i = 1; i < v.Length; i++)
            if (v[i] > v[best]) best = i;
        return best;
    }
}
