using Edge.Onnx;
using Edge.Runtime.Execution;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Control;

/// <summary>Collects one tensor an iteration along a new first axis. Keeps its memory from run to run.</summary>
/// <param name="declared">What the body says of the tensor; used where there is no iteration.</param>
/// <param name="budget">Bounds the result.</param>
internal sealed unsafe class StackedOutput(ValueInfoProto declared, MemoryBudget budget)
{
    private readonly RunValue _buffer = new(budget);
    private int _count;
    private Shape _element;
    private DataType _type;
    private Tensor? _result;

    public void Clear() => _count = 0;

    public void Free() => _buffer.Free();

    public void Append(Node node, RunValue value)
    {
        var t = value.Tensor ?? throw node.Error($"'{declared.Name}' is a sequence; only tensors can be stacked");
        if (_count == 0)
        {
            _element = t.Shape;
            _type = t.Type;
            if (_buffer.Tensor is not { } kept || kept.Type != _type || !kept.Shape.Dims[1..].SequenceEqual(_element.Dims)) Grow(1);
        }
        else if (t.Shape != _element || t.Type != _type)
        {
            throw node.Error($"'{declared.Name}' changes from {_type.OnnxName()}{_element} to {t} between iterations");
        }

        if (_count == _buffer.Tensor!.Shape[0]) Grow(checked(2 * _count));
        Buffer.MemoryCopy(t.Data, _buffer.Tensor!.Data + _count * t.ByteLength, t.ByteLength, t.ByteLength);
        _count++;
    }

    /// <summary>All that was appended; holds until the next <see cref="Append"/>.</summary>
    public Tensor Finish()
    {
        if (_count == 0) return None();
        var buffer = _buffer.Tensor!;
        if (_result is not { } kept || kept.Data != buffer.Data || kept.Type != _type || kept.Shape[0] != _count || !kept.Shape.Dims[1..].SequenceEqual(_element.Dims))
            _result = Tensor.Borrow(_type, new Shape([_count, .. _element.Dims]), buffer.Data, buffer, hasSlack: true);
        return _result;
    }

    private void Grow(int rows)
    {
        var old = _count == 0 ? null : _buffer.Tensor;
        var grown = _buffer.Ensure(_type, new Shape([rows, .. _element.Dims]));
        old?.Bytes[..checked((int)(old.ByteLength / old.Shape[0] * _count))].CopyTo(grown.Bytes);
    }

    private Tensor None()
    {
        var tensor = declared.Type?.Tensor ?? throw new ModelException($"a loop without an iteration leaves the type of '{declared.Name}' open");
        int[] dims = [0, .. (tensor.Shape?.Dims ?? []).Select(d => d.Value is >= 0 and <= int.MaxValue ? (int)d.Value : 0)];
        return _result = Tensor.Create((DataType)tensor.ElemType, new Shape(dims));
    }
}
