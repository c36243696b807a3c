using Edge.Kernels.Layout;
using Edge.Runtime.Operators.Conv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Resize;

/// <summary>
/// Linear and cubic resampling: one pass for each axis that changes, in float32, the one that shrinks most first.
/// </summary>
internal sealed unsafe class FilterExecutor : Executor
{
    private readonly AxisFilter[] _passes;
    private readonly float _extrapolation;
    private readonly DataType _type;
    private readonly int _inputCount;
    private readonly int _outputCount;
    private readonly nint _bufferBytes;
    private readonly string _mode;

    public FilterExecutor(ResizeAttributes attributes, ResizeAxis[] axes, DataType type)
    {
        _type = type;
        _extrapolation = attributes.Extrapolation;
        _mode = attributes.Mode == ResizeMode.Cubic ? "cubic" : "linear";
        bool crop = attributes.Coordinates == CoordinateMode.CropAndResize;
        int[] dims = Array.ConvertAll(axes, a => a.Input);
        _inputCount = new Shape(dims).Count;
        _outputCount = new Shape(Array.ConvertAll(axes, a => a.Output)).Count;
        long largest = _type == DataType.Float32 ? 0 : Math.Max(_inputCount, _outputCount);
        var passes = new List<AxisFilter>();
        // A stable sort over the axes from the last on: of equal ones the inner axis is first, while its rows are few.
        foreach (int a in Enumerable.Range(0, axes.Length).Reverse().OrderBy(a => axes[a].Scale))
        {
            if (axes[a].IsIdentity && !crop) continue;
            var shape = new Shape(dims);
            var (taps, indices, weights) = FilterTable.Build(attributes, axes[a]);
            passes.Add(new AxisFilter(shape.Product(0, a), dims[a], shape.Product(a + 1, dims.Length), taps, indices, weights));
            dims[a] = axes[a].Output;
            largest = Math.Max(largest, new Shape(dims).Count);
        }

        _passes = _outputCount == 0 ? [] : [.. passes];
        _bufferBytes = Scratch.Align((nint)largest * sizeof(float));
    }

    public override string Kernel => $"resize_{_mode}_f32_{_passes.Length}_passes";

    public override nint ScratchBytes => _passes.Length > 1 || _type != DataType.Float32 ? 2 * _bufferBytes : 0;

    public override void Execute(in StepContext c)
    {
        if (_outputCount == 0) return;
        float* x = c.Input<float>(0);
        int buffer = 0;
        if (_type != DataType.Float32)
        {
            x = (float*)c.Scratch;
            Widen(c.Input<byte>(0), x);
            buffer = 1;
        }

        // Two buffers take turns as source and target.
        for (int p = 0; p < _passes.Length; p++, buffer ^= 1)
        {
            bool last = _type == DataType.Float32 && p == _passes.Length - 1;
            float* y = last ? c.Output<float>(0) : (float*)(c.Scratch + buffer * _bufferBytes);
            _passes[p].Run(x, y, _extrapolation, c.Pool);
            x = y;
        }

        if (_type != DataType.Float32) Narrow(x, c.Output<byte>(0));
        else if (_passes.Length == 0) Buffer.MemoryCopy(x, c.Output<float>(0), (nint)_outputCount * sizeof(float), (nint)_inputCount * sizeof(float));
    }

    private void Widen(byte* x, float* y)
    {
        if (_type == DataType.Int8)
        {
            for (int i = 0; i < _inputCount; i++) y[i] = ((sbyte*)x)[i];
        }
        else
        {
            for (int i = 0; i < _inputCount; i++) y[i] = x[i];
        }
    }

    private void Narrow(float* x, byte* y)
    {
        float low = _type == DataType.Int8 ? sbyte.MinValue : byte.MinValue, high = _type == DataType.Int8 ? sbyte.MaxValue : byte.MaxValue;
        for (int i = 0; i < _outputCount; i++)
            y[i] = (byte)(int)MathF.Round(Math.Clamp(x[i], low, high), MidpointRounding.ToEven);
    }
}
