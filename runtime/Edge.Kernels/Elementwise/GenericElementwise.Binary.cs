using System.Numerics;
using Edge.Kernels.Isa;
using Edge.Tensors;

namespace Edge.Kernels.Elementwise;

internal sealed partial class GenericElementwise<V>
{
    public override BinaryKernel? Binary(BinaryFunction function, DataType type)
    {
        string name = $"{function}_{TypeName(type)}".ToLowerInvariant();
        return type switch
        {
            DataType.Float32 => BinaryF32(function, $"{name}_{isa}") ?? Floating<float>(function, name),
            DataType.Float64 => function == BinaryFunction.Pow ? Scalar<double, PowDouble>(name) : Floating<double>(function, name),
            DataType.Int64 => Integer<long>(function, name),
            DataType.Int32 => Integer<int>(function, name),
            DataType.Int16 => Integer<short>(function, name),
            DataType.Int8 => Integer<sbyte>(function, name),
            DataType.UInt64 => Unsigned<ulong>(function, name),
            DataType.UInt32 => Unsigned<uint>(function, name),
            DataType.UInt16 => Unsigned<ushort>(function, name),
            DataType.UInt8 => Unsigned<byte>(function, name),
            DataType.Bool => Logical(function, name),
            _ => null,
        };
    }

    private static BinaryKernel? BinaryF32(BinaryFunction function, string name) => function switch
    {
        BinaryFunction.Add => Vector<AddF32>(name),
        BinaryFunction.Sub => Vector<SubF32>(name),
        BinaryFunction.Mul => Vector<MulF32>(name),
        BinaryFunction.Div => Vector<DivF32>(name),
        BinaryFunction.Max => Vector<MaxF32>(name),
        BinaryFunction.Min => Vector<MinF32>(name),
        BinaryFunction.PRelu => Vector<PReluF32>(name),
        BinaryFunction.Pow => new BinaryKernel<float, float, PowRowF32<V>>(default, name),
        _ => null,
    };

    private static BinaryKernel? Floating<T>(BinaryFunction function, string name) where T : unmanaged, IFloatingPoint<T> => function switch
    {
        BinaryFunction.Div => Scalar<T, DivFloating<T>>(name),
        BinaryFunction.FMod => Scalar<T, FModFloating<T>>(name),
        _ => Number<T>(function, name),
    };

    private static BinaryKernel? Unsigned<T>(BinaryFunction function, string name) where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T> => function switch
    {
        BinaryFunction.ShiftLeft => Scalar<T, ShiftLeftScalar<T>>(name),
        BinaryFunction.ShiftRight => Scalar<T, ShiftRightScalar<T>>(name),
        _ => Integer<T>(function, name),
    };

    private static BinaryKernel? Integer<T>(BinaryFunction function, string name) where T : unmanaged, IBinaryInteger<T> => function switch
    {
        BinaryFunction.Div => Scalar<T, DivInteger<T>>(name),
        BinaryFunction.Mod => Scalar<T, ModInteger<T>>(name),
        BinaryFunction.FMod => Scalar<T, FModInteger<T>>(name),
        BinaryFunction.Pow => Scalar<T, PowInteger<T>>(name),
        BinaryFunction.BitAnd => Scalar<T, BitAndScalar<T>>(name),
        BinaryFunction.BitOr => Scalar<T, BitOrScalar<T>>(name),
        BinaryFunction.BitXor => Scalar<T, BitXorScalar<T>>(name),
        _ => Number<T>(function, name),
    };

    private static BinaryKernel? Number<T>(BinaryFunction function, string name) where T : unmanaged, INumber<T> => function switch
    {
        BinaryFunction.Add => Scalar<T, AddScalar<T>>(name),
        BinaryFunction.Sub => Scalar<T, SubScalar<T>>(name),
        BinaryFunction.Mul => Scalar<T, MulScalar<T>>(name),
        BinaryFunction.Max => Scalar<T, MaxScalar<T>>(name),
        BinaryFunction.Min => Scalar<T, MinScalar<T>>(name),
        BinaryFunction.PRelu => Scalar<T, PReluScalar<T>>(name),
        BinaryFunction.Equal => Comparison<T, EqualScalar<T>>(name),
        BinaryFunction.Greater => Comparison<T, GreaterScalar<T>>(name),
        BinaryFunction.GreaterOrEqual => Comparison<T, GreaterOrEqualScalar<T>>(name),
        BinaryFunction.Less => Comparison<T, LessScalar<T>>(name),
        BinaryFunction.LessOrEqual => Comparison<T, LessOrEqualScalar<T>>(name),
        _ => null,
    };

    private static BinaryKernel? Logical(BinaryFunction function, string name) => function switch
    {
        BinaryFunction.And => Comparison<byte, AndScalar>(name),
        BinaryFunction.Or => Comparison<byte, OrScalar>(name),
        BinaryFunction.Xor => Comparison<byte, XorScalar>(name),
        BinaryFunction.Equal => Comparison<byte, SameTruth>(name),
        _ => null,
    };

    private static BinaryKernel<float, float, BinaryRowF32<TOp, V>> Vector<TOp>(string name) where TOp : struct, IBinaryF32 => new(default, name);

    private static BinaryKernel<T, T, BinaryRow<T, T, TOp>> Scalar<T, TOp>(string name)
        where T : unmanaged
        where TOp : struct, IBinaryScalar<T, T> => new(default, name);

    private static BinaryKernel<T, bool, BinaryRow<T, bool, TOp>> Comparison<T, TOp>(string name)
        where T : unmanaged
        where TOp : struct, IBinaryScalar<T, bool> => new(default, name);
}
