using Edge.Tensors;

namespace Edge.Runtime.Operators.QLinearConv;

/// <summary>
/// The requantization that <see cref="Kernels.Dense.Int8Output"/> defines, one element at a time, for operators whose
/// parameters only a run brings.
/// </summary>
internal readonly struct Requantize
{
    private readonly DataType _type;
    private readonly int _zeroPoint;
    private readonly int _low;
    private readonly int _high;

    /// <param name="type">int32: the accumulator; float32: its product with the scale; else requantized.</param>
    /// <param name="zeroPoint">Zero point of the output.</param>
    /// <param name="low">Least value that may be written.</param>
    /// <param name="high">Greatest value that may be written.</param>
    public Requantize(DataType type, int zeroPoint, int low, int high)
    {
        _type = type;
        _zeroPoint = zeroPoint;
        _low = Math.Max(low, type == DataType.Int8 ? sbyte.MinValue : byte.MinValue);
        _high = Math.Min(high, type == DataType.Int8 ? sbyte.MaxValue : byte.MaxValue);
    }

    public unsafe void Store(int acc, float scale, void* y, nint i)
    {
        switch (_type)
        {
            case DataType.Int32: ((int*)y)[i] = acc; break;
            case DataType.Float32: ((float*)y)[i] = (float)acc * scale; break;
            default:
                float r = (float)acc * scale;
                r = MathF.Min(MathF.Max(r, _low - _zeroPoint), _high - _zeroPoint);
                ((byte*)y)[i] = (byte)((int)MathF.Round(r, MidpointRounding.ToEven) + _zeroPoint);
                break;
        }
    }
}
