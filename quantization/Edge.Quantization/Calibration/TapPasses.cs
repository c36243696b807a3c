using Edge.Quantization.Rewrite.Preparation;

namespace Edge.Quantization.Calibration;

/// <summary>
/// Divides values that are to be looked at into passes: a value that a session returns stays in memory to the end of the run,
/// where it would otherwise make room for the next, and all together may be many times what the run itself needs.
/// </summary>
internal static class TapPasses
{
    /// <summary>Bytes of float32 values that one pass keeps alive, where nothing else is said.</summary>
    public const long BytesAtOnce = 32L << 20;

    /// <param name="facts">Shapes of values.</param>
    /// <param name="values">What is looked at, in graph order.</param>
    /// <param name="name">The name of the float value.</param>
    /// <param name="bytesAtOnce">Bytes of one pass, unless a value alone has more.</param>
    /// <returns>At least one pass, which may be empty.</returns>
    public static List<List<T>> Of<T>(TensorFacts facts, IEnumerable<T> values, Func<T, string> name, long bytesAtOnce = BytesAtOnce)
    {
        List<List<T>> passes = [[]];
        long bytes = 0;
        foreach (T value in values)
        {
            long size = 4L * (facts.ShapeOf(name(value))?.Count ?? 0);
            if (bytes > 0 && bytes + size > bytesAtOnce)
            {
                passes.Add([]);
                bytes = 0;
            }
            passes[^1].Add(value);
            bytes += size;
        }
        return passes;
    }
}
