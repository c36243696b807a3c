using Edge.Quantization.Calibration;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Evaluation.Samples;

/// <summary>Rows of NumPy arrays, read in their order; going back begins again.</summary>
internal sealed class ArraySet : ISampleSet
{
    private readonly ArrayCalibrationSource _source;
    private readonly IReadOnlyList<TensorInfo> _inputs;
    private IEnumerator<IReadOnlyList<Tensor>>? _rows;
    private int _next;

    public ArraySet(ArrayCalibrationSource source, IReadOnlyList<TensorInfo> inputs)
    {
        (_source, _inputs) = (source, inputs);
        _rows = source.Read(inputs).GetEnumerator();
        Count = source.Count!.Value;
    }

    public int Count { get; }

    public bool ReadsAnywhere => false;

    public string Name(int index) => $"{_source.Description} #{index}";

    public IReadOnlyList<Tensor> Read(int index)
    {
        if (_rows is null || index < _next)
        {
            _rows?.Dispose();
            (_rows, _next) = (_source.Read(_inputs).GetEnumerator(), 0);
        }
        while (_next <= index)
        {
            if (!_rows.MoveNext()) throw new DataException($"{_source.Description}: the samples end at {_next} of {Count}");
            _next++;
        }
        return _rows.Current;
    }
}
