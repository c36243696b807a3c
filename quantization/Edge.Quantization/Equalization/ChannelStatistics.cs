using System.Numerics.Tensors;
using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Rewrite;
using Edge.Quantization.Rewrite.Preparation;
using Edge.Runtime;
using Edge.Tensors;
using Tensor = Edge.Tensors.Tensor;

namespace Edge.Quantization.Equalization;

/// <summary>Extremes and moments of each channel of a value over many samples. Not synchronized.</summary>
/// <param name="channels">Number of channels.</param>
internal sealed class ChannelStatistics(int channels)
{
    private readonly double[] _sums = new double[channels], _squares = new double[channels];

    public float[] Min { get; } = [.. Enumerable.Repeat(float.PositiveInfinity, channels)];

    public float[] Max { get; } = [.. Enumerable.Repeat(float.NegativeInfinity, channels)];

    /// <summary>Values of each channel.</summary>
    public long Count { get; private set; }

    public double Mean(int channel) => Count == 0 ? 0 : _sums[channel] / Count;

    public double Deviation(int channel) => Count == 0 ? 0 : Math.Sqrt(Math.Max(0, (_squares[channel] / Count) - (Mean(channel) * Mean(channel))));

    public float Magnitude(int channel) => Math.Max(Math.Abs(Min[channel]), Math.Abs(Max[channel]));

    /// <summary>Takes a value.</summary>
    /// <param name="values">Row-major.</param>
    /// <param name="outer">Product of the dimensions before the channel axis.</param>
    /// <param name="inner">Product of those behind it.</param>
    public void Add(ReadOnlySpan<float> values, int outer, int inner)
    {
        Count += (long)outer * inner;
        for (int o = 0, at = 0; o < outer; o++)
        {
            for (int c = 0; c < Min.Length; c++, at += inner)
            {
                ReadOnlySpan<float> row = values.Slice(at, inner);
                Min[c] = Math.Min(Min[c], TensorPrimitives.Min(row));
                Max[c] = Math.Max(Max[c], TensorPrimitives.Max(row));
                foreach (float v in row)
                {
                    _sums[c] += v;
                    _squares[c] += (double)v * v;
                }
            }
        }
    }

    /// <summary>Runs a float model over the samples, one after the other, and gathers the statistics of some of its values.</summary>
    /// <param name="model">Float model.</param>
    /// <param name="values">Float32 values of it and their channel axes.</param>
    /// <param name="samples">Samples.</param>
    /// <param name="sessions">What the model runs on.</param>
    /// <param name="progress">Called with the number of samples done in a pass.</param>
    /// <param name="cancellation">Looked at before each sample.</param>
    /// <param name="facts">Shapes of the values, so that large ones are gathered in several passes; null for one pass.</param>
    /// <exception cref="ModelException">A value is not finite, or has another number of channels in another sample; the message names it.</exception>
    public static Dictionary<string, ChannelStatistics> Gather(
        ModelProto model, IReadOnlyDictionary<string, int> values, SampleReader samples, SessionFactory sessions, Action<int> progress, CancellationToken cancellation,
        TensorFacts? facts = null)
    {
        var result = new Dictionary<string, ChannelStatistics>();
        if (values.Count == 0) return result;
        foreach (IReadOnlyList<string> pass in facts is null ? [[.. values.Keys]] : TapPasses.Of(facts, values.Keys, v => v))
        {
            using IInferenceSession session = sessions(PartialModel.Of(model, pass), "channel statistics");
            int count = 0;
            foreach (IReadOnlyList<Tensor> sample in samples.Read(session.Inputs))
            {
                cancellation.ThrowIfCancellationRequested();
                IReadOnlyList<Tensor> results = session.Run([.. sample]);
                for (int i = 0; i < results.Count; i++) Add(result, session.Outputs[i].Name, results[i], values, count);
                progress(++count);
            }
        }
        return result;
    }

    private static void Add(Dictionary<string, ChannelStatistics> all, string name, Tensor tensor, IReadOnlyDictionary<string, int> values, int sample)
    {
        if (!values.TryGetValue(name, out int axis)) return;
        int channels = tensor.Shape[axis], outer = 1;
        for (int d = 0; d < axis; d++) outer *= tensor.Shape[d];
        if (!all.TryGetValue(name, out ChannelStatistics? statistics)) all[name] = statistics = new ChannelStatistics(channels);
        if (statistics.Min.Length != channels)
            throw new ModelException($"tensor '{name}' has {channels} channels in calibration sample {sample} and {statistics.Min.Length} before");
        if (tensor.Count == 0) return;
        statistics.Add(tensor.AsSpan<float>(), outer, tensor.Count / (outer * channels));
        for (int c = 0; c < channels; c++)
            if (!float.IsFinite(statistics.Min[c]) || !float.IsFinite(statistics.Max[c]))
                throw new ModelException($"tensor '{name}' is not finite in calibration sample {sample}; check the samples, or quantize without equalization");
    }
}
