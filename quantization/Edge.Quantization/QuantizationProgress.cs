namespace Edge.Quantization;

/// <summary>What quantization is busy with.</summary>
public enum QuantizationStage
{
    /// <summary>Rewriting the float model.</summary>
    Prepare,

    /// <summary>Observing channels for equalization.</summary>
    Equalize,

    /// <summary>Making weights integers, a layer at a time.</summary>
    Weights,

    /// <summary>Observing activations.</summary>
    Calibrate,

    /// <summary>Trying ranges, an activation at a time.</summary>
    ChooseRanges,

    /// <summary>Correcting biases, a layer at a time.</summary>
    CorrectBias,

    /// <summary>Learning how to round weights, a layer at a time.</summary>
    LearnRounding,

    /// <summary>Comparing int8 with float.</summary>
    Measure,

    /// <summary>Judging a candidate by the metric of a promise.</summary>
    Evaluate,

    /// <summary>Measuring what each activation and each layer's weights add to the error.</summary>
    Sensitivity,

    /// <summary>Measuring what layers cost in time.</summary>
    Time,
}

/// <summary>How far quantization has come.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="Done">Samples, or layers, done in this stage.</param>
/// <param name="Total">Of how many; null where only reading the samples tells.</param>
/// <param name="Subject">What the stage is about where that is not the same each time: the candidate that is judged.</param>
public readonly record struct QuantizationProgress(QuantizationStage Stage, int Done, int? Total, string Subject = "");
