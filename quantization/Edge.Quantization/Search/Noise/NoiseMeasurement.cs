using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Candidates;
using Edge.Quantization.Observers;
using Edge.Quantization.Rewrite;
using Edge.Quantization.Rewrite.Preparation;
using Edge.Quantization.Rewrite.Qdq;
using Edge.Quantization.Rounding;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Quantization.Search.Noise;

/// <summary>
/// Measures where a quantized model's error comes from: the float model runs on a few samples with one activation rounded, or
/// with the rounded weights of one layer. Most of the error usually comes from few of them.
/// </summary>
/// <param name="samples">Calibration samples; the first few are used.</param>
/// <param name="options">For types and sessions.</param>
/// <param name="cancellation">Looked at before each run.</param>
internal sealed class NoiseMeasurement(SampleReader samples, QuantizationOptions options, CancellationToken cancellation)
{
    /// <summary>Samples that each is tried on, unless outputs are large.</summary>
    private const int MostSamples = 8, LeastSamples = 2;

    /// <summary>Bytes of expected outputs, and of activations, that are kept at once.</summary>
    private const long KeptBytes = 16L << 20;

    /// <summary>Where all weights together add less than this share of what activations add, no single layer's are measured.</summary>
    private const double FewWeights = 0.05;

    /// <summary>The activations of a plan that hold rounding errors of their own, in graph order.</summary>
    public static IReadOnlyList<string> Sources(QuantizationPlan plan)
    {
        HashSet<string> moved = [.. plan.Quantized.Where(u => u.Role == OperatorRole.Move).SelectMany(u => u.Outputs)];
        return [.. plan.Activations.Where(a => !moved.Contains(a) && !plan.IsWide(a))];
    }

    /// <summary>Activations first; then weights, together and, if they matter, each layer's.</summary>
    /// <param name="candidate">The model.</param>
    /// <param name="progress">Told how many are done, of how many.</param>
    public NoiseProfile Of(Candidate candidate, Action<int, int> progress)
    {
        IReadOnlyList<string> sources = Sources(candidate.Plan);
        IReadOnlyList<QuantizedLayer> layers = QuantizedLayer.Of(candidate);
        int total = sources.Count + layers.Count;
        Dictionary<string, double> activations = OfActivations(candidate.Source, sources, candidate.Ranges.Range, done => progress(done, total));
        Sample[] kept = Keep(candidate.Source, []);
        double all = OfWeights(candidate, layers, kept), few = FewWeights * activations.Values.Sum();
        var weights = new Dictionary<string, double>();
        foreach (QuantizedLayer layer in layers)
        {
            weights[layer.Name] = all <= few ? all / layers.Count : OfWeights(candidate, [layer], kept);
            progress(sources.Count + weights.Count, total);
        }
        return new NoiseProfile(activations, weights);
    }

    /// <summary>What the weights of all layers add together.</summary>
    public double OfWeights(Candidate candidate) => OfWeights(candidate, QuantizedLayer.Of(candidate), Keep(candidate.Source, []));

    /// <summary>What each activation adds; what was measured before with the same range is known.</summary>
    /// <param name="prepared">The float model.</param>
    /// <param name="activations">As of <see cref="Sources"/>.</param>
    /// <param name="range">The range that each is rounded with.</param>
    /// <param name="progress">Told how many are done.</param>
    public Dictionary<string, double> OfActivations(PreparedModel prepared, IReadOnlyList<string> activations, Func<string, ValueRange> range, Action<int> progress)
    {
        string[] missing = [.. activations.Where(a => !prepared.Noise.ContainsKey((a, range(a))))];
        int done = activations.Count - missing.Length;
        progress(done);
        foreach (List<string> pass in TapPasses.Of(prepared.Facts, missing, a => a, KeptBytes / MostSamples).Where(p => p.Count > 0))
        {
            Sample[] kept = Keep(prepared, pass);
            foreach (string activation in pass)
            {
                prepared.Noise[(activation, range(activation))] = OfActivation(prepared, activation, range(activation).WithZero(), kept);
                progress(++done);
            }
        }
        return activations.ToDictionary(a => a, a => prepared.Noise[(a, range(a))]);
    }

    private double OfActivation(PreparedModel prepared, string activation, ValueRange range, Sample[] kept)
    {
        OnnxGraph graph = prepared.NewGraph();
        int input = graph.Inputs.ToList().IndexOf(activation);
        if (input < 0) PatchedModel.Patch(graph, prepared.Facts, activation);
        using IInferenceSession session = options.Sessions(graph.Model, $"float model behind '{activation}'");
        var error = new OutputError();
        foreach (Sample sample in kept)
        {
            cancellation.ThrowIfCancellationRequested();
            Tensor value = sample.Values[activation], rounded = Tensor.Create<float>(value.Shape);
            FakeQuantization.Apply(value.AsSpan<float>(), range, options.SymmetricActivations, rounded.AsSpan<float>());
            error.Add(sample.Outputs, session.Run(input < 0 ? [.. sample.Inputs, rounded] : [.. sample.Inputs.Select((s, i) => i == input ? rounded : s)]));
        }
        return error.Relative;
    }

    private double OfWeights(Candidate candidate, IReadOnlyList<QuantizedLayer> layers, Sample[] kept)
    {
        OnnxGraph graph = candidate.Source.NewGraph();
        QuantizationOptions o = candidate.Options;
        // Corrected biases make up for errors of other layers, too; here, all else is exact.
        Dictionary<QuantizedLayer, double[]> shifts = o.CorrectBias == BiasMethod.None && o.Rounding == WeightRounding.Nearest ? []
            : BiasCorrection.Shifts(candidate, [.. layers.Where(l => l.TakesBias)], samples, cancellation).ToDictionary(s => s.Layer, s => s.Shift);
        Dictionary<string, NodeProto> nodes = graph.Nodes.ToDictionary(n => n.Name);
        foreach (QuantizedLayer layer in layers)
        {
            NodeProto node = nodes[layer.Name];
            TensorProto weights = graph.Constant(node.Inputs[1])!;
            node.Inputs[1] = graph.AddConstant(TensorValues.Make<float>(weights.Name, layer.RoundedWeights(), [.. weights.Dims]));
            if (shifts.TryGetValue(layer, out double[]? shift)) node.SetInput(2, graph.AddConstant(TensorValues.Vector(node.Name + "_bias", [.. layer.RealBias().Select((b, r) => (float)(b + shift[r]))])));
        }
        using IInferenceSession session = options.Sessions(graph.Model, "float model with rounded weights");
        var error = new OutputError();
        foreach (Sample sample in kept)
        {
            cancellation.ThrowIfCancellationRequested();
            error.Add(sample.Outputs, session.Run([.. sample.Inputs]));
        }
        return error.Relative;
    }

    /// <summary>Runs the float model and keeps what it returns, and some values inside.</summary>
    private Sample[] Keep(PreparedModel prepared, IReadOnlyList<string> values)
    {
        using IInferenceSession session = options.Sessions(TappedModel.Of(prepared.NewModel(), values.Where(v => !prepared.IsInput(v))), "float model");
        int outputs = prepared.NewModel().Graph.Outputs.Count;
        var kept = new List<Sample>();
        long bytes = 0;
        foreach (IReadOnlyList<Tensor> sample in samples.Take(MostSamples).Read(session.Inputs))
        {
            cancellation.ThrowIfCancellationRequested();
            Tensor[] inputs = [.. sample.Select(t => t.Clone())], results = [.. session.Run(inputs).Select(t => t.Clone())];
            var inside = new Dictionary<string, Tensor>();
            for (int i = 0; i < results.Length; i++) inside[session.Outputs[i].Name] = results[i];
            for (int i = 0; i < inputs.Length; i++) inside[session.Inputs[i].Name] = inputs[i];
            kept.Add(new Sample(inputs, results[..outputs], inside));
            bytes += results[..outputs].Sum(t => (long)t.Bytes.Length);
            if (kept.Count >= LeastSamples && bytes >= KeptBytes) break;
        }
        return [.. kept];
    }

    private sealed record Sample(Tensor[] Inputs, Tensor[] Outputs, Dictionary<string, Tensor> Values);
}
