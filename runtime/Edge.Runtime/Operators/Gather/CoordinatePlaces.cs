using Edge.Tensors;

namespace Edge.Runtime.Operators.Gather;

/// <summary>Where GatherND and ScatterND find the slice of the data that each tuple of int64 coordinates names.</summary>
internal sealed unsafe class CoordinatePlaces
{
    private readonly string _path;
    private readonly int[] _dims;
    private readonly nint[] _strides;
    private readonly nint _batchBytes;
    private readonly int _perBatch;

    /// <param name="path">The node, for messages.</param>
    /// <param name="data">Shape of the data.</param>
    /// <param name="indices">Shape of the indices, <c>[batch…, …, depth]</c>.</param>
    /// <param name="batch">Leading axes that both have in common.</param>
    /// <param name="elementBytes">Bytes of an element of the data.</param>
    public CoordinatePlaces(string path, Shape data, Shape indices, int batch, int elementBytes)
    {
        _path = path;
        int depth = indices[^1];
        _dims = data.ToArray()[batch..(batch + depth)];
        _strides = new nint[depth];
        for (int i = 0; i < depth; i++) _strides[i] = (nint)data.Product(batch + i + 1, data.Rank) * elementBytes;
        SliceBytes = (nint)data.Product(batch + depth, data.Rank) * elementBytes;
        _batchBytes = (nint)data.Product(batch, data.Rank) * elementBytes;
        Count = indices.Product(0, indices.Rank - 1);
        _perBatch = indices.Product(batch, indices.Rank - 1);
    }

    /// <summary>Number of tuples.</summary>
    public int Count { get; }

    /// <summary>Bytes of the slice that a tuple names.</summary>
    public nint SliceBytes { get; }

    /// <summary>Bytes from the start of the data to the slice of tuple <paramref name="i"/>.</summary>
    public nint Of(long* indices, int i)
    {
        long* tuple = indices + (nint)i * _dims.Length;
        nint place = i / _perBatch * _batchBytes;
        for (int d = 0; d < _dims.Length; d++)
        {
            long index = tuple[d];
            if (index < -_dims[d] || index >= _dims[d]) IndexError.Throw(_path, index, _dims[d]);
            place += (nint)(index < 0 ? index + _dims[d] : index) * _strides[d];
        }

        return place;
    }
}
