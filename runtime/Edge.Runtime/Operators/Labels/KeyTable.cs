using Edge.Tensors;

namespace Edge.Runtime.Operators.Labels;

/// <summary>
/// From elements to their places in a list: what looks up labels and categories. Integers, strings by their handles, floats by
/// value: every NaN is one key, and so are 0 and −0. Of keys that occur twice the first counts, as in ONNX Runtime.
/// </summary>
internal sealed unsafe class KeyTable
{
    private readonly Dictionary<long, int> _places = [];

    /// <param name="keys">Which elements there are.</param>
    /// <param name="nan">Whether NaN can be one of them.</param>
    public KeyTable(Tensor keys, bool nan = true)
    {
        bool floats = keys.Type is DataType.Float32 or DataType.Float64;
        for (int i = 0; i < keys.Count; i++)
        {
            long key = Key(keys.Data, keys.Type, i);
            if (nan || !floats || key != BitConverter.DoubleToInt64Bits(double.NaN)) _places.TryAdd(key, i);
        }

        GC.KeepAlive(keys);
    }

    /// <summary>Types that keys may have.</summary>
    public static ReadOnlySpan<DataType> Types =>
        [DataType.String, DataType.Int64, DataType.Int32, DataType.Int16, DataType.Float32, DataType.Float64];

    /// <summary>The place of element <paramref name="i"/>; −1 if it is no key.</summary>
    public int Find(void* data, DataType type, nint i) => _places.GetValueOrDefault(Key(data, type, i), -1);

    private static long Key(void* data, DataType type, nint i) => type switch
    {
        DataType.Int32 => ((int*)data)[i],
        DataType.Int16 => ((short*)data)[i],
        DataType.Float32 => Bits(((float*)data)[i]),
        DataType.Float64 => Bits(((double*)data)[i]),
        _ => ((long*)data)[i],
    };

    private static long Bits(double value) => BitConverter.DoubleToInt64Bits(double.IsNaN(value) ? double.NaN : value == 0 ? 0 : value);
}
