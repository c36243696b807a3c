using Edge.Onnx;
using Edge.Tensors;

namespace Edge.Quantization.Metrics;

/// <summary>
/// How far a model's numbers are from those of the float model, in percent: the length of the difference over the length of
/// what the float model gives, over all samples, and of the output that is worst. This is what there is to hold a regression,
/// a reconstruction or raw boxes to without labels. Whole numbers and strings are left out.
/// </summary>
public sealed class RelativeErrorMetric : IAccuracyMetric
{
    public string Name => "error against float";

    public string Unit => "%";

    public bool HigherIsBetter => false;

    public IAccuracyScore Start() => new Score();

    private sealed class Score : IAccuracyScore
    {
        private ErrorSum[] _outputs = [];

        public double Value => 100 * _outputs.Where(o => o.Count > 0).Select(o => o.Relative).DefaultIfEmpty(double.NaN).Max();

        public void Add(int sample, IReadOnlyList<Tensor> reference, IReadOnlyList<Tensor> outputs)
        {
            if (_outputs.Length == 0) _outputs = [.. outputs.Select(_ => new ErrorSum())];
            for (int i = 0; i < outputs.Count; i++)
            {
                if (outputs[i].Type is not (DataType.Float32 or DataType.Float64 or DataType.Float16 or DataType.BFloat16)) continue;
                if (reference[i].Shape != outputs[i].Shape) throw new ModelException($"output {i} of sample {sample} is {outputs[i]}, where the float model gives {reference[i]}");
                _outputs[i].Add(TensorNumbers.Of(reference[i]), TensorNumbers.Of(outputs[i]));
            }
        }

        public void Add(IAccuracyScore other)
        {
            ErrorSum[] more = ((Score)other)._outputs;
            if (_outputs.Length == 0) _outputs = [.. more.Select(_ => new ErrorSum())];
            for (int i = 0; i < more.Length; i++) _outputs[i].Add(more[i]);
        }
    }
}
