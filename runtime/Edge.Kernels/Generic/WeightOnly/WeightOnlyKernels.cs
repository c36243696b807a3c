using Edge.Kernels.Isa;

namespace Edge.Kernels.Generic.WeightOnly;

/// <summary>The bodies of one instruction set, by the bits of a code.</summary>
internal sealed unsafe class WeightOnlyKernels
{
    private readonly Bodies _int8;
    private readonly Bodies _int4;

    private WeightOnlyKernels(Bodies int8, Bodies int4)
    {
        _int8 = int8;
        _int4 = int4;
    }

    public required int Lanes { get; init; }

    /// <inheritdoc cref="IVectorF32{V}.Int4LowFirst"/>
    public required bool LowFirst { get; init; }

    /// <summary>
    /// Rows up to which codes become float32 in registers, again for each four rows; with more it is faster to write them out once for all rows.
    /// </summary>
    public required int MostRows { get; init; }

    /// <inheritdoc cref="WeightOnlyFinishing{V}.Run"/>
    public required delegate*<WeightOnlyFinish*, void> Finish { get; init; }

    /// <inheritdoc cref="WeightOnlyFinishing{V}.BlockSums"/>
    public required delegate*<float*, int, int, float*, void> BlockSums { get; init; }

    public Bodies Of(int bits) => bits == 8 ? _int8 : _int4;

    public static WeightOnlyKernels Create<V>() where V : unmanaged, IVectorF32<V> => new(Of<V, Int8Codes<V>>(), Of<V, Int4Codes<V>>())
    {
        Lanes = V.Count,
        LowFirst = V.Int4LowFirst,
        // Measured: with registers for sixteen sums these are faster than float32 weights up to 32 rows, where writing out would be slower.
        MostRows = V.HasManyRegisters ? 32 : 8,
        Finish = &WeightOnlyFinishing<V>.Run,
        BlockSums = &WeightOnlyFinishing<V>.BlockSums,
    };

    private static Bodies Of<V, TCodes>() where V : unmanaged, IVectorF32<V> where TCodes : IWeightCodes<V> => new(
        &WeightOnlyRows<V, TCodes>.One, &WeightOnlyRows<V, TCodes>.Four, &WeightOnlyRows<V, TCodes>.Narrow, &WeightOnlyDecoder<V, TCodes>.Run);

    /// <summary>Products of one row and of four with a wide panel, of any number with a narrow one, and the way back to float32.</summary>
    public sealed class Bodies(delegate*<WeightOnlyArguments*, void> one, delegate*<WeightOnlyArguments*, void> four, delegate*<WeightOnlyArguments*, void> narrow, delegate*<WeightOnlyDecoding*, void> decode)
    {
        /// <summary>Up to four rows with one panel.</summary>
        public void Multiply(WeightOnlyArguments* t, bool wide)
        {
            if (!wide) narrow(t);
            else if (t->Rows == 1) one(t);
            else four(t);
        }

        public void Decode(WeightOnlyDecoding* t) => decode(t);
    }
}
