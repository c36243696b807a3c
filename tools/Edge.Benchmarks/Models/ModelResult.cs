namespace Edge.Benchmarks.Models;

/// <summary>What was measured of one model.</summary>
/// <param name="Model">The file's name, or the generated network's.</param>
/// <param name="Network">What all forms of one network share.</param>
/// <param name="Format"><c>fp32</c>, or <c>int8</c> and how it is written down.</param>
/// <param name="Isa">Our kernel set.</param>
/// <param name="Threads">Of each engine.</param>
/// <param name="Milliseconds">Ours, the median over slices.</param>
/// <param name="OnnxRuntimeMilliseconds">The same of ONNX Runtime.</param>
/// <param name="Ratio">Ours to theirs on the same file, the median over slices: below 1 we are faster.</param>
/// <param name="Low">Lower quartile of the ratio.</param>
/// <param name="High">Upper quartile.</param>
/// <param name="NcnnMilliseconds">As given on the command line (one thread); null if it was not.</param>
internal sealed record ModelResult(
    string Model, string Network, string Format, string Isa, int Threads, double Milliseconds, double OnnxRuntimeMilliseconds, double Ratio, double Low, double High, double? NcnnMilliseconds)
{
    public bool IsInt8 => Format != ModelFormat.Float;

    /// <summary>Ours to ncnn's.</summary>
    public double? NcnnRatio => Milliseconds / NcnnMilliseconds;
}
