using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Candidates;
using Edge.Quantization.Observers;
using Edge.Quantization.Rewrite;
using Edge.Quantization.Rewrite.Qdq;
using Edge.Quantization.Search.Noise;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Quantization.Search;

/// <summary>
/// Chooses the estimator of each activation's range by what counts: the float model runs on a few samples with that one
/// activation quantized, once for each range in question, and the range wins with which the model's outputs stay closest
/// to what they were. Activations that share their parameters are decided together; those that hardly add to the error
/// of the outputs keep the range of the first estimator.
/// </summary>
/// <param name="samples">Calibration samples; the first few are used.</param>
/// <param name="options">For estimators, types and sessions.</param>
internal sealed class RangeSearch(SampleReader samples, QuantizationOptions options)
{
    /// <summary>Samples that each range is tried on.</summary>
    private const int Tried = 16;

    /// <summary>Least share of the error of all activations for which ranges are tried.</summary>
    private const double Matters = 0.01;

    /// <summary>A narrower range must make the error smaller by so much: a few samples say no more, and what saturates is lost for good.</summary>
    private const double Gain = 0.8;

    /// <summary>Ranges whose ends differ by less than this part of their width are the same.</summary>
    private const float Same = 0.01f;

    /// <summary>The choice for each activation of the plan.</summary>
    /// <param name="prepared">The model, with statistics of all activations of the plan.</param>
    /// <param name="graph">Its graph, as planned.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="progress">Told how many activations are done, of how many.</param>
    /// <param name="cancellation">Looked at before each run.</param>
    public Dictionary<string, ChosenRange> Choose(
        PreparedModel prepared, OnnxGraph graph, QuantizationPlan plan, Action<int, int> progress, CancellationToken cancellation)
    {
        IRangeEstimator[] estimators = [options.Ranges, .. RangeEstimators.All.Where(e => e.Name != options.Ranges.Name)];
        Dictionary<string, ValueRange>[] ranges =
        [
            .. estimators.Select(e => FlatTails.Cut(graph, plan, plan.Activations.ToDictionary(a => a, a => Estimate(prepared.Statistics[a], e)), options.Sessions)),
        ];
        ActivationRanges shared = ActivationRanges.Of(plan, ranges[0], options.SymmetricActivations);
        var groups = plan.Activations.GroupBy(shared.Group).ToList();
        var chosen = new Dictionary<string, ChosenRange>();
        IReadOnlyList<string> sources = NoiseMeasurement.Sources(plan);
        int total = sources.Count + groups.Count;
        Dictionary<string, double> errors = new NoiseMeasurement(samples, options, cancellation).OfActivations(prepared, sources, shared.Range, d => progress(d, total));
        double least = Matters * errors.Values.Sum();
        using IInferenceSession real = options.Sessions(prepared.NewModel(), "float model");
        int done = sources.Count;
        foreach (IGrouping<string, string> group in groups)
        {
            string widest = group.MaxBy(a => (double)ranges[0][a].Max - ranges[0][a].Min)!;
            bool matters = group.Sum(a => errors.GetValueOrDefault(a)) is var error && error > 0 && error >= least;
            int best = matters ? Best(prepared, real, widest, [.. ranges.Select(r => r[widest].WithZero())], cancellation) : 0;
            foreach (string activation in group) chosen[activation] = new ChosenRange(ranges[best][activation], estimators[best].Name);
            progress(++done, total);
        }
        return chosen;
    }

    private int Best(PreparedModel prepared, IInferenceSession real, string activation, ValueRange[] ranges, CancellationToken cancellation)
    {
        int[] distinct = [.. Enumerable.Range(0, ranges.Length).Where(i => !Enumerable.Range(0, i).Any(j => AreSame(ranges[i], ranges[j])))];
        if (distinct.Length == 1) return 0;
        int input = IndexOf(real.Inputs, activation);
        OnnxGraph graph = prepared.NewGraph();
        string patched = activation;
        if (input < 0) patched = PatchedModel.Patch(graph, prepared.Facts, activation);
        using IInferenceSession? tapped = input < 0 ? options.Sessions(TappedModel.Of(prepared.NewModel(), [activation]), "float model") : null;
        using IInferenceSession session = options.Sessions(graph.Model, $"float model behind '{activation}'");
        var errors = distinct.ToDictionary(i => i, _ => new OutputError());
        foreach (IReadOnlyList<Tensor> sample in samples.Take(Tried).Read(real.Inputs))
        {
            cancellation.ThrowIfCancellationRequested();
            IReadOnlyList<Tensor> expected = (tapped ?? real).Run([.. sample]);
            Tensor value = tapped is null ? sample[input] : expected[IndexOf(tapped.Outputs, activation)];
            Tensor quantized = Tensor.Create<float>(value.Shape);
            foreach (int i in distinct)
            {
                FakeQuantization.Apply(value.AsSpan<float>(), ranges[i], options.SymmetricActivations, quantized.AsSpan<float>());
                Tensor[] inputs = input < 0 ? [.. sample, quantized] : [.. sample.Select((s, k) => k == input ? quantized : s)];
                IReadOnlyList<Tensor> outputs = session.Run(inputs);
                errors[i].Add([.. expected.Take(outputs.Count)], outputs);
            }
        }
        int best = 0;
        foreach (int i in distinct)
            if (errors[i].Relative < errors[best].Relative * Gain) best = i;
        return best;
    }

    private static ValueRange Estimate(ActivationStatistics statistics, IRangeEstimator estimator) =>
        statistics.Samples == 0 ? new ValueRange(0, 0) : estimator.Estimate(statistics, ActivationParameters.Steps);

    private static bool AreSame(ValueRange a, ValueRange b)
    {
        float tolerance = Same * Math.Max(a.Max - a.Min, b.Max - b.Min);
        return Math.Abs(a.Min - b.Min) <= tolerance && Math.Abs(a.Max - b.Max) <= tolerance;
    }

    private static int IndexOf(IReadOnlyList<TensorInfo> values, string name)
    {
        for (int i = 0; i < values.Count; i++)
            if (values[i].Name == name) return i;
        return -1;
    }
}
