namespace Edge.Kernels.Emit.Depthwise;

/// <summary>
/// Weights of a depthwise convolution as VPDPBUSD takes them: int8. uint8 weights less a zero point that is not 128 have a bit
/// more; such a weight is the sum of two, and its group of taps is multiplied twice, all others once.
/// </summary>
internal sealed class Int8TapWeights
{
    /// <summary>The largest weight that is a sum of two, one of which is as large as int8 can be.</summary>
    public const int Largest = 2 * sbyte.MaxValue;

    private readonly DepthwiseTiling _tiling;
    private readonly ReadOnlyMemory<short> _weights;
    private readonly int[] _twice;

    /// <param name="tiling">The convolution.</param>
    /// <param name="weights"><c>[C, kH, kW]</c>, less their zero points: from −255 to <see cref="Largest"/>. Read while this is used.</param>
    public Int8TapWeights(DepthwiseTiling tiling, ReadOnlyMemory<short> weights)
    {
        _tiling = tiling;
        _weights = weights;
        Groups = Int8TapGroups.Of(tiling);
        Terms = tiling.Geometry.KernelHeight * Groups.Count;
        bool[] wide = WideTaps();
        _twice = [.. Enumerable.Range(0, Terms).Where(term => Groups[term % Groups.Count].KernelColumns.Any(kx => kx >= 0 && wide[term / Groups.Count * tiling.Geometry.KernelWidth + kx]))];
    }

    /// <summary>As <see cref="Int8TapGroups.Of"/> has them.</summary>
    public List<TapGroup> Groups { get; }

    /// <summary>Vectors of weights for every vector of a chunk: a group for each kernel row, then those that are multiplied twice.</summary>
    public int Vectors => Terms + _twice.Length;

    private int Terms { get; }

    /// <summary>The vector of a group's weights for a kernel row; then, if they are sums of two, the vector of the others; else −1.</summary>
    public (int First, int Second) Place(int kernelRow, TapGroup taps)
    {
        int first = kernelRow * Groups.Count + Groups.IndexOf(taps), second = Array.IndexOf(_twice, first);
        return (first, second < 0 ? -1 : Terms + second);
    }

    /// <summary>The two whose sum a weight is; the second is 0 wherever the first is enough.</summary>
    public (sbyte First, sbyte Second) Split(int channel, int kernelRow, int kernelColumn)
    {
        int weight = _weights.Span[(channel * _tiling.Geometry.KernelHeight + kernelRow) * _tiling.Geometry.KernelWidth + kernelColumn];
        int first = Math.Clamp(weight, sbyte.MinValue, sbyte.MaxValue);
        return ((sbyte)first, (sbyte)(weight - first));
    }

    /// <summary>By kernel element, whether some channel's weight is no int8.</summary>
    private bool[] WideTaps()
    {
        var wide = new bool[_tiling.Geometry.KernelHeight * _tiling.Geometry.KernelWidth];
        ReadOnlySpan<short> weights = _weights.Span;
        for (int i = 0; i < weights.Length; i++) wide[i % wide.Length] |= weights[i] is < sbyte.MinValue or > sbyte.MaxValue;
        return wide;
    }
}
