using Edge.Quantization.Observers;
using Edge.Runtime;

namespace Edge.Quantization;

/// <summary>How weights become integers.</summary>
public enum WeightRounding
{
    /// <summary>Each to the nearest code.</summary>
    Nearest,

    /// <summary>
    /// Layer by layer, so that the errors of a layer's weights cancel in its result on the calibration samples (error
    /// feedback, as GPTQ). Biases are corrected on the way. Seconds for a MobileNet.
    /// </summary>
    Feedback,

    /// <summary>That, and learned by descent where it is better (AdaRound). A minute or so for a MobileNet.</summary>
    Learned,
}

/// <summary>How biases are corrected for the shift that quantization gives the mean of a layer's result.</summary>
public enum BiasMethod
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>For the error of the layer's weights, at the float model's mean inputs: one pass of the float model.</summary>
    Analytic,

    /// <summary>For all errors up to there, layer by layer in the quantized model: some seconds for a MobileNet.</summary>
    Empirical,
}

/// <summary>What layers become that lose too much in 8 bits.</summary>
public enum SearchFallback
{
    /// <summary>They stay float32.</summary>
    Float,

    /// <summary>Their activations have 16 bits, their weights 8.</summary>
    SixteenBits,
}

/// <summary>How a model is quantized. Immutable.</summary>
public sealed record QuantizationOptions
{
    /// <summary>What becomes integers, and when. The others than <see cref="QuantizationForm.Static"/> need no samples.</summary>
    public QuantizationForm Form { get; init; }

    /// <summary>
    /// Inputs that always have the same value where the model will run, by name: a sampling rate, a switch. The result is the
    /// model for these values, without such inputs; an If that they decide becomes the branch that it takes, whose layers are
    /// quantized like all others. Calibration samples do not have them.
    /// </summary>
    public IReadOnlyDictionary<string, double> FixedInputs { get; init; } = new Dictionary<string, double>();

    /// <summary>Weights that share a scale in <see cref="QuantizationForm.WeightOnly4"/>: a power of two from 16 to 256.</summary>
    public int WeightBlock { get; init; } = 32;

    /// <summary>
    /// Weights of 4 bits as uint4 with a zero point for each block, instead of int4 around 0: nearer to weights that lie on one
    /// side of 0, for half a byte more a block.
    /// </summary>
    public bool AsymmetricWeights { get; init; }

    /// <summary>Operators that stay float everywhere: <c>Add</c>, <c>GlobalAveragePool</c>, …</summary>
    public IReadOnlyCollection<string> FloatOperators { get; init; } = [];

    /// <summary>
    /// Nodes that stay float, by name; <c>*</c> and <c>?</c> stand for any characters and any one. A pattern that matches no
    /// node is an error. Names are those that the report and <c>edge inspect</c> show.
    /// </summary>
    public IReadOnlyCollection<string> FloatNodes { get; init; } = [];

    /// <summary>
    /// Nodes whose results have 16 bits in <see cref="QuantizationForm.Static"/>, by name as in <see cref="FloatNodes"/>, and
    /// whose inputs have, unless a layer of 8 bits computes them; weights stay int8. Such layers are written for accelerators
    /// that have them (a16w8), and are near float; CPUs compute them in float. The model becomes one of opset 21.
    /// </summary>
    public IReadOnlyCollection<string> Activations16 { get; init; } = [];

    /// <summary>
    /// Products of two activations, as attention has them, become integers, too, for accelerators that compute whole
    /// transformers so. CPUs are faster with them in float, where they are one step with the softmax between.
    /// </summary>
    public bool ActivationProducts { get; init; }

    /// <summary>The layers with weights that come first and last in the network stay float.</summary>
    public bool FloatEnds { get; init; }

    /// <summary>One scale for each output channel of weights (the default), or one for a whole tensor.</summary>
    public bool PerChannel { get; init; } = true;

    /// <summary>
    /// Activations as int8 with zero point 0 instead of uint8 with any. TensorRT accepts only this form; it loses up to one
    /// bit on values of one sign.
    /// </summary>
    public bool SymmetricActivations { get; init; }

    /// <summary>
    /// Biases as int32 behind a DequantizeLinear (the default: what integer kernels add), or left float32. TensorRT takes
    /// only float biases.
    /// </summary>
    public bool QuantizeBias { get; init; } = true;

    /// <summary>Calibration samples to use at most; null for all.</summary>
    public int? MaxSamples { get; init; }

    /// <summary>Samples, of those used for calibration, on which the report compares float and int8; 0 for no comparison.</summary>
    public int MeasuredSamples { get; init; } = 32;

    /// <summary>Chooses the range of each activation.</summary>
    public IRangeEstimator Ranges { get; init; } = RangeEstimators.MinMax;

    /// <summary>
    /// Choose, for each activation, among the ranges of all of <see cref="RangeEstimators"/> and <see cref="Ranges"/> the one
    /// with which the model's outputs, measured on a few samples, are the closest to those of the float model.
    /// </summary>
    public bool ChooseRanges { get; init; }

    /// <summary>
    /// Even out, between layers that follow each other, the ranges of their channels' weights, which changes nothing in float:
    /// of most use with one scale for a whole tensor.
    /// </summary>
    public bool Equalize { get; init; }

    /// <summary>
    /// Move what is constant in a channel's large values into the next layer's bias (high-bias absorption), which narrows the
    /// range of the activations between; of use after <see cref="Equalize"/>.
    /// </summary>
    public bool AbsorbBias { get; init; }

    /// <summary>
    /// Move outliers of the activations of transformers into weights (SmoothQuant): 0 moves nothing, 1 all that is uneven, 0.5
    /// shares it; null leaves the model as it is.
    /// </summary>
    public double? Smooth { get; init; }

    /// <summary>Correct each layer's bias for the shift that quantization gives the mean of its result, measured on the calibration samples.</summary>
    public BiasMethod CorrectBias { get; init; }

    /// <summary>How weights become integers.</summary>
    public WeightRounding Rounding { get; init; }

    /// <summary>
    /// The model will run on this machine: a search weighs layers by their times here, and puts back to float those that
    /// integers make slower here. Off, it weighs them by their multiply-accumulates, and its result depends on no clock.
    /// </summary>
    public bool ForThisMachine { get; init; } = true;

    /// <summary>
    /// What a search gives layers that lose too much in 8 bits: float32, or 16-bit activations around int8 weights, as
    /// <see cref="Activations16"/> does, where an accelerator computes all in integers.
    /// </summary>
    public SearchFallback Fallback { get; init; }

    /// <summary>What the models run on while ranges and errors are measured; by default this project's runtime on all cores.</summary>
    public SessionFactory Sessions { get; init; } = (model, name) =>
    {
        // The session keeps the model alive; this reference to it ends here.
        using Model loaded = Model.FromProto(model, name);
        return new InferenceSession(loaded);
    };

    /// <summary>Nodes that a search leaves in float, by their exact names, each with the reason that the report gives.</summary>
    internal IReadOnlyDictionary<string, string> KeptFloat { get; init; } = new Dictionary<string, string>();
}
