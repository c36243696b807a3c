using Edge.Runtime;
using Edge.Tensors;

namespace Edge.ModelMatrix.Checks;

/// <summary>How far two engines agree on the same inputs.</summary>
internal sealed class Agreement
{
    private double[] _low = [], _high = [], _worst = [];
    private long _values, _withinStep, _integers, _equal;

    /// <summary>Step of each output where it was dequantized from integers; 0 elsewhere.</summary>
    public required IReadOnlyList<double> Steps { get; init; }

    public int Samples { get; private set; }

    /// <summary>Samples for which all outputs have their maximum in the same place.</summary>
    public int SameTop1 { get; private set; }

    /// <summary>The greatest difference as a share of the range that the output has over all samples; the worst of all outputs.</summary>
    public double RelativeError => _worst.Select((w, i) => _high[i] > _low[i] ? w / (_high[i] - _low[i]) : w).DefaultIfEmpty(0).Max();

    /// <summary>Share of values that differ by no more than one step; NaN where no output has a step.</summary>
    public double WithinOneStep => _values == 0 ? double.NaN : (double)_withinStep / _values;

    /// <summary>Share of integers (labels) that are equal; NaN where no output holds any.</summary>
    public double EqualIntegers => _integers == 0 ? double.NaN : (double)_equal / _integers;

    /// <summary>Adds one sample: <paramref name="ours"/> against <paramref name="theirs"/>.</summary>
    public void Add(IReadOnlyList<Tensor> ours, IReadOnlyList<Tensor> theirs)
    {
        if (_low.Length == 0)
        {
            _low = [.. theirs.Select(_ => double.PositiveInfinity)];
            _high = [.. theirs.Select(_ => double.NegativeInfinity)];
            _worst = new double[theirs.Count];
        }

        bool same = true;
        for (int o = 0; o < theirs.Count; o++)
        {
            if (ours[o].Shape != theirs[o].Shape || ours[o].Type != theirs[o].Type)
                throw new Onnx.ModelException($"output {o} is {ours[o]} here and {theirs[o]} there");
            if (ours[o].Type == DataType.Float32) same &= AddFloats(o, ours[o].AsSpan<float>(), theirs[o].AsSpan<float>());
            else if (ours[o].Type == DataType.Int64) AddIntegers(ours[o].AsSpan<long>(), theirs[o].AsSpan<long>());
            else throw new Onnx.ModelException($"output {o} is {ours[o]}; only float and int64 are compared");
        }

        Samples++;
        if (same) SameTop1++;
    }

    private bool AddFloats(int output, ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        for (int i = 0; i < a.Length; i++)
        {
            double difference = Math.Abs((double)a[i] - b[i]);
            if (double.IsNaN(difference)) difference = double.PositiveInfinity;
            _worst[output] = Math.Max(_worst[output], difference);
            _low[output] = Math.Min(_low[output], b[i]);
            _high[output] = Math.Max(_high[output], b[i]);
            if (Steps[output] == 0) continue;
            _values++;
            if (difference <= Steps[output] * 1.001) _withinStep++;
        }

        return ArgMax(a) == ArgMax(b);
    }

    // Labels: equal or not.
    private void AddIntegers(ReadOnlySpan<long> a, ReadOnlySpan<long> b)
    {
        for (int i = 0; i < a.Length; i++)
            if (a[i] == b[i]) _equal++;
        _integers += a.Length;
    }

    public static int ArgMax(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++)
            if (values[i] > values[best]) best = i;
        return best;
    }

    /// <summary>For each output of the model the scale of the DequantizeLinear that makes it; 0 for others.</summary>
    public static double[] StepsOf(Model model) =>
        [.. model.Proto.Graph!.Outputs.Select(o =>
        {
            var node = model.Proto.Graph.Nodes.FirstOrDefault(n => n.Outputs.Contains(o.Name));
            var scale = node?.OpType == "DequantizeLinear" ? model.Proto.Graph.Initializers.FirstOrDefault(t => t.Name == node.Inputs[1]) : null;
            return scale is null ? 0.0 : BitConverter.ToSingle(scale.GetBytes().Span);
        })];
}
