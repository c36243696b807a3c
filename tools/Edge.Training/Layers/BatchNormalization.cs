using System.Numerics;
using Edge.Training.Export;

namespace Edge.Training.Layers;

/// <summary>
/// Batch normalization (Ioffe and Szegedy 2015) with the nonlinearity that follows it, one pass over memory for both:
/// <c>y = f(γ (x − μ) / √(σ² + ε) + β)</c>. In training μ and σ² are the batch's, and the running ones follow them
/// (the variance unbiased); in inference they are the running ones.
/// </summary>
internal sealed unsafe class BatchNormalization<TNonlinearity> : Operation
    where TNonlinearity : struct, INonlinearity
{
    public const float Epsilon = 1e-5f;
    private readonly Nonlinearity _nonlinearity;
    private readonly Parameter _scale, _shift, _mean, _variance;
    private readonly float _momentum;
    private readonly double[][] _sums;
    private readonly float[] _centre, _inverse, _meanGradient, _meanProduct;
    private bool _batchStatistics, _addToInput;

    public BatchNormalization(string name, Value input, Value output, Nonlinearity nonlinearity, BatchNormParameters parameters, float momentum)
        : base(name, [input], output)
    {
        (_scale, _shift, _mean, _variance) = parameters;
        _nonlinearity = nonlinearity;
        _momentum = momentum;
        int channels = input.Extent.Channels;
        _sums = new double[input.Batch][];
        for (int n = 0; n < _sums.Length; n++) _sums[n] = new double[2 * channels];
        (_centre, _inverse, _meanGradient, _meanProduct) = (new float[channels], new float[channels], new float[channels], new float[channels]);
    }

    public override IReadOnlyList<Parameter> Parameters => [_scale, _shift, _mean, _variance];

    private int Channels => Output.Extent.Channels;

    public override void Forward(Execution execution)
    {
        _batchStatistics = execution.Training && _scale.IsTrained;
        if (_batchStatistics)
        {
            execution.ForEach(Output.Batch, SumSample);
            TakeBatchStatistics();
        }
        else TakeRunningStatistics();
        execution.ForEach(Output.Batch, NormalizeSample);
    }

    public override void Backward(Execution execution)
    {
        Value input = Inputs[0];
        if (_scale.IsTrained) GatherParameterGradients(execution);
        if (!input.CarriesGradient) return;
        _addToInput = input.ClaimGradient();
        execution.ForEach(Output.Batch, BackwardSample);
    }

    public override void Export(ModelBuilder model)
    {
        string[] inputs =
        [
            model.Initializer(Name + ".scale", [Channels], _scale.Data), model.Initializer(Name + ".shift", [Channels], _shift.Data),
            model.Initializer(Name + ".mean", [Channels], _mean.Data), model.Initializer(Name + ".variance", [Channels], _variance.Data),
        ];
        model.BatchNormalization(this, inputs, Epsilon, _nonlinearity);
    }

    private void SumSample(int n)
    {
        Extent extent = Output.Extent;
        double[] sums = _sums[n];
        sums.AsSpan().Clear();
        float* row = Inputs[0].At(n);
        for (int y = 0; y < extent.Height; y++, row += extent.Width * Channels)
        {
            for (int c = 0; c < Channels; c += Lanes.Count)
            {
                int lanes = Channels - c;
                Vector<float> sum = Vector<float>.Zero, squares = Vector<float>.Zero;
                float* p = row + c;
                for (int x = 0; x < extent.Width; x++, p += Channels)
                {
                    Vector<float> v = Lanes.Load(p, lanes);
                    sum += v;
                    squares += v * v;
                }
                Spill(sums, c, sum, squares);
            }
        }
    }

    private void TakeBatchStatistics()
    {
        double count = (double)Output.Batch * Output.Extent.Pixels;
        for (int c = 0; c < Channels; c++)
        {
            (double sum, double squares) = Total(c);
            double mean = sum / count, variance = Math.Max(0, squares / count - mean * mean);
            _centre[c] = (float)mean;
            _inverse[c] = (float)(1 / Math.Sqrt(variance + Epsilon));
            double unbiased = count > 1 ? variance * count / (count - 1) : variance;
            _mean.Data[c] += _momentum * ((float)mean - _mean.Data[c]);
            _variance.Data[c] += _momentum * ((float)unbiased - _variance.Data[c]);
        }
    }

    private void TakeRunningStatistics()
    {
        for (int c = 0; c < Channels; c++)
        {
            _centre[c] = _mean.Data[c];
            _inverse[c] = 1 / MathF.Sqrt(_variance.Data[c] + Epsilon);
        }
    }

    private void NormalizeSample(int n)
    {
        int pixels = Output.Extent.Pixels, channels = Channels;
        float* x = Inputs[0].At(n), y = Output.At(n);
        fixed (float* centre = _centre, inverse = _inverse)
        {
            for (int c = 0; c < channels; c += Lanes.Count)
            {
                int lanes = channels - c;
                Vector<float> factor = Lanes.Load(_scale.Pointer + c, lanes) * Lanes.Load(inverse + c, lanes);
                Vector<float> offset = Lanes.Load(_shift.Pointer + c, lanes) - factor * Lanes.Load(centre + c, lanes);
                float* from = x + c, to = y + c;
                for (int p = 0; p < pixels; p++, from += channels, to += channels)
                    Lanes.Store(TNonlinearity.Apply(factor * Lanes.Load(from, lanes) + offset), to, lanes);
            }
        }
    }

    private void GatherParameterGradients(Execution execution)
    {
        execution.ForEach(Output.Batch, SumGradients);
        double count = (double)Output.Batch * Output.Extent.Pixels;
        for (int c = 0; c < Channels; c++)
        {
            (double gradient, double product) = Total(c);
            _shift.Gradient[c] = (float)gradient;
            _scale.Gradient[c] = (float)product;
            _meanGradient[c] = _batchStatistics ? (float)(gradient / count) : 0;
            _meanProduct[c] = _batchStatistics ? (float)(product / count) : 0;
        }
    }

    /// <summary>Per channel: Σ dz and Σ dz·x̂, where z is what the nonlinearity sees.</summary>
    private void SumGradients(int n)
    {
        Extent extent = Output.Extent;
        double[] sums = _sums[n];
        sums.AsSpan().Clear();
        fixed (float* centre = _centre, inverse = _inverse)
        {
            for (int y = 0; y < extent.Height; y++)
            {
                nint row = (nint)y * extent.Width * Channels;
                for (int c = 0; c < Channels; c += Lanes.Count)
                {
                    int lanes = Channels - c;
                    Vector<float> mean = Lanes.Load(centre + c, lanes), norm = Lanes.Load(inverse + c, lanes);
                    Vector<float> scale = Lanes.Load(_scale.Pointer + c, lanes), shift = Lanes.Load(_shift.Pointer + c, lanes);
                    Vector<float> sum = Vector<float>.Zero, products = Vector<float>.Zero;
                    float* x = Inputs[0].At(n) + row + c, dy = Output.GradientAt(n) + row + c;
                    for (int i = 0; i < extent.Width; i++, x += Channels, dy += Channels)
                    {
                        Vector<float> hat = (Lanes.Load(x, lanes) - mean) * norm;
                        Vector<float> dz = Lanes.Load(dy, lanes) * TNonlinearity.Slope(scale * hat + shift);
                        sum += dz;
                        products += dz * hat;
                    }
                    Spill(sums, c, sum, products);
                }
            }
        }
    }

    private void BackwardSample(int n)
    {
        int pixels = Output.Extent.Pixels, channels = Channels;
        fixed (float* centre = _centre, inverse = _inverse, meanGradient = _meanGradient, meanProduct = _meanProduct)
        {
            for (int c = 0; c < channels; c += Lanes.Count)
            {
                int lanes = channels - c;
                Vector<float> mean = Lanes.Load(centre + c, lanes), norm = Lanes.Load(inverse + c, lanes);
                Vector<float> scale = Lanes.Load(_scale.Pointer + c, lanes), shift = Lanes.Load(_shift.Pointer + c, lanes);
                Vector<float> g0 = Lanes.Load(meanGradient + c, lanes), g1 = Lanes.Load(meanProduct + c, lanes), factor = scale * norm;
                float* x = Inputs[0].At(n) + c, dy = Output.GradientAt(n) + c, dx = Inputs[0].GradientAt(n) + c;
                for (int p = 0; p < pixels; p++, x += channels, dy += channels, dx += channels)
                {
                    Vector<float> hat = (Lanes.Load(x, lanes) - mean) * norm;
                    Vector<float> dz = Lanes.Load(dy, lanes) * TNonlinearity.Slope(scale * hat + shift);
                    Vector<float> d = factor * (dz - g0 - hat * g1);
                    Lanes.Store(_addToInput ? Lanes.Load(dx, lanes) + d : d, dx, lanes);
                }
            }
        }
    }

    private void Spill(double[] sums, int c, Vector<float> first, Vector<float> second)
    {
        for (int i = 0; i < Lanes.Count && c + i < Channels; i++)
        {
            sums[c + i] += first[i];
            sums[Channels + c + i] += second[i];
        }
    }

    private (double First, double Second) Total(int c)
    {
        double first = 0, second = 0;
        foreach (double[] sums in _sums)
        {
            first += sums[c];
            second += sums[Channels + c];
        }
        return (first, second);
    }
}

/// <summary>One value a channel, each.</summary>
internal sealed record BatchNormParameters(Parameter Scale, Parameter Shift, Parameter Mean, Parameter Variance);
