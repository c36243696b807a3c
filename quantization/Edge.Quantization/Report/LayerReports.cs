namespace Edge.Quantization.Report;

/// <summary>The options that shaped the numbers.</summary>
/// <param name="PerChannel">One scale for each output channel of weights.</param>
/// <param name="SymmetricActivations">Activations are int8 with zero point 0.</param>
/// <param name="QuantizeBias">Biases are int32.</param>
/// <param name="Ranges">Estimator of activations' ranges, or <c>measured</c> where each has its own.</param>
/// <param name="Equalized">The ranges of channels were evened out between layers.</param>
/// <param name="BiasCorrection">How biases are corrected for the shift of means: <c>none</c>, <c>analytic</c>, <c>empirical</c>, or <c>while rounding</c>.</param>
/// <param name="Rounding">How weights were rounded: <c>nearest</c>, <c>error feedback</c>, <c>learned</c>.</param>
/// <param name="FloatOperators">Operators that the user keeps in float.</param>
/// <param name="FloatNodes">Nodes that the user keeps in float.</param>
/// <param name="Form">What became integers, and when.</param>
/// <param name="WeightBlock">Weights that share a scale where they have 4 bits.</param>
/// <param name="AsymmetricWeights">Weights of 4 bits have a zero point for each block.</param>
/// <param name="Activations16">Nodes whose activations have 16 bits; null for none.</param>
/// <param name="BiasAbsorbed">The constant part of large activations was moved into biases.</param>
/// <param name="Smoothed">Strength with which outliers of activations were moved into weights; null where they were not.</param>
/// <param name="ActivationProducts">Products of two activations are integers.</param>
/// <param name="FixedInputs">Inputs of the float model that always have one value; null for none.</param>
public sealed record ReportedOptions(
    bool PerChannel, bool SymmetricActivations, bool QuantizeBias, string Ranges, bool Equalized, string BiasCorrection, string Rounding,
    IReadOnlyList<string> FloatOperators, IReadOnlyList<string> FloatNodes,
    QuantizationForm Form = QuantizationForm.Static, int WeightBlock = 32, bool AsymmetricWeights = false, IReadOnlyList<string>? Activations16 = null,
    bool BiasAbsorbed = false, double? Smoothed = null, bool ActivationProducts = false,
    IReadOnlyDictionary<string, double>? FixedInputs = null);

/// <summary>One output of the model over all measured samples.</summary>
/// <param name="Name">Its name.</param>
/// <param name="SqnrDb">Signal-to-quantization-noise ratio.</param>
/// <param name="MaxError">Largest absolute difference.</param>
/// <param name="MeanError">Mean absolute difference.</param>
public sealed record OutputReport(string Name, double SqnrDb, double MaxError, double MeanError);

/// <summary>One quantized activation.</summary>
/// <param name="Name">The value's name.</param>
/// <param name="Min">Low end of the range it is quantized with.</param>
/// <param name="Max">High end of it.</param>
/// <param name="Scale">Real size of one step.</param>
/// <param name="ZeroPoint">The integer of real 0.</param>
/// <param name="Estimator">What chose the range; neighbours that share it may have widened it.</param>
/// <param name="SaturatedPercent">Share of the values seen that lie outside of the range.</param>
/// <param name="Histogram">The values seen; null where there was none but 0.</param>
/// <param name="Bits">Of an integer.</param>
public sealed record ActivationReport(
    string Name, float Min, float Max, float Scale, int ZeroPoint, string Estimator, double SaturatedPercent, HistogramReport? Histogram, int Bits = 8);

/// <summary>The weights of a layer.</summary>
/// <param name="Min">Smallest float weight.</param>
/// <param name="Max">Largest.</param>
/// <param name="MinScale">Smallest scale of a channel.</param>
/// <param name="MaxScale">Largest.</param>
/// <param name="Channels">Number of scales: channels, or blocks.</param>
/// <param name="SqnrDb">Signal-to-quantization-noise ratio of the weights alone.</param>
/// <param name="BiasMadeRoom">Scales were enlarged so that the bias fits int32.</param>
/// <param name="Histogram">The integers; null where all are 0.</param>
/// <param name="Bits">Of one weight.</param>
public sealed record WeightReport(
    float Min, float Max, float MinScale, float MaxScale, int Channels, double SqnrDb, bool BiasMadeRoom, HistogramReport? Histogram, int Bits = 8);

/// <summary>One quantized layer: nodes that are computed in one step.</summary>
/// <param name="Name">Name of the first node.</param>
/// <param name="Operator">Its operators: <c>Conv + Relu</c>.</param>
/// <param name="Weights">Null for a layer without.</param>
/// <param name="Inputs">What it reads.</param>
/// <param name="Outputs">What it writes; empty where the result leaves as float32.</param>
/// <param name="SqnrDb">
/// Of its result, with the errors of all layers before it; null where it was not measured, or, in the static form, leaves as float32.
/// </param>
/// <param name="Cost">What a search measured of it; null where it did not.</param>
public sealed record LayerReport(
    string Name, string Operator, WeightReport? Weights, IReadOnlyList<ActivationReport> Inputs, IReadOnlyList<ActivationReport> Outputs, double? SqnrDb, LayerCostReport? Cost);

/// <summary>A node that computes in float.</summary>
/// <param name="Name">The node's name.</param>
/// <param name="Operator">Its operator.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="Cost">What a search measured of it when it was quantized; null where it did not.</param>
public sealed record FloatLayerReport(string Name, string Operator, string Reason, LayerCostReport? Cost);

/// <summary>What a search measured of one layer on this machine.</summary>
/// <param name="Macs">Multiply-accumulates of one run.</param>
/// <param name="FloatMilliseconds">Its time in the float model; null where it has no step of its own.</param>
/// <param name="Milliseconds">Its time with integers.</param>
/// <param name="AloneSqnrDb">
/// Signal-to-noise ratio of the model's outputs when only this layer's weights, inputs and result are rounded; null where not
/// measured.
/// </param>
public sealed record LayerCostReport(long Macs, double? FloatMilliseconds, double? Milliseconds, double? AloneSqnrDb);
