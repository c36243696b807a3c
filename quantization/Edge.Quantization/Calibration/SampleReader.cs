using Edge.Onnx;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Quantization.Calibration;

/// <summary>The samples of a source, at most so many of them, checked to have a tensor for every input.</summary>
internal sealed class SampleReader(ICalibrationSource source, int? most)
{
    /// <summary>How many there will be; null where only reading tells.</summary>
    public int? Count => source.Count is { } n ? Math.Min(n, most ?? n) : null;

    public SampleReader Take(int count) => new(source, Math.Min(count, most ?? count));

    /// <summary>At least one sample, or the source would be of no use.</summary>
    public IEnumerable<IReadOnlyList<Tensor>> Read(IReadOnlyList<TensorInfo> inputs)
    {
        int read = 0;
        if (most != 0)
        {
            foreach (IReadOnlyList<Tensor> sample in source.Read(inputs))
            {
                if (sample.Count != inputs.Count)
                    throw new ModelException($"{source.Description}: sample {read} has {sample.Count} tensors for the model's {inputs.Count} inputs");
                yield return sample;
                // A source that is read to its end knows that it was.
                if (++read == most && source.Count != most) break;
            }
        }
        if (read == 0 && most != 0) throw new ModelException($"{source.Description}: there are no calibration samples");
    }
}
