using Edge.Kernels.Elementwise;
using Edge.Kernels.Isa;
using Edge.Tensors;

namespace Edge.Kernels.Reduction;

/// <summary>Reductions closed over the vectors of one ISA.</summary>
/// <param name="isa">The name of the set, for the names of kernels.</param>
internal sealed class GenericReduction<V>(string isa) : ReductionKernels
    where V : unmanaged, IVectorF32<V>
{
    public override SoftmaxKernel Softmax { get; } = new SoftmaxKernel<V>(isa);

    public override ReduceKernel? Reduce(ReduceFunction function, DataType type, Shape shape, ReadOnlySpan<int> axes)
    {
        var geometry = new ReductionGeometry(shape, axes);
        string name = $"reduce_{function}_{ElementwiseKernels.TypeName(type)}".ToLowerInvariant();
        return type switch
        {
            DataType.Float32 => (geometry.IsOneBlock ? Vector(function, geometry, $"{name}_{isa}") : null) ?? new ReduceScalar<float>(function, geometry, name),
            DataType.Float64 => new ReduceScalar<double>(function, geometry, name),
            DataType.Int32 => new ReduceScalar<int>(function, geometry, name),
            DataType.Int64 => new ReduceScalar<long>(function, geometry, name),
            DataType.UInt32 => new ReduceScalar<uint>(function, geometry, name),
            DataType.UInt64 => new ReduceScalar<ulong>(function, geometry, name),
            DataType.UInt8 or DataType.Bool when function is ReduceFunction.Max or ReduceFunction.Min => new ReduceScalar<byte>(function, geometry, name),
            DataType.Int8 when function is ReduceFunction.Max or ReduceFunction.Min => new ReduceScalar<sbyte>(function, geometry, name),
            _ => null,
        };
    }

    private static ReduceKernel? Vector(ReduceFunction function, ReductionGeometry geometry, string name) => function switch
    {
        ReduceFunction.Sum => new ReduceF32<SumReduction, V>(geometry, name),
        ReduceFunction.Mean => new ReduceF32<MeanReduction, V>(geometry, name),
        ReduceFunction.Max => new ReduceF32<MaxReduction, V>(geometry, name),
        ReduceFunction.Min => new ReduceF32<MinReduction, V>(geometry, name),
        ReduceFunction.Prod => new ReduceF32<ProdReduction, V>(geometry, name),
        ReduceFunction.L1 => new ReduceF32<L1Reduction, V>(geometry, name),
        ReduceFunction.L2 => new ReduceF32<L2Reduction, V>(geometry, name),
        ReduceFunction.SumSquare => new ReduceF32<SumSquareReduction, V>(geometry, name),
        _ => null,
    };
}
