using Edge.Quantization.Rewrite.Qdq;

namespace Edge.Quantization.Rewrite.WeightOnly;

/// <summary>Weights as int8 with zero point 0, in −127 … 127.</summary>
/// <param name="Codes">In the order of the weights.</param>
/// <param name="Scales">One a channel, or one in all.</param>
/// <param name="Stored">For the report.</param>
internal sealed record ChannelWeights(sbyte[] Codes, float[] Scales, StoredWeights Stored)
{
    /// <exception cref="Onnx.ModelException">A weight is not finite.</exception>
    public static ChannelWeights Of(WeightSite site, bool perChannel)
    {
        float[] w = site.Values();
        Func<int, int> channelOf = perChannel ? site.ChannelOf : _ => 0;
        float[] scales = WeightQuantizer.Scales(w, perChannel ? site.Channels : 1, channelOf);
        sbyte[] codes = WeightQuantizer.Quantize(w, scales, channelOf).Values;
        float[] real = [.. codes.Select((q, i) => q * scales[channelOf(i)])];
        return new ChannelWeights(codes, scales, StoredWeights.Of(8, w, real, codes, -128, 127, scales));
    }
}
