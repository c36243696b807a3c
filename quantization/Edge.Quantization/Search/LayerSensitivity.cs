using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Candidates;
using Edge.Quantization.Rewrite.Qdq;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Quantization.Search;

/// <summary>
/// What each layer's quantization does to the model's outputs: the model runs on a few samples with that one layer in
/// integers and all others in float. The errors of layers add up about, so that they say which layers to leave in float.
/// </summary>
internal static class LayerSensitivity
{
    /// <summary>Samples that each layer is tried on.</summary>
    private const int Tried = 8;

    /// <summary>Relative error of the outputs by layer, by the name of its first node.</summary>
    /// <param name="builder">Makes the models.</param>
    /// <param name="candidate">Whose layers with weights are tried, with its options.</param>
    /// <param name="progress">Told how many layers are done, of how many.</param>
    /// <param name="cancellation">Looked at before each run.</param>
    public static Dictionary<string, double> Measure(CandidateBuilder builder, Candidate candidate, Action<int, int> progress, CancellationToken cancellation)
    {
        QuantizationOptions options = candidate.Options;
        QuantizationUnit[] layers = Layers(candidate.Plan);
        string[] names = [.. layers.Select(l => l.Main.Name)];
        var errors = new Dictionary<string, double>();
        using IInferenceSession real = options.Sessions(candidate.Source.NewModel(), "float model");
        foreach (string name in names)
        {
            var others = new Dictionary<string, string>(options.KeptFloat);
            foreach (string other in names.Where(n => n != name)) others[other] = "its neighbour is measured";
            ModelProto alone = builder.Build(options with { KeptFloat = others }, candidate).Model;
            using IInferenceSession session = options.Sessions(alone, $"'{name}' in integers");
            var error = new OutputError();
            foreach (IReadOnlyList<Tensor> sample in builder.Samples.Take(Tried).Read(real.Inputs))
            {
                cancellation.ThrowIfCancellationRequested();
                error.Add(real.Run([.. sample]), session.Run([.. sample]));
            }
            errors[name] = error.Relative;
            progress(errors.Count, names.Length);
        }
        return errors;
    }

    /// <summary>The quantized units that have weights or multiply activations: those between which a search may choose.</summary>
    public static QuantizationUnit[] Layers(QuantizationPlan plan) => [.. plan.Quantized.Where(u => u.Role == OperatorRole.Product)];
}
