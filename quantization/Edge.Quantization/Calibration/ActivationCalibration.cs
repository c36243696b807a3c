using Edge.Onnx;
using Edge.Quantization.Observers;
using Edge.Quantization.Rewrite;
using Edge.Quantization.Rewrite.Preparation;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Quantization.Calibration;

/// <summary>
/// Runs a float model over the samples and gathers statistics of its activations. Memory does not grow with the number of
/// samples: values are counted and forgotten. Nor does it grow without bound with the model: where the activations of one
/// run are large together, they are observed a part at a time, each in a pass of its own.
/// </summary>
internal static class ActivationCalibration
{
    /// <param name="model">Float model.</param>
    /// <param name="facts">Shapes of its values.</param>
    /// <param name="activations">Float32 values of it, graph inputs included.</param>
    /// <param name="samples">Samples, already limited to those that are to be used.</param>
    /// <param name="sessions">What the model runs on.</param>
    /// <param name="progress">Called with the number of samples done, over all passes, and of all passes' samples where known.</param>
    /// <param name="cancellation">Looked at before each sample.</param>
    /// <returns>Statistics of each activation, and the number of samples.</returns>
    /// <exception cref="ModelException">There is no sample, or an activation is not finite; the message names it.</exception>
    public static (Dictionary<string, ActivationStatistics> Statistics, int Samples) Run(
        ModelProto model,
        TensorFacts facts,
        IReadOnlyList<string> activations,
        SampleReader samples,
        SessionFactory sessions,
        Action<int, int?> progress,
        CancellationToken cancellation)
    {
        var statistics = activations.ToDictionary(a => a, _ => new ActivationStatistics());
        HashSet<string> inputs = [.. model.Graph.Inputs.Select(i => i.Name)];
        List<List<string>> passes = TapPasses.Of(facts, activations.Where(a => !inputs.Contains(a)), a => a);
        int count = 0, done = 0;
        for (int pass = 0; pass < passes.Count; pass++)
        {
            using IInferenceSession session = sessions(TappedModel.Of(model, passes[pass]), "calibration");
            bool first = pass == 0;
            HashSet<string> wanted = [.. passes[pass]];
            count = 0;
            foreach (IReadOnlyList<Tensor> sample in samples.Read(session.Inputs))
            {
                cancellation.ThrowIfCancellationRequested();
                IReadOnlyList<Tensor> results = session.Run([.. sample]);
                var observed = new List<(string Name, Tensor Values)>();
                for (int i = 0; first && i < sample.Count; i++) observed.Add((session.Inputs[i].Name, sample[i]));
                for (int i = 0; i < results.Count; i++)
                    if (wanted.Contains(session.Outputs[i].Name)) observed.Add((session.Outputs[i].Name, results[i]));
                Observe(statistics, observed, count);
                count++;
                progress(++done, samples.Count * passes.Count);
            }
        }
        return (statistics, count);
    }

    private static void Observe(Dictionary<string, ActivationStatistics> statistics, IEnumerable<(string Name, Tensor Values)> values, int sample)
    {
        (string Name, Tensor Values, ActivationStatistics Statistics)[] work =
            [.. values.Where(v => statistics.ContainsKey(v.Name)).Select(v => (v.Name, v.Values, statistics[v.Name]))];
        var faults = new string?[work.Length];
        Parallel.For(0, work.Length, i =>
        {
            try
            {
                work[i].Statistics.Observe(work[i].Values.AsSpan<float>());
            }
            catch (NotFiniteNumberException e)
            {
                faults[i] = $"tensor '{work[i].Name}' {e.Message} in calibration sample {sample}: it has no range; check the samples, or keep the nodes around it in float";
            }
        });
        // The first in graph order, whichever thread was the first to see one.
        if (Array.Find(faults, f => f is not null) is { } fault) throw new ModelException(fault);
    }
}
