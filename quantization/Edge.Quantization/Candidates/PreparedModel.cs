using Edge.Onnx;
using Edge.Quantization.Observers;
using Edge.Quantization.Report;
using Edge.Quantization.Rewrite;
using Edge.Quantization.Rewrite.Preparation;

namespace Edge.Quantization.Candidates;

/// <summary>
/// A float model in the form that is quantized, with what calibration saw of it: what the candidates made of it have in
/// common. Not synchronized.
/// </summary>
/// <param name="bytes">The prepared model as a file; candidates share its weights.</param>
/// <param name="facts">Types and shapes of its values.</param>
/// <param name="changes">What was done to channels and biases on the way.</param>
internal sealed class PreparedModel(byte[] bytes, TensorFacts facts, PreparationReport changes)
{
    private readonly HashSet<string> _inputs = [.. OnnxReader.Read(bytes, "the prepared model").Graph.Inputs.Select(i => i.Name)];

    public TensorFacts Facts { get; } = facts;

    public PreparationReport Changes { get; } = changes;

    /// <summary>By activation; those that a plan asked for so far.</summary>
    public Dictionary<string, ActivationStatistics> Statistics { get; } = [];

    /// <summary>Means of each channel of a layer's input, by its name; those that a correction asked for so far.</summary>
    public Dictionary<string, double[]> ChannelMeans { get; } = [];

    /// <summary>What an activation that is rounded with a range adds to the error of the outputs; those that were measured so far.</summary>
    public Dictionary<(string Activation, ValueRange Range), double> Noise { get; } = [];

    /// <summary>Samples that the statistics are of.</summary>
    public int Samples { get; set; }

    /// <summary>Ranges chosen by measurement, for the activations that a search looked at.</summary>
    public IReadOnlyDictionary<string, ChosenRange>? Chosen { get; set; }

    /// <summary>A graph of one's own, to be rewritten.</summary>
    public OnnxGraph NewGraph() => new(NewModel());

    /// <summary>Whether the value is an input of the model.</summary>
    public bool IsInput(string value) => _inputs.Contains(value);

    public ModelProto NewModel() => OnnxReader.Read(bytes, "the prepared model");
}

/// <summary>A range and the name of the estimator that it is of.</summary>
internal sealed record ChosenRange(ValueRange Range, string Estimator);
