using System.Numerics;
using System.Numerics.Tensors;
using Edge.Quantization.Rewrite.Qdq;

namespace Edge.Quantization.Rounding;

/// <summary>The variables of some rows of one group while <see cref="LearnedRounding"/> learns them. Not synchronized.</summary>
internal sealed class RowLearner
{
    /// <summary>The stretch of the rectified sigmoid: h = clip((ζ − γ)·σ(v) + γ, 0, 1) (Louizos et al. 2018).</summary>
    private const float Gamma = -0.1f, Zeta = 1.1f;

    /// <summary>Adam's decay rates and epsilon (Kingma and Ba 2015).</summary>
    private const float Beta1 = 0.9f, Beta2 = 0.999f, Epsilon = 1e-8f;

    private readonly LayerProblem _problem;
    private readonly LearnedRoundingOptions _options;
    private readonly float[] _bias;
    private readonly int _group, _first, _rows, _size, _length;

    /// <summary>One entry a weight, <c>[rows, columns]</c>; padded to whole vectors.</summary>
    private readonly float[] _down, _v, _h, _slope, _weights, _gradient, _mean, _square;

    /// <summary>By row: what makes an error's gradient relative to the error of the nearest integers.</summary>
    private readonly float[] _relative;

    /// <param name="problem">The layer.</param>
    /// <param name="options">How to learn.</param>
    /// <param name="bias">Of all rows.</param>
    /// <param name="group">The group that the rows belong to.</param>
    /// <param name="first">First row.</param>
    /// <param name="rows">Number of rows.</param>
    public RowLearner(LayerProblem problem, LearnedRoundingOptions options, float[] bias, int group, int first, int rows)
    {
        (_problem, _options, _bias, _group, _first, _rows) = (problem, options, bias, group, first, rows);
        _size = problem.Layer.Columns;
        _length = rows * _size;
        int padded = (_length + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        (_down, _v, _h, _slope, _weights, _gradient, _mean, _square) =
            (new float[padded], new float[padded], new float[padded], new float[padded], new float[padded], new float[padded], new float[padded], new float[padded]);
        for (int i = 0; i < _length; i++)
        {
            float w = problem.Weights[(first * _size) + i] / problem.Scales[first + (i / _size)];
            _down[i] = Math.Clamp(MathF.Floor(w), -WeightQuantizer.MaxCode, WeightQuantizer.MaxCode - 1);
            // h(v) = the weight's fraction: before the first step nothing is rounded.
            float sigmoid = (Math.Clamp(w - _down[i], 0.01f, 0.99f) - Gamma) / (Zeta - Gamma);
            _v[i] = MathF.Log(sigmoid / (1 - sigmoid));
        }
        _relative = [.. Enumerable.Range(first, rows).Select(r => (float)(2 * problem.Scales[r] / options.Batch / Math.Max(NearestError(r), 1e-30)))];
    }

    /// <summary>One step of Adam.</summary>
    /// <param name="step">From 0.</param>
    /// <param name="columns">Indices of the batch's columns.</param>
    public void Step(int step, ReadOnlySpan<int> columns)
    {
        Soften();
        Array.Clear(_gradient);
        foreach (int column in columns) AddError(column);
        TensorPrimitives.Multiply(_gradient, _slope, _gradient);
        float progress = ((float)step / _options.Steps - _options.WarmUp) / (1 - _options.WarmUp);
        if (progress >= 0) AddRegularizer(progress);
        Adam(step + 1);
    }

    /// <summary>Writes the rounded weights.</summary>
    /// <param name="codes"><c>[Rows, Columns]</c> of the whole layer.</param>
    public void Write(sbyte[] codes)
    {
        Soften();
        for (int i = 0; i < _length; i++) codes[(_first * _size) + i] = (sbyte)(_down[i] + (_h[i] >= 0.5f ? 1 : 0));
    }

    private double NearestError(int row)
    {
        float[] w = new float[_size];
        _problem.Dequantize(_problem.Nearest, row, w);
        double sum = 0;
        foreach (int i in _problem.Shown)
        {
            double error = _problem.Activate(TensorPrimitives.Dot(w, _problem.Column(i, _group)) + _bias[row]) - (double)_problem.Activate(_problem.Result(i)[row]);
            sum += error * error;
        }
        return sum / _problem.Shown.Length;
    }

    /// <summary>h(v), its slope, and the weights.</summary>
    private void Soften()
    {
        TensorPrimitives.Sigmoid<float>(_v, _h);
        for (int i = 0; i < _h.Length; i += Vector<float>.Count)
        {
            var sigmoid = new Vector<float>(_h, i);
            Vector<float> h = (sigmoid * (Zeta - Gamma)) + new Vector<float>(Gamma);
            Vector<int> inside = Vector.BitwiseAnd(Vector.GreaterThan(h, Vector<float>.Zero), Vector.LessThan(h, Vector<float>.One));
            Vector<float> slope = sigmoid * (Vector<float>.One - sigmoid) * (Zeta - Gamma);
            Vector.ConditionalSelect(inside, slope, Vector<float>.Zero).CopyTo(_slope, i);
            h = Vector.Min(Vector.Max(h, Vector<float>.Zero), Vector<float>.One);
            h.CopyTo(_h, i);
            (h + new Vector<float>(_down, i)).CopyTo(_weights, i);
        }
    }

    private void AddError(int column)
    {
        ReadOnlySpan<float> x = _problem.Column(column, _group);
        ReadOnlySpan<float> result = _problem.Result(column);
        (float low, float high) = _problem.Bounds;
        for (int r = 0; r < _rows; r++)
        {
            int row = _first + r;
            float y = (TensorPrimitives.Dot(_weights.AsSpan(r * _size, _size), x) * _problem.Scales[row]) + _bias[row];
            if (y <= low || y >= high) continue;
            float error = y - _problem.Activate(result[row]);
            Span<float> gradient = _gradient.AsSpan(r * _size, _size);
            TensorPrimitives.MultiplyAdd(x, error * _relative[r], gradient, gradient);
        }
    }

    /// <summary>The slope of λ/K·(1 − |2h − 1|^β) along v, β falling with the progress.</summary>
    private void AddRegularizer(float progress)
    {
        (float from, float to) = _options.Exponent;
        float beta = to + (0.5f * (from - to) * (1 + MathF.Cos(MathF.PI * progress)));
        float factor = -2 * beta * _options.Regularizer / _size;
        // The weights are made anew at the next step; until then they hold |2h − 1|^(β − 1).
        for (int i = 0; i < _h.Length; i += Vector<float>.Count)
            Vector.Abs((new Vector<float>(_h, i) * 2) - Vector<float>.One).CopyTo(_weights, i);
        TensorPrimitives.Pow(_weights, beta - 1, _weights);
        for (int i = 0; i < _h.Length; i += Vector<float>.Count)
        {
            Vector<float> slope = new Vector<float>(_weights, i) * new Vector<float>(_slope, i) * factor;
            Vector<int> up = Vector.GreaterThan(new Vector<float>(_h, i), new Vector<float>(0.5f));
            (new Vector<float>(_gradient, i) + Vector.ConditionalSelect(up, slope, -slope)).CopyTo(_gradient, i);
        }
    }

    private void Adam(int step)
    {
        var rate = new Vector<float>(_options.Rate * MathF.Sqrt(1 - MathF.Pow(Beta2, step)) / (1 - MathF.Pow(Beta1, step)));
        for (int i = 0; i < _v.Length; i += Vector<float>.Count)
        {
            var g = new Vector<float>(_gradient, i);
            Vector<float> m = (new Vector<float>(_mean, i) * Beta1) + (g * (1 - Beta1));
            Vector<float> s = (new Vector<float>(_square, i) * Beta2) + (g * g * (1 - Beta2));
            m.CopyTo(_mean, i);
            s.CopyTo(_square, i);
            (new Vector<float>(_v, i) - (rate * m / (Vector.SquareRoot(s) + new Vector<float>(Epsilon)))).CopyTo(_v, i);
        }
    }
}
