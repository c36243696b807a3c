using Edge.SharedModels.Samples;

namespace Edge.ModelMatrix;

/// <summary>How well a model does on labelled samples.</summary>
internal enum Metric
{
    /// <summary>No labels: only agreement is measured.</summary>
    None,

    /// <summary>Percentage of samples whose greatest output is that of the label.</summary>
    Top1,

    /// <summary>Mean squared difference of output and input, over all samples.</summary>
    ReconstructionError,
}

/// <summary>One model of the shared data, in fp32 and in the int8 forms that are there.</summary>
/// <param name="Name">As DATA.md names it.</param>
/// <param name="Fp32">Path under <c>shared/data</c>; null where there are only int8 forms.</param>
/// <param name="Int8">Form and path of each int8 version.</param>
/// <param name="Open">Its real inputs.</param>
/// <param name="Metric">What is measured on them.</param>
/// <param name="Figure">What DATA.md gives for fp32.</param>
/// <param name="FirstClass">Index of the output that is class 0: 1 where a background class comes first.</param>
internal sealed record ModelCase(
    string Name,
    string? Fp32,
    IReadOnlyList<(string Form, string Path)> Int8,
    Func<SharedSets, ISamples> Open,
    Metric Metric = Metric.None,
    double Figure = double.NaN,
    int FirstClass = 0)
{
    /// <summary>How far float32 outputs may be from ONNX Runtime's, in parts of their range.</summary>
    public double Fp32Tolerance { get; init; } = 1e-4;

    /// <summary>How far int8 outputs may be from ONNX Runtime's, in parts of their range: two engines round some ties another way, which later layers carry on.</summary>
    public double Int8Tolerance { get; init; } = 0.02;

    /// <summary>Recurrent state: the output of one step is an input of the next, which begins with zeros.</summary>
    public IReadOnlyList<(int Input, int Output, int[] Shape)> State { get; init; } = [];

    /// <summary>What the refusal of a model has to name that no runtime without custom operators can run; null for all others.</summary>
    public string? Refused { get; init; }

    /// <summary>Every file with its form, fp32 first.</summary>
    public IEnumerable<(string Form, string Path)> Files => Fp32 is null ? Int8 : Int8.Prepend(("fp32", Fp32));
}
