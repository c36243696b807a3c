using Edge.Quantization.Search;

namespace Edge.AccuracyTable.Measuring;

/// <summary>What was measured of one model.</summary>
internal sealed record AccuracyRow(string Name)
{
    /// <summary>Why there are no figures; null where there are.</summary>
    public string? Failure { get; init; }

    public string Metric { get; init; } = "";

    public string Unit { get; init; } = "";

    public double Fp32 { get; init; } = double.NaN;

    public double Int8 { get; init; } = double.NaN;

    /// <summary>How much worse int8 is; negative where it is better.</summary>
    public double Drop { get; init; } = double.NaN;

    /// <summary>Of the drop, as the search states it: of a relative one in parts of <see cref="Fp32"/>; null where the samples are too few.</summary>
    public DropInterval? Interval { get; init; }

    public double MaxDrop { get; init; } = double.NaN;

    /// <summary>Whether <see cref="MaxDrop"/> is in percent of <see cref="Fp32"/>.</summary>
    public bool Relative { get; init; }

    /// <summary>What is told besides of the int8 model; empty for nothing.</summary>
    public string Beside { get; init; } = "";

    public int Samples { get; init; }

    public int CalibrationSamples { get; init; }

    public string Split { get; init; } = "";

    /// <summary>Of the int8 model's multiplications, the share that is computed in float.</summary>
    public double FloatMacs { get; init; } = double.NaN;

    public long Fp32Bytes { get; init; }

    public long Int8Bytes { get; init; }

    public double Fp32Ms { get; init; } = double.NaN;

    public double Int8Ms { get; init; } = double.NaN;

    /// <summary>How far ONNX Runtime agrees on the int8 model, with its name and unit.</summary>
    public string OnnxRuntime { get; init; } = "";

    public bool Kept => Failure is null && !double.IsNaN(Int8) && Drop <= (Relative ? MaxDrop / 100 * Math.Abs(Fp32) : MaxDrop) + 1e-9;
}
