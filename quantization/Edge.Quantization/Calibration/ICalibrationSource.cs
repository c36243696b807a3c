using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Quantization.Calibration;

/// <summary>
/// Representative inputs of a model, one set at a time. A source is read more than once (to observe ranges, then to
/// measure the result) and must give the same samples in the same order each time. Used by one thread at a time.
/// </summary>
public interface ICalibrationSource
{
    /// <summary>Where the samples come from, as the report names it: <c>parts/calibration (64 images)</c>.</summary>
    string Description { get; }

    /// <summary>How many samples <see cref="Read"/> gives, for progress; null where only reading tells.</summary>
    int? Count { get; }

    /// <summary>
    /// The samples, read as they are asked for.
    /// </summary>
    /// <param name="inputs">The model's inputs.</param>
    /// <returns>
    /// For each sample one tensor an input, in the order of <paramref name="inputs"/>, of the input's type and of a shape
    /// that fits it. The list and its tensors belong to the source and may be overwritten by the next sample.
    /// </returns>
    /// <exception cref="Onnx.ModelException">A sample does not fit the model or cannot be read; the message names it.</exception>
    IEnumerable<IReadOnlyList<Tensor>> Read(IReadOnlyList<TensorInfo> inputs);
}
