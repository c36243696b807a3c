using Edge.Kernels;
using Edge.Kernels.Threading;
using Edge.Onnx;
using Edge.Tensors;
using Edge.Training.Export;
using Edge.Training.Layers;

namespace Edge.Training;

/// <summary>
/// A network that can be trained: operations in the order in which they were added, with memory for one batch size.
/// </summary>
/// <remarks>
/// A step is: fill the input, <see cref="Forward"/>, let losses write into <see cref="Value.SeedGradient"/>,
/// <see cref="Backward"/>, step an optimizer over <see cref="Parameters"/>. Equal seeds and inputs give equal weights, bit
/// for bit, on the same kernel set, whatever the number of threads. Not synchronized: one caller at a time.
/// </remarks>
public sealed class TrainingGraph
{
    private readonly Execution _execution;
    private readonly ulong _seed;
    private readonly List<Operation> _operations = [];
    private readonly List<Parameter> _parameters = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<Value> _values = [];

    /// <param name="batch">Samples a pass.</param>
    /// <param name="kernels">Matrix products.</param>
    /// <param name="pool">Threads; the caller disposes it after the graph's last use.</param>
    /// <param name="seed">Of the initial weights.</param>
    public TrainingGraph(int batch, KernelSet kernels, WorkerPool pool, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batch);
        Batch = batch;
        _seed = seed;
        _execution = new Execution(kernels, pool);
    }

    public int Batch { get; }

    /// <summary>Everything learned or remembered, in order of creation.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>Multiply-accumulates of one sample's forward pass.</summary>
    public long MultiplyAdds => _operations.Sum(o => o.MultiplyAdds);

    /// <summary>
    /// While set, operations that are added keep their parameters: no gradient is computed for them, and batch
    /// normalization uses its running statistics. For a fixed trunk under a head that is fitted.
    /// </summary>
    public bool Frozen { get; set; }

    /// <summary>The graph's input; the caller fills <see cref="Value.Data"/> before each pass.</summary>
    /// <param name="differentiable">Compute the loss's derivative by the input too.</param>
    public Value Input(string name, Extent extent, bool differentiable = false)
    {
        if (extent.Height < 1 || extent.Width < 1 || extent.Channels < 1) throw new ArgumentException($"input '{name}': extent {extent} has no elements");
        return NewValue(name, extent, differentiable);
    }

    /// <summary>Convolution with a square kernel, the same padding on all sides.</summary>
    /// <param name="groups">Divides both channel counts; see <see cref="DepthwiseConv"/> for one channel a group.</param>
    /// <param name="bias">Leave out before batch normalization.</param>
    /// <param name="biasStart">The bias's initial value.</param>
    /// <param name="gain">Factor on the initial weights; less than 1 where outputs should start alike.</param>
    public Value Conv(string name, Value x, int channels, int kernel, int stride = 1, int padding = 0, int groups = 1, bool bias = false, float biasStart = 0, float gain = 1)
    {
        if (groups < 1 || x.Extent.Channels % groups != 0 || channels % groups != 0)
            throw new ArgumentException($"convolution '{name}': {groups} groups do not divide {x.Extent.Channels} input and {channels} output channels");
        Window window = Slide(name, x, kernel, stride, padding);
        Shape shape = Convolution.WeightShape(x.Extent.Channels, channels, kernel, groups);
        Parameter weights = Weights(name, shape, fanIn: shape[1], gain);
        Parameter? offset = bias ? Filled(name + ".bias", channels, ParameterRole.Offset, biasStart) : null;
        Value y = NewValue(name, window.Slide(x.Extent, channels), x.CarriesGradient || weights.IsTrained);
        return Add(new Convolution(name, x, y, window, groups, weights, offset));
    }

    /// <summary>Convolution with one filter a channel, without bias.</summary>
    public Value DepthwiseConv(string name, Value x, int kernel, int stride = 1, int padding = 0)
    {
        Window window = Slide(name, x, kernel, stride, padding);
        Parameter weights = Weights(name, DepthwiseConvolution.WeightShape(x.Extent.Channels, kernel), fanIn: kernel * kernel);
        Value y = NewValue(name, window.Slide(x.Extent, x.Extent.Channels), x.CarriesGradient || weights.IsTrained);
        return Add(new DepthwiseConvolution(name, x, y, window, weights));
    }

    /// <summary>Batch normalization followed by a nonlinearity.</summary>
    /// <param name="momentum">The share of the new batch in the running statistics.</param>
    public Value BatchNorm(string name, Value x, Nonlinearity nonlinearity = Nonlinearity.None, float momentum = 0.1f)
    {
        int channels = x.Extent.Channels;
        var parameters = new BatchNormParameters(
            Filled(name + ".scale", channels, ParameterRole.Offset, 1),
            Filled(name + ".shift", channels, ParameterRole.Offset, 0),
            Filled(name + ".mean", channels, ParameterRole.Statistic, 0),
            Filled(name + ".variance", channels, ParameterRole.Statistic, 1));
        Value y = NewValue(name, x.Extent, x.CarriesGradient || parameters.Scale.IsTrained);
        return Add(nonlinearity switch
        {
            Nonlinearity.None => new BatchNormalization<Linear>(name, x, y, nonlinearity, parameters, momentum),
            Nonlinearity.Relu => new BatchNormalization<Rectified>(name, x, y, nonlinearity, parameters, momentum),
            Nonlinearity.Relu6 => new BatchNormalization<Rectified6>(name, x, y, nonlinearity, parameters, momentum),
            Nonlinearity.HardSwish => new BatchNormalization<HardSwish>(name, x, y, nonlinearity, parameters, momentum),
            Nonlinearity.Sigmoid => new BatchNormalization<Logistic>(name, x, y, nonlinearity, parameters, momentum),
            _ => throw new ArgumentOutOfRangeException(nameof(nonlinearity)),
        });
    }

    public Value Activate(string name, Value x, Nonlinearity nonlinearity)
    {
        Value y = NewValue(name, x.Extent, x.CarriesGradient);
        return Add(nonlinearity switch
        {
            Nonlinearity.None => new Activation<Linear>(name, x, y, nonlinearity),
            Nonlinearity.Relu => new Activation<Rectified>(name, x, y, nonlinearity),
            Nonlinearity.Relu6 => new Activation<Rectified6>(name, x, y, nonlinearity),
            Nonlinearity.HardSwish => new Activation<HardSwish>(name, x, y, nonlinearity),
            Nonlinearity.Sigmoid => new Activation<Logistic>(name, x, y, nonlinearity),
            _ => throw new ArgumentOutOfRangeException(nameof(nonlinearity)),
        });
    }

    /// <summary>The residual connection.</summary>
    public Value Add(string name, Value a, Value b)
    {
        if (a.Extent != b.Extent) throw new ArgumentException($"addition '{name}': extents {a.Extent} and {b.Extent} differ");
        return Add(new Addition(name, a, b, NewValue(name, a.Extent, a.CarriesGradient || b.CarriesGradient)));
    }

    /// <summary>Channels of values of one size, side by side.</summary>
    public Value Concat(string name, params ReadOnlySpan<Value> inputs)
    {
        Extent first = inputs[0].Extent;
        int channels = 0;
        bool carries = false;
        foreach (Value v in inputs)
        {
            if (v.Extent.Height != first.Height || v.Extent.Width != first.Width)
                throw new ArgumentException($"concatenation '{name}': extents {first} and {v.Extent} differ in size");
            channels += v.Extent.Channels;
            carries |= v.CarriesGradient;
        }
        return Add(new Concatenation(name, inputs.ToArray(), NewValue(name, first with { Channels = channels }, carries)));
    }

    public Value MaxPool(string name, Value x, int kernel, int stride, int padding = 0)
    {
        Window window = Slide(name, x, kernel, stride, padding);
        if (padding >= kernel) throw new ArgumentException($"pooling '{name}': padding {padding} leaves windows that see nothing");
        return Add(new MaxPooling(name, x, NewValue(name, window.Slide(x.Extent, x.Extent.Channels), x.CarriesGradient), window));
    }

    /// <summary>Without padding.</summary>
    public Value AveragePool(string name, Value x, int kernel, int stride)
    {
        Window window = Slide(name, x, kernel, stride, 0);
        return Add(new AveragePooling(name, x, NewValue(name, window.Slide(x.Extent, x.Extent.Channels), x.CarriesGradient), window));
    }

    /// <summary>The mean over all pixels; the value must be square.</summary>
    public Value GlobalAveragePool(string name, Value x)
    {
        if (x.Extent.Height != x.Extent.Width) throw new ArgumentException($"global pooling '{name}': extent {x.Extent} is not square");
        return AveragePool(name, x, x.Extent.Height, 1);
    }

    /// <summary>Repeats each pixel <paramref name="factor"/> times in both directions.</summary>
    public Value Upsample(string name, Value x, int factor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(factor, 1);
        var extent = new Extent(x.Extent.Height * factor, x.Extent.Width * factor, x.Extent.Channels);
        return Add(new NearestUpsampling(name, x, NewValue(name, extent, x.CarriesGradient), factor));
    }

    /// <summary>A fully connected layer on feature vectors.</summary>
    public Value Dense(string name, Value x, int channels)
    {
        if (!x.Extent.IsVector) throw new ArgumentException($"dense '{name}': extent {x.Extent} is not a vector [1,1,n]; pool first");
        Parameter weights = Weights(name, FullyConnected.WeightShape(x.Extent.Channels, channels), x.Extent.Channels);
        Parameter bias = Filled(name + ".bias", channels, ParameterRole.Offset, 0);
        Value y = NewValue(name, new Extent(1, 1, channels), x.CarriesGradient || weights.IsTrained);
        return Add(new FullyConnected(name, x, y, weights, bias));
    }

    /// <summary>Computes every value from the inputs.</summary>
    /// <param name="training">Batch normalization uses and remembers the batch's statistics.</param>
    public void Forward(bool training)
    {
        _execution.Training = training;
        foreach (Value v in _values) v.ForgetGradient();
        foreach (Operation o in _operations) o.Forward(_execution);
    }

    /// <summary>
    /// Carries the seeded gradients back to every trained parameter. What no loss depends on is left out.
    /// Call after <see cref="Forward"/> with training on, and after seeding.
    /// </summary>
    public void Backward()
    {
        for (int i = _operations.Count - 1; i >= 0; i--)
        {
            Operation o = _operations[i];
            if (o.Output.HasGradient) o.Backward(_execution);
            else foreach (Parameter p in o.Parameters) p.Gradient.Clear();
        }
    }

    /// <summary>The network as an ONNX model for one sample, NCHW, opset 17, batch normalization kept apart.</summary>
    /// <param name="name">Of the ONNX graph.</param>
    /// <param name="outputs">The values to expose; what they do not need is left out.</param>
    /// <param name="metadata">Goes to <c>metadata_props</c>.</param>
    public ModelProto ToOnnx(string name, IReadOnlyList<Value> outputs, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        var needed = new HashSet<Value>(outputs);
        for (int i = _operations.Count - 1; i >= 0; i--)
            if (needed.Contains(_operations[i].Output)) needed.UnionWith(_operations[i].Inputs);
        var made = new HashSet<Value>(_operations.Select(o => o.Output));
        var builder = new ModelBuilder();
        foreach (Operation o in _operations)
            if (needed.Contains(o.Output)) o.Export(builder);
        return builder.Build(name, [.. needed.Where(v => !made.Contains(v))], outputs, metadata);
    }

    private Value Add(Operation operation)
    {
        _operations.Add(operation);
        return operation.Output;
    }

    private Value NewValue(string name, Extent extent, bool carriesGradient)
    {
        if (!_names.Add(name)) throw new ArgumentException($"the graph already has a value '{name}'");
        var value = new Value(name, extent, Batch, carriesGradient);
        _values.Add(value);
        return value;
    }

    private static Window Slide(string name, Value x, int kernel, int stride, int padding)
    {
        if (kernel < 1 || stride < 1 || padding < 0 || x.Extent.Height + 2 * padding < kernel || x.Extent.Width + 2 * padding < kernel)
            throw new ArgumentException($"'{name}': a window of {kernel} with stride {stride} and padding {padding} does not fit {x.Extent}");
        return new Window(kernel, stride, padding);
    }

    /// <summary>Normal with variance 2 / fan-in (He et al. 2015).</summary>
    private Parameter Weights(string name, Shape shape, int fanIn, float gain = 1)
    {
        Parameter p = NewParameter(name + ".weight", shape, ParameterRole.Weight);
        var random = new RandomStream(_seed, p.Name);
        float deviation = gain * MathF.Sqrt(2f / fanIn);
        foreach (ref float w in p.Data) w = deviation * random.Normal();
        return p;
    }

    private Parameter Filled(string name, int channels, ParameterRole role, float value)
    {
        Parameter p = NewParameter(name, new Shape(channels), role);
        p.Data.Fill(value);
        return p;
    }

    private Parameter NewParameter(string name, Shape shape, ParameterRole role)
    {
        var p = new Parameter(name, shape, role) { IsFrozen = Frozen };
        _parameters.Add(p);
        return p;
    }
}
