using Edge.Onnx;

namespace Edge.Quantization.Equalization;

/// <summary>
/// Values whose channels can be scaled together without changing what the model computes: what <see cref="Producers"/> write
/// times f, passed on by operators that are homogeneous in each channel, and read by <see cref="Consumers"/> whose weights
/// are divided by f, which must be above 0.
/// </summary>
/// <param name="channels">Channels of every value.</param>
internal sealed class ChannelSet(int channels)
{
    /// <summary>
    /// A channel that is clipped at a bound may come this near to it: values of other samples may be a quarter above those
    /// observed before the bound cuts them.
    /// </summary>
    public const double Headroom = 1.25;

    public int Channels { get; } = channels;

    /// <summary>Linear layers that write values of the set.</summary>
    public List<ScaledLayer> Producers { get; } = [];

    /// <summary>Constants that scale with the values: terms that are added to them, scale and bias of a LayerNormalization that writes them.</summary>
    public List<ChannelConstant> Constants { get; } = [];

    /// <summary>Linear layers that read values of the set.</summary>
    public List<ScaledLayer> Consumers { get; } = [];

    /// <summary>Nodes that clip values of the set at 0 and <c>High</c>: homogeneous only where the upper bound is not reached.</summary>
    public List<(NodeProto Node, float High)> Clips { get; } = [];

    /// <summary>Names of the values, in graph order.</summary>
    public List<string> Values { get; } = [];

    /// <summary>Whether values of the set are sums of several producers.</summary>
    public bool Sums { get; set; }

    /// <summary>Scales channel <paramref name="channel"/> of every value by <paramref name="factor"/>.</summary>
    public void Scale(int channel, double factor)
    {
        foreach (ScaledLayer layer in Producers) layer.Output[channel] *= factor;
        foreach (ChannelConstant constant in Constants) constant.Factors[channel] *= factor;
        foreach (ScaledLayer layer in Consumers) layer.Input[channel] /= factor;
    }

    /// <summary>Whether there are statistics of what each Clip reads.</summary>
    public bool KnowsClips(IReadOnlyDictionary<string, ChannelStatistics>? statistics) => Clips.TrueForAll(c => statistics?.ContainsKey(c.Node.Inputs[0]) == true);

    /// <summary>
    /// The largest factor of each channel that keeps it below the bounds of all Clips; NaN where it is not below now, so that it
    /// must stay as it is.
    /// </summary>
    /// <param name="statistics">Of what the Clips read.</param>
    public double[] Limits(IReadOnlyDictionary<string, ChannelStatistics>? statistics)
    {
        double[] limits = [.. Enumerable.Repeat(double.PositiveInfinity, Channels)];
        foreach ((NodeProto node, float high) in Clips)
        {
            ChannelStatistics seen = statistics![node.Inputs[0]];
            for (int c = 0; c < limits.Length; c++)
            {
                double most = seen.Max[c] * Headroom;
                if (most > 0) limits[c] = Math.Min(limits[c], most > high ? double.NaN : high / most);
            }
        }
        return limits;
    }

    /// <summary>The nodes at the set's ends, as reports name them.</summary>
    public static string[] Names(IEnumerable<ScaledLayer> layers) => [.. layers.Select(l => l.Linear.Node.Name)];
}
