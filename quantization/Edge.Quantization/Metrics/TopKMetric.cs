using Edge.Onnx;
using Edge.Tensors;

namespace Edge.Quantization.Metrics;

/// <summary>The share of samples whose label is among the k best classes of an output, in percent.</summary>
/// <param name="labels">The class of each sample, by its position.</param>
/// <param name="k">1 or more.</param>
/// <param name="output">Position of the output that holds one score a class.</param>
/// <param name="firstClass">Place of class 0 in it: 1 where a background class comes first and does not count.</param>
public sealed class TopKMetric(IReadOnlyList<int> labels, int k = 1, int output = 0, int firstClass = 0) : IAccuracyMetric
{
    private readonly int _k = k, _output = output;

    public string Name => $"top-{_k}";

    public string Unit => "%";

    public bool HigherIsBetter => true;

    public bool CountsAnswers => true;

    public IAccuracyScore Start() => new Score(this);

    private bool IsRight(int sample, IReadOnlyList<Tensor> outputs)
    {
        if (sample >= labels.Count) throw new ModelException($"sample {sample} has no label; there are {labels.Count}");
        double[] all = TensorNumbers.Of(outputs[_output]);
        int classes = Math.Max(0, all.Length - firstClass);
        if (labels[sample] < 0 || labels[sample] >= classes)
            throw new ModelException($"sample {sample} is of class {labels[sample]}, but the model tells {classes} classes apart (output {outputs[_output]})");
        return Ranking.Of(all.AsSpan(firstClass), labels[sample]) < _k;
    }

    private sealed class Score(TopKMetric metric) : IAccuracyScore
    {
        private int _samples, _right;

        public double Value => _samples == 0 ? double.NaN : 100.0 * _right / _samples;

        public void Add(int sample, IReadOnlyList<Tensor> reference, IReadOnlyList<Tensor> outputs)
        {
            if (metric.IsRight(sample, outputs)) _right++;
            _samples++;
        }

        public void Add(IAccuracyScore other)
        {
            var more = (Score)other;
            _samples += more._samples;
            _right += more._right;
        }
    }
}
