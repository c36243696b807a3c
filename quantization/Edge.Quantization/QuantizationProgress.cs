namespace Edge.Quantization;

/// <summary>What quantization is busy with.</summary>
public enum QuantizationStage
{
    /// <summary>Rewriting the float model.</summary>
    Prepare,

    /// <summary>Observing ranges.</summary>
    Calibrate,

    /// <summary>Comparing int8 with float.</summary>
    Measure,
}

/// <summary>How far quantization has come.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="Done">Samples done in this stage.</param>
/// <param name="Total">Samples in all; null where only reading them tells.</param>
public readonly record struct QuantizationProgress(QuantizationStage Stage, int Done, int? Total);
