using Edge.Tensors;

namespace Edge.Runtime.Operators.Gather;

/// <summary>
/// Where GatherElements and ScatterElements find the data element that belongs to each element of the indices: the
/// index along one axis, the same coordinates along all others.
/// </summary>
internal sealed unsafe class ElementPlaces
{
    private readonly string _path;
    private readonly int[] _dims;
    private readonly int[] _strides;
    private readonly int _axis;
    private readonly int _size;
    private readonly bool _wide;

    /// <param name="path">The node, for messages.</param>
    /// <param name="data">Shape of the data.</param>
    /// <param name="indices">Shape of the indices.</param>
    /// <param name="axis">The axis that the indices address.</param>
    /// <param name="wide">int64 indices; else int32.</param>
    public ElementPlaces(string path, Shape data, Shape indices, int axis, bool wide)
    {
        _path = path;
        _dims = indices.ToArray();
        _strides = data.Strides();
        _axis = axis;
        _size = data[axis];
        _wide = wide;
        Count = indices.Count;
    }

    /// <summary>Number of indices.</summary>
    public int Count { get; }

    /// <exception cref="Onnx.ModelException">The ranks differ, or the indices reach over the data along another axis.</exception>
    public static void RequireFit(InferContext c, Shape data, Shape indices, int axis)
    {
        bool fits = data.Rank == indices.Rank;
        for (int a = 0; a < data.Rank && fits; a++) fits = a == axis || indices[a] <= data[a];
        if (!fits) throw c.Error($"indices {indices} do not fit into data {data}: same rank, and no larger along any axis but {axis}");
    }

    /// <summary>The data element of index <paramref name="i"/>, counted in elements.</summary>
    public nint Of(byte* indices, int i)
    {
        long index = Axes.IndexAt(indices, _wide, i);
        if (index < -_size || index >= _size) IndexError.Throw(_path, index, _size);
        nint place = (nint)(index < 0 ? index + _size : index) * _strides[_axis];
        for (int a = _dims.Length - 1; a >= 0; a--)
        {
            (i, int at) = Math.DivRem(i, _dims[a]);
            if (a != _axis) place += (nint)at * _strides[a];
        }

        return place;
    }
}
