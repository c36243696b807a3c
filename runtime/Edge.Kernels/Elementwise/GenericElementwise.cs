using System.Numerics;
using Edge.Kernels.Isa;
using Edge.Tensors;

namespace Edge.Kernels.Elementwise;

/// <summary>Elementwise kernels closed over the vectors of one ISA.</summary>
/// <param name="isa">The name of the set, for the names of kernels.</param>
internal sealed partial class GenericElementwise<V>(string isa) : ElementwiseKernels
    where V : unmanaged, IVectorF32<V>
{
    public override ScaleShiftKernel ScaleShift { get; } = new ScaleShiftKernel<V>(isa);

    public override ByteLookup Lookup { get; } = new ByteLookup<V>(isa);

    public override UnaryKernel? Unary(UnaryFunction function, DataType type, double alpha = 0, double beta = 0)
    {
        string name = $"{function}_{TypeName(type)}".ToLowerInvariant();
        return type switch
        {
            DataType.Float32 => UnaryF32(function, (float)alpha, (float)beta, $"{name}_{isa}"),
            DataType.Float64 => UnaryF64(function, alpha, beta, name),
            DataType.Int64 => UnaryInteger<long>(function, alpha, beta, name),
            DataType.Int32 => UnaryInteger<int>(function, alpha, beta, name),
            DataType.Int16 => UnaryInteger<short>(function, alpha, beta, name),
            DataType.Int8 => UnaryInteger<sbyte>(function, alpha, beta, name),
            DataType.UInt64 => UnaryInteger<ulong>(function, alpha, beta, name),
            DataType.UInt32 => UnaryInteger<uint>(function, alpha, beta, name),
            DataType.UInt16 => UnaryInteger<ushort>(function, alpha, beta, name),
            DataType.UInt8 => UnaryInteger<byte>(function, alpha, beta, name),
            DataType.Bool => function == UnaryFunction.Not ? new UnaryScalar<byte, NotScalar>(default, name) : null,
            _ => null,
        };
    }

    private static UnaryKernel? UnaryF64(UnaryFunction function, double alpha, double beta, string name) => function switch
    {
        UnaryFunction.Gelu or UnaryFunction.Erf or UnaryFunction.Not or UnaryFunction.BitNot => null,
        _ => Predicate<double>(function, alpha, beta, name) ?? new UnaryScalar<double, DoubleScalar>(new DoubleScalar(function, alpha, beta), name),
    };

    private static UnaryKernel? Predicate<T>(UnaryFunction function, double alpha, double beta, string name) where T : unmanaged, IFloatingPoint<T> => function switch
    {
        UnaryFunction.IsNaN => new UnaryPredicate<T, IsNaNScalar<T>>(default, name),
        UnaryFunction.IsInf => new UnaryPredicate<T, IsInfScalar<T>>(new IsInfScalar<T>(alpha != 0, beta != 0), name),
        _ => null,
    };

    private static UnaryKernel? UnaryInteger<T>(UnaryFunction function, double alpha, double beta, string name) where T : unmanaged, IBinaryInteger<T> => function switch
    {
        UnaryFunction.Relu => new UnaryScalar<T, ReluScalar<T>>(default, name),
        UnaryFunction.Abs => new UnaryScalar<T, AbsScalar<T>>(default, name),
        UnaryFunction.Neg => new UnaryScalar<T, NegScalar<T>>(default, name),
        UnaryFunction.Sign => new UnaryScalar<T, SignScalar<T>>(default, name),
        UnaryFunction.BitNot => new UnaryScalar<T, BitNotScalar<T>>(default, name),
        UnaryFunction.Shrink => new UnaryScalar<T, ShrinkInteger<T>>(new ShrinkInteger<T>(alpha, beta), name),
        _ => null,
    };

    private static UnaryKernel? UnaryF32(UnaryFunction function, float alpha, float beta, string name) => function switch
    {
        UnaryFunction.Relu => new UnaryF32<ReluF32, V>(default, name),
        UnaryFunction.LeakyRelu => new UnaryF32<LeakyReluF32, V>(new LeakyReluF32(alpha), name),
        UnaryFunction.Clip => new UnaryF32<ClipF32, V>(new ClipF32(alpha, beta), name),
        UnaryFunction.Sigmoid => new UnaryF32<SigmoidF32, V>(default, name),
        UnaryFunction.HardSigmoid => new UnaryF32<HardSigmoidF32, V>(new HardSigmoidF32(alpha, beta), name),
        UnaryFunction.HardSwish => new UnaryF32<HardSwishF32, V>(default, name),
        UnaryFunction.Swish => new UnaryF32<SwishF32, V>(new SwishF32(alpha), name),
        UnaryFunction.Tanh => new UnaryF32<TanhF32, V>(default, name),
        UnaryFunction.Elu => new UnaryF32<EluF32, V>(new EluF32(alpha), name),
        UnaryFunction.Selu => new UnaryF32<SeluF32, V>(new SeluF32(alpha, beta), name),
        UnaryFunction.Celu => new UnaryF32<CeluF32, V>(new CeluF32(alpha), name),
        UnaryFunction.Softplus => new UnaryF32<SoftplusF32, V>(default, name),
        UnaryFunction.Softsign => new UnaryF32<SoftsignF32, V>(default, name),
        UnaryFunction.ThresholdedRelu => new UnaryF32<ThresholdedReluF32, V>(new ThresholdedReluF32(alpha), name),
        UnaryFunction.Mish => new UnaryF32<MishF32, V>(default, name),
        UnaryFunction.Gelu => new UnaryF32<GeluF32, V>(default, name),
        UnaryFunction.GeluTanh => new UnaryF32<GeluTanhF32, V>(default, name),
        UnaryFunction.Erf => new UnaryF32<ErfF32, V>(default, name),
        UnaryFunction.Exp => new UnaryF32<ExpF32, V>(default, name),
        UnaryFunction.Log => new UnaryF32<LogF32, V>(default, name),
        UnaryFunction.Sqrt => new UnaryF32<SqrtF32, V>(default, name),
        UnaryFunction.Reciprocal => new UnaryF32<ReciprocalF32, V>(default, name),
        UnaryFunction.Abs => new UnaryF32<AbsF32, V>(default, name),
        UnaryFunction.Neg => new UnaryF32<NegF32, V>(default, name),
        UnaryFunction.Sign => new UnaryF32<SignF32, V>(default, name),
        UnaryFunction.Floor => new UnaryF32<FloorF32, V>(default, name),
        UnaryFunction.Ceil => new UnaryF32<CeilF32, V>(default, name),
        UnaryFunction.Round => new UnaryF32<RoundF32, V>(default, name),
        UnaryFunction.Shrink => new UnaryF32<ShrinkF32, V>(new ShrinkF32(alpha, beta), name),
        >= UnaryFunction.Sin and <= UnaryFunction.Atanh => new UnaryScalar<float, ElementaryScalar>(new ElementaryScalar(function), name),
        _ => Predicate<float>(function, alpha, beta, name),
    };
}
