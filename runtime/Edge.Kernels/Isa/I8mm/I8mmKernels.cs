using Edge.Kernels.Emit;
using Edge.Kernels.Generic;
using Edge.Kernels.Generic.Gemm;

namespace Edge.Kernels.Isa;

/// <summary>The set <c>i8mm</c>: products of bytes by machine code that is emitted here, and everything else as in <c>dotprod</c>.</summary>
internal static class I8mmKernels
{
    public static KernelSet Create() => KernelSet.Create<VectorF32x4>("i8mm", new GenericDense(DotProdKernels.Dense("i8mm", Int8Tiles.Of(
        takesSigned: null,
        (inputSigned, result) => TileCode.Publish(I8mmTileEmitter.Columns, I8mmTileEmitter.MaxRows, I8mmTileEmitter.RowGranule, I8mmTileEmitter.StepBytes,
            (rows, variant) => new I8mmTileEmitter(rows, variant, inputSigned, result).Emit())))));
}
