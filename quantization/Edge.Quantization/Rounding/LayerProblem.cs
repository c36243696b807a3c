using System.Numerics.Tensors;

namespace Edge.Quantization.Rounding;

/// <summary>
/// The rounding of one layer's weights as a problem of its own: integers Q such that <c>act(s·Q·x + b)</c> is near the float
/// layer's <c>act(y)</c> for the inputs x that the quantized model gives it. Columns of every eighth sample are not shown
/// to a method; they say whether its result is better than the nearest integers.
/// </summary>
internal sealed class LayerProblem
{
    /// <summary>Of so many samples one is held back.</summary>
    private const int HeldBack = 8;

    private readonly LayerSamples _samples;
    private readonly int[] _held;
    private readonly (float Low, float High) _bounds;

    public LayerProblem(LayerSamples samples)
    {
        _samples = samples;
        Layer = samples.Layer;
        Weights = Layer.RealWeights();
        Scales = [.. Enumerable.Range(0, Layer.Rows).Select(Layer.Scale)];
        Nearest = Layer.Codes();
        _bounds = Layer.Unit.Bounds ?? (float.NegativeInfinity, float.PositiveInfinity);
        int[] all = [.. Enumerable.Range(0, samples.Count)];
        _held = [.. all.Where(i => samples.SampleOf(i) % HeldBack == HeldBack - 1)];
        Shown = [.. all.Where(i => samples.SampleOf(i) % HeldBack != HeldBack - 1)];
    }

    public QuantizedLayer Layer { get; }

    /// <summary><c>[Rows, Columns]</c>.</summary>
    public float[] Weights { get; }

    /// <summary>One a row.</summary>
    public float[] Scales { get; }

    /// <summary>The nearest integers: <c>[Rows, Columns]</c>.</summary>
    public sbyte[] Nearest { get; }

    /// <summary>Indices of the columns to learn from.</summary>
    public int[] Shown { get; }

    public int RowsOfGroup => Layer.Rows / Layer.Groups;

    /// <summary>What the layer's Relu or Clip lets through.</summary>
    public (float Low, float High) Bounds => _bounds;

    /// <summary>The part of a column that a group reads.</summary>
    public ReadOnlySpan<float> Column(int index, int group) => _samples.Column(index).Slice(group * Layer.Columns, Layer.Columns);

    /// <summary>The float result of all rows, before a Relu or Clip.</summary>
    public ReadOnlySpan<float> Result(int index) => _samples.Result(index);

    /// <summary>The weights that integers of a row stand for.</summary>
    public void Dequantize(ReadOnlySpan<sbyte> codes, int row, Span<float> weights)
    {
        for (int k = 0; k < weights.Length; k++) weights[k] = codes[(row * weights.Length) + k] * Scales[row];
    }

    /// <summary>The bias with which a row's result has the mean of the float result over the shown columns; the present one where the layer takes none.</summary>
    public float[] BestBias(sbyte[] codes)
    {
        float[] bias = Layer.Bias();
        if (!Layer.TakesBias || Shown.Length == 0) return bias;
        Parallel.For(0, Layer.Rows, row =>
        {
            float[] w = new float[Layer.Columns];
            Dequantize(codes, row, w);
            double sum = 0;
            foreach (int i in Shown) sum += Result(i)[row] - TensorPrimitives.Dot(w, Column(i, row / RowsOfGroup));
            bias[row] = (float)(sum / Shown.Length);
        });
        return bias;
    }

    /// <summary>By row: sum of squared errors over the columns that were held back, or all where none were.</summary>
    public double[] Errors(sbyte[] codes, float[] bias)
    {
        int[] columns = _held.Length > 0 ? _held : Shown;
        double[] errors = new double[Layer.Rows];
        Parallel.For(0, Layer.Rows, row =>
        {
            float[] w = new float[Layer.Columns];
            Dequantize(codes, row, w);
            foreach (int i in columns)
            {
                double error = Activate(TensorPrimitives.Dot(w, Column(i, row / RowsOfGroup)) + bias[row]) - (double)Activate(Result(i)[row]);
                errors[row] += error * error;
            }
        });
        return errors;
    }

    /// <summary>Sum of squares of the float result over the same columns.</summary>
    public double Power()
    {
        double sum = 0;
        foreach (int i in _held.Length > 0 ? _held : Shown)
            foreach (float y in Result(i)) sum += (double)Activate(y) * Activate(y);
        return sum;
    }

    public float Activate(float value) => Math.Min(Math.Max(value, _bounds.Low), _bounds.High);
}
