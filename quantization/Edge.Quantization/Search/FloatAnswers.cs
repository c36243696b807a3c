using Edge.Onnx;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Quantization.Search;

/// <summary>
/// What the float model answers on the samples of a promise. All candidates are judged against the same answers, so those that fit
/// are kept from the first pass on; the others are computed each time. Not synchronized.
/// </summary>
/// <param name="open">Reads the float model.</param>
/// <param name="sessions">What it runs on.</param>
/// <param name="mostBytes">Of answers that are kept, by default those of hundreds of samples of a classifier, of some of a detector; 0 for a single pass.</param>
internal sealed class FloatAnswers(Func<ModelProto> open, SessionFactory sessions, long mostBytes = 32L << 20)
{
    private readonly List<Tensor[]> _kept = [];
    private long _left = mostBytes;

    /// <summary>Begins a pass through the samples.</summary>
    public Pass Begin() => new(this);

    /// <summary>One pass; has a session of the float model from the first sample on whose answer is not kept.</summary>
    internal sealed class Pass(FloatAnswers answers) : IDisposable
    {
        private IInferenceSession? _session;

        /// <param name="sample">Position of the sample: from 0, in order.</param>
        /// <param name="inputs">Its inputs.</param>
        /// <returns>The outputs; valid until the next call.</returns>
        public IReadOnlyList<Tensor> Of(int sample, IReadOnlyList<Tensor> inputs)
        {
            if (sample < answers._kept.Count) return answers._kept[sample];
            _session ??= answers.Session();
            IReadOnlyList<Tensor> outputs = _session.Run([.. inputs]);
            answers.Keep(outputs);
            return outputs;
        }

        public void Dispose() => _session?.Dispose();
    }

    private IInferenceSession Session() => sessions(open(), "float model");

    /// <summary>Once one does not fit, none behind it is kept, so that positions have no gaps.</summary>
    private void Keep(IReadOnlyList<Tensor> outputs)
    {
        _left = outputs.Any(o => o.Type == DataType.String) ? -1 : _left - outputs.Sum(o => o.Bytes.Length);
        if (_left >= 0) _kept.Add([.. outputs.Select(o => o.Clone())]);
    }
}
