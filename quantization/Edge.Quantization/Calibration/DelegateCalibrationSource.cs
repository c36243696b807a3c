using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Quantization.Calibration;

/// <summary>
/// Samples that a function makes: pictures through a preprocessor, windows of a recording, generated data. The function
/// is called once a pass over the samples and must give the same ones each time.
/// </summary>
/// <param name="description">What the report calls the source.</param>
/// <param name="count">Number of samples, or null if it is not known beforehand.</param>
/// <param name="read">The samples for a model with the given inputs; see <see cref="ICalibrationSource.Read"/>.</param>
public sealed class DelegateCalibrationSource(
    string description,
    int? count,
    Func<IReadOnlyList<TensorInfo>, IEnumerable<IReadOnlyList<Tensor>>> read) : ICalibrationSource
{
    public string Description { get; } = description;

    public int? Count { get; } = count;

    public IEnumerable<IReadOnlyList<Tensor>> Read(IReadOnlyList<TensorInfo> inputs) => read(inputs);
}
