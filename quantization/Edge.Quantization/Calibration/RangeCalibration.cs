using Edge.Onnx;
using Edge.Quantization.Observers;
using Edge.Quantization.Rewrite;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Quantization.Calibration;

/// <summary>Runs a float model over the samples and observes the values of activations.</summary>
internal static class RangeCalibration
{
    /// <param name="model">Float model.</param>
    /// <param name="activations">Float32 values of it, graph inputs included.</param>
    /// <param name="samples">Samples, already limited to those that are to be used.</param>
    /// <param name="options">For observers and sessions.</param>
    /// <param name="progress">Called with the number of samples done.</param>
    /// <param name="cancellation">Looked at before each sample.</param>
    /// <returns>One range an activation, and the number of samples.</returns>
    /// <exception cref="ModelException">There is no sample, or an activation is not finite; the message names it.</exception>
    public static (Dictionary<string, ValueRange> Ranges, int Samples) Run(
        ModelProto model,
        IReadOnlyList<string> activations,
        SampleReader samples,
        QuantizationOptions options,
        Action<int> progress,
        CancellationToken cancellation)
    {
        var observers = activations.ToDictionary(a => a, _ => options.Observer());
        HashSet<string> inputs = [.. model.Graph.Inputs.Select(i => i.Name)];
        using IInferenceSession session = options.Sessions(TappedModel.Of(model, activations.Where(a => !inputs.Contains(a))), "calibration");
        int count = 0;
        foreach (IReadOnlyList<Tensor> sample in samples.Read(session.Inputs))
        {
            cancellation.ThrowIfCancellationRequested();
            IReadOnlyList<Tensor> results = session.Run([.. sample]);
            for (int i = 0; i < sample.Count; i++) Observe(observers, session.Inputs[i].Name, sample[i], count);
            for (int i = 0; i < results.Count; i++) Observe(observers, session.Outputs[i].Name, results[i], count);
            progress(++count);
        }
        return (observers.ToDictionary(o => o.Key, o => o.Value.Range ?? new ValueRange(0, 0)), count);
    }

    private static void Observe(Dictionary<string, IObserver> observers, string name, Tensor values, int sample)
    {
        if (!observers.TryGetValue(name, out IObserver? observer)) return;
        try
        {
            observer.Observe(values.AsSpan<float>());
        }
        catch (NotFiniteNumberException e)
        {
            throw new ModelException($"tensor '{name}' {e.Message} in calibration sample {sample}: it has no range; check the samples, or keep the nodes around it in float", e);
        }
    }
}
