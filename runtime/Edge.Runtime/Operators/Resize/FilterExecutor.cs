using System.Numerics;
using Edge.Kernels.Layout;
using Edge.Kernels.Threading;
using Edge.Runtime.Operators.Cast;
using Edge.Runtime.Operators.Conv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Resize;

/// <summary>
/// Linear and cubic resampling: one pass for each axis that changes, in float32 or float64, the one that shrinks most
/// first. Elements of other types are widened before and rounded half to even, saturated, behind.
/// </summary>
internal sealed unsafe class FilterExecutor<T> : Executor where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly AxisFilter<T>[] _passes;
    private readonly T _extrapolation;
    private readonly DataType _type;
    private readonly bool _converts;
    private readonly int _inputCount;
    private readonly int _outputCount;
    private readonly nint _bufferBytes;
    private readonly string _mode;

    public FilterExecutor(ResizeAttributes attributes, ResizeAxis[] axes, DataType type)
    {
        _type = type;
        _converts = type != DataTypeExtensions.Of<T>();
        _extrapolation = T.CreateTruncating(attributes.Extrapolation);
        _mode = attributes.Mode == ResizeMode.Cubic ? "cubic" : "linear";
        bool crop = attributes.Coordinates == CoordinateMode.CropAndResize;
        int[] dims = Array.ConvertAll(axes, a => a.Input);
        _inputCount = new Shape(dims).Count;
        _outputCount = new Shape(Array.ConvertAll(axes, a => a.Output)).Count;
        long largest = _converts ? Math.Max(_inputCount, _outputCount) : 0;
        var passes = new List<AxisFilter<T>>();
        // A stable sort over the axes from the last on: of equal ones the inner axis is first, while its rows are few.
        foreach (int a in Enumerable.Range(0, _outputCount == 0 ? 0 : axes.Length).Reverse().OrderBy(a => axes[a].Scale))
        {
            if (axes[a].IsIdentity && !crop) continue;
            var shape = new Shape(dims);
            var (taps, indices, weights) = FilterTable.Build(attributes, axes[a]);
            passes.Add(new AxisFilter<T>(shape.Product(0, a), dims[a], shape.Product(a + 1, dims.Length), taps, indices, Array.ConvertAll(weights, w => T.CreateTruncating(w))));
            dims[a] = axes[a].Output;
            largest = Math.Max(largest, new Shape(dims).Count);
        }

        _passes = [.. passes];
        _bufferBytes = Scratch.Align((nint)largest * sizeof(T));
    }

    public override string Kernel => $"resize_{_mode}_{(sizeof(T) == sizeof(float) ? "f32" : "f64")}_{_passes.Length}_passes";

    /// <summary>What makes the rows of the result; null where none is needed.</summary>
    public AxisFilter<T>? LastPass => _passes is [.., var last] ? last : null;

    /// <summary>What lies outside of the picture.</summary>
    public T Extrapolation => _extrapolation;

    public override nint ScratchBytes => _passes.Length > 1 || _converts ? 2 * _bufferBytes : 0;

    public override void Execute(in StepContext c)
    {
        if (_outputCount == 0) return;
        T* x = c.Input<T>(0);
        int buffer = 0;
        if (_converts)
        {
            x = (T*)c.Scratch;
            ElementCast.Find(_type, DataTypeExtensions.Of<T>())(c.Input<byte>(0), x, _inputCount);
            buffer = 1;
        }

        // Two buffers take turns as source and target.
        for (int p = 0; p < _passes.Length; p++, buffer ^= 1)
        {
            bool last = !_converts && p == _passes.Length - 1;
            T* y = last ? c.Output<T>(0) : (T*)(c.Scratch + buffer * _bufferBytes);
            _passes[p].Run(x, y, _extrapolation, c.Pool);
            x = y;
        }

        if (_converts) Narrow(x, c.Output<byte>(0));
        else if (_passes.Length == 0) Buffer.MemoryCopy(x, c.Output<T>(0), (nint)_outputCount * sizeof(T), (nint)_inputCount * sizeof(T));
    }

    /// <summary>All passes but the last one, of an input that needs no conversion; returns what that reads.</summary>
    public T* RunAllButLast(T* x, byte* scratch, WorkerPool pool)
    {
        for (int p = 0; p < _passes.Length - 1; p++)
        {
            T* y = (T*)(scratch + p % 2 * _bufferBytes);
            _passes[p].Run(x, y, _extrapolation, pool);
            x = y;
        }

        return x;
    }

    private void Narrow(T* x, byte* y)
    {
        for (int i = 0; i < _outputCount; i++) x[i] = T.Round(x[i], MidpointRounding.ToEven);
        ElementCast.Find(DataTypeExtensions.Of<T>(), _type)(x, y, _outputCount);
    }
}
