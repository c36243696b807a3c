using System.Globalization;

namespace Edge.Quantization.Report;

/// <summary>Forms and their options in words.</summary>
internal static class PrecisionText
{
    /// <summary>What a model of the form is called: <c>int8</c>.</summary>
    public static string Name(QuantizationForm form) => form switch
    {
        QuantizationForm.Dynamic => "dynamic int8",
        QuantizationForm.WeightOnly8 => "int8 weights",
        QuantizationForm.WeightOnly4 => "4 bit weights",
        _ => "int8",
    };

    /// <summary>One sentence on what has which precision.</summary>
    public static string Of(ReportedOptions o)
    {
        string weights = o.PerChannel ? "per channel" : "per tensor";
        string made = o.FixedInputs is { } inputs ? $" Made for {string.Join(", ", inputs.Select(i => $"{i.Key} = {i.Value.ToString(CultureInfo.InvariantCulture)}"))}." : "";
        return (o.Form switch
        {
            QuantizationForm.Dynamic => $"Weights int8 {weights}, activations of dense layers and LSTMs uint8 at run time.",
            QuantizationForm.WeightOnly8 => $"Weights int8 {weights}, activations float32.",
            QuantizationForm.WeightOnly4 => $"Weights {(o.AsymmetricWeights ? "uint4" : "int4")} in blocks of {o.WeightBlock}, or int8 {weights} where sums are short; activations float32.",
            _ => $"Weights int8 {weights}, rounding: {o.Rounding}; activations {(o.SymmetricActivations ? "symmetric int8" : "asymmetric uint8")}{(o.Activations16 is { } wide ? $", 16 bits at {(wide.Count <= 6 ? string.Join(", ", wide) : $"{wide.Count} nodes")}" : "")}, "
                + $"ranges {o.Ranges}; bias {(o.QuantizeBias ? "int32" : "float32")}{(o.BiasCorrection == "none" ? "" : $", corrected ({o.BiasCorrection})")}{(o.ActivationProducts ? "; products of activations int8" : "")}{(o.Equalized ? "; channels equalized" : "")}{(o.BiasAbsorbed ? "; biases absorbed" : "")}{(o.Smoothed is { } a ? $"; outliers smoothed by {a.ToString(CultureInfo.InvariantCulture)}" : "")}.",
        }) + made;
    }
}
