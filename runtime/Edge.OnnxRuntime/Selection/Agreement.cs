using System.Numerics;
using System.Runtime.InteropServices;
using Edge.Tensors;

namespace Edge.OnnxRuntime.Selection;

/// <summary>How far an engine agrees with a reference on the same inputs.</summary>
public sealed class Agreement(ModelTraits traits)
{
    /// <summary>Share of the values of an int8 model that must lie within one step of the output.</summary>
    private const double ShareWithinStep = 0.999;

    /// <summary>Of an int8 model whose output has no step: the greatest error as a share of the range, and what is allowed if every top-1 is the same.</summary>
    private const double QuantizedError = 0.01, QuantizedErrorWithSameTop1 = 0.05;

    private double[] _low = [], _high = [], _worst = [];
    private long _values, _withinStep;
    private string? _mismatch;

    public int Samples { get; private set; }

    /// <summary>Samples for which all outputs have their maximum in the same place.</summary>
    public int SameTop1 { get; private set; }

    /// <summary>The greatest difference as a share of the range that the output has over all samples; the worst of all outputs.</summary>
    public double RelativeError => _worst.Select((w, i) => w == 0 ? 0 : w / Scale(i)).DefaultIfEmpty(0).Max();

    /// <summary>Share of values that differ by no more than one step; NaN where no output has a step.</summary>
    public double WithinOneStep => _values == 0 ? double.NaN : (double)_withinStep / _values;

    /// <summary>Adds one sample.</summary>
    public void Add(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> reference)
    {
        if (_low.Length == 0)
        {
            _low = [.. reference.Select(_ => double.PositiveInfinity)];
            _high = [.. reference.Select(_ => double.NegativeInfinity)];
            _worst = new double[reference.Count];
        }

        bool same = true;
        for (int o = 0; o < reference.Count; o++) same &= Add(o, outputs[o], reference[o]);
        Samples++;
        if (same) SameTop1++;
    }

    /// <summary>
    /// Why the engine does not agree; null if it does. Float models: no value is off by more than <paramref name="tolerance"/> of its output's
    /// range. Int8 models, where a tie may be rounded either way: 99.9 % of the values are within one step of the output, or none is off by more
    /// than 1 % of the range, or by more than 5 % with the same top-1 in every sample.
    /// </summary>
    public string? Refusal(double tolerance)
    {
        if (_mismatch is not null) return _mismatch;
        double error = RelativeError;
        if (error <= tolerance) return null;
        if (!traits.Quantized) return $"differs from the reference by {error:0.0e+00} of the output's range; {tolerance:0.0e+00} is allowed";
        if (WithinOneStep >= ShareWithinStep || error <= QuantizedError || (error <= QuantizedErrorWithSameTop1 && SameTop1 == Samples)) return null;
        return $"differs from the reference by {100 * error:0.0} % of the output's range; same top-1 in {SameTop1} of {Samples} samples";
    }

    /// <summary>Place of the first maximum; 0 for none.</summary>
    public static int ArgMax<T>(ReadOnlySpan<T> values) where T : INumber<T>
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++)
            if (values[i] > values[best]) best = i;
        return best;
    }

    /// <returns>Whether the maximum is in the same place.</returns>
    private bool Add(int output, Tensor tensor, Tensor reference)
    {
        if (tensor.Shape != reference.Shape || tensor.Type != reference.Type)
        {
            _mismatch ??= $"output {output} is {tensor}, and {reference} in the reference";
            return false;
        }

        double[] a = Values(tensor), b = Values(reference);
        double step = traits.Steps.Count > output ? traits.Steps[output] : 0;
        for (int i = 0; i < a.Length; i++)
        {
            // Texts, infinities and not-a-numbers agree with themselves only.
            double difference = a[i].Equals(b[i]) ? 0 : tensor.Type == DataType.String ? double.PositiveInfinity : Math.Abs(a[i] - b[i]);
            if (double.IsNaN(difference)) difference = double.PositiveInfinity;
            _worst[output] = Math.Max(_worst[output], difference);
            if (double.IsFinite(b[i]))
            {
                _low[output] = Math.Min(_low[output], b[i]);
                _high[output] = Math.Max(_high[output], b[i]);
            }

            if (step == 0) continue;
            _values++;
            if (difference <= step * 1.001) _withinStep++;
        }

        return ArgMax<double>(a) == ArgMax<double>(b);
    }

    /// <summary>The output's range; of one that is constant its size, and 1 where that is nothing.</summary>
    private double Scale(int output) =>
        _high[output] > _low[output] ? _high[output] - _low[output] : Math.Abs(_high[output]) is > 0 and < double.PositiveInfinity and var size ? size : 1;

    private static double[] Values(Tensor t) => t.Type switch
    {
        DataType.Float32 => Convert<float>(t, v => v),
        DataType.Float64 => t.AsSpan<double>().ToArray(),
        DataType.Float16 => Convert<Half>(t, v => (double)v),
        DataType.Int32 => Convert<int>(t, v => v),
        DataType.Int64 => Convert<long>(t, v => v),
        // A text is its handle here: equal texts have equal ones.
        DataType.String => Array.ConvertAll(MemoryMarshal.Cast<byte, long>(t.Bytes).ToArray(), v => (double)v),
        DataType.Int16 => Convert<short>(t, v => v),
        DataType.Int8 => Convert<sbyte>(t, v => v),
        DataType.UInt8 or DataType.Bool => Array.ConvertAll(t.Bytes.ToArray(), v => (double)v),
        DataType.BFloat16 => Convert<ushort>(t, v => BitConverter.UInt32BitsToSingle((uint)v << 16)),
        DataType.UInt16 => Convert<ushort>(t, v => v),
        DataType.UInt32 => Convert<uint>(t, v => v),
        DataType.UInt64 => Convert<ulong>(t, v => v),
        _ => throw new Onnx.ModelException($"outputs of type {t.Type.OnnxName()} cannot be compared"),
    };

    private static double[] Convert<T>(Tensor t, Converter<T, double> convert) where T : unmanaged => Array.ConvertAll(t.AsSpan<T>().ToArray(), convert);
}
