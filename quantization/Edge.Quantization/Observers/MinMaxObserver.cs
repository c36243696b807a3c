using System.Numerics.Tensors;

namespace Edge.Quantization.Observers;

/// <summary>The smallest and the largest value of all samples.</summary>
public sealed class MinMaxObserver : IObserver
{
    private float _min = float.PositiveInfinity;
    private float _max = float.NegativeInfinity;

    public ValueRange? Range => _min <= _max ? new ValueRange(_min, _max) : null;

    public void Observe(ReadOnlySpan<float> values)
    {
        if (values.IsEmpty) return;
        // Both propagate NaN, so that two reductions see every value that is not finite.
        float min = TensorPrimitives.Min(values);
        float max = TensorPrimitives.Max(values);
        if (!float.IsFinite(min)) throw new NotFiniteNumberException($"holds {min}", min);
        if (!float.IsFinite(max)) throw new NotFiniteNumberException($"holds {max}", max);
        _min = Math.Min(_min, min);
        _max = Math.Max(_max, max);
    }
}
