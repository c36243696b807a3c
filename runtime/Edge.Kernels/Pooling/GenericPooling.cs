using Edge.Kernels.Isa;
using Edge.Kernels.Quantize;
using Edge.Tensors;

namespace Edge.Kernels.Pooling;

/// <summary>Pooling closed over the vectors of one ISA. Channels are the lanes; one channel alone goes element by element.</summary>
internal sealed class GenericPooling<V>(string isa) : PoolingKernels
    where V : unmanaged, IVectorF32<V>
{
    public override PoolKernel Float(PoolFunction function, in PoolGeometry geometry)
    {
        if (geometry.Channels == 1 && V.Count > 1) return new GenericPooling<VectorF32x1>(isa).Float(function, geometry);
        return function == PoolFunction.Max
            ? new MaxPool<V>(geometry, $"max_pool_f32_{isa}")
            : new SumPool<V>(function, geometry, $"{(function == PoolFunction.Sum ? "sum" : "average")}_pool_f32_{isa}");
    }

    public override PoolKernel MaxOfBytes(DataType type, in PoolGeometry geometry) => type switch
    {
        DataType.UInt8 => new MaxOfBytes<byte, V>(geometry, $"max_pool_u8_{isa}"),
        DataType.Int8 => new MaxOfBytes<sbyte, V>(geometry, $"max_pool_s8_{isa}"),
        _ => throw new ArgumentOutOfRangeException(nameof(type), $"{type.OnnxName()} is not of 8 bits"),
    };

    public override QuantizedPoolKernel AverageOfBytes(DataType type, PoolFunction function, in PoolGeometry geometry) => type switch
    {
        DataType.UInt8 => new AverageOfBytes<UnsignedLanes, V>(function, geometry, $"average_pool_u8_{isa}"),
        DataType.Int8 => new AverageOfBytes<SignedLanes, V>(function, geometry, $"average_pool_s8_{isa}"),
        _ => throw new ArgumentOutOfRangeException(nameof(type), $"{type.OnnxName()} is not of 8 bits"),
    };
}
