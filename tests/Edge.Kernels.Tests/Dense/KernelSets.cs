using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Edge.Kernels.Dense;
using Edge.Kernels.Generic;
using Edge.Kernels.Generic.Depthwise;
using Edge.Kernels.Generic.Gemm;
using Edge.Kernels.Generic.WeightOnly;
using Edge.Kernels.Generic.Winograd;
using Edge.Kernels.Isa;
using Xunit;

namespace Edge.Kernels.Tests.Dense;

/// <summary>Every kernel set there is, as test data; those that this CPU cannot run are skipped visibly.</summary>
public static unsafe class KernelSets
{
    /// <summary>The set <c>avxvnni</c> with its one instruction emulated.</summary>
    private const string EmulatedVnni = "avxvnni, emulated";

    /// <summary>Tiles along the sum as <c>neon</c> has them, with their instructions emulated.</summary>
    public const string EmulatedDepth = "neon, emulated";

    public static TheoryData<string> All => [.. KernelCatalog.Names, EmulatedVnni, EmulatedDepth];

    public static DenseKernels Require(string name)
    {
        if (name is EmulatedVnni or EmulatedDepth)
        {
            Assert.SkipUnless(Avx2.IsSupported && Fma.IsSupported, "this CPU cannot run avx2");
            return Emulated(name == EmulatedDepth ? Int8Tiles.Depth<EmulatedDepthInt8, Vector128<int>, Vector128<sbyte>, Vector128<short>>() : null);
        }
        KernelSet? set = KernelCatalog.Available.FirstOrDefault(s => s.Name == name);
        Assert.SkipUnless(set is not null, $"this CPU cannot run {name}");
        return set!.Dense;
    }

    private static GenericDense Emulated(Int8Tiles? depthTiles) => new(new DenseIsa
    {
        Name = "emulated",
        Activate = &ActivationRow<VectorF32x8>.Apply,
        TilesF32 = new(TileSet.Narrow<F32Tile<Avx2F32, Vector256<float>>, Vector256<float>, Vector256<float>, Vector256<float>>),
        WeightOnly = WeightOnlyKernels.Create<VectorF32x8>(),
        DepthwiseF32 = DepthwiseKernelsF32.Create<Avx2F32, Vector256<float>, Vector128F32, Vector128<float>>(),
        WinogradF32 = WinogradKernels.Create<Avx2F32, Vector256<float>, Vector128F32, Vector128<float>>(),
        TilesInt8 = Int8Tiles.Narrow<EmulatedVnniInt8, Vector256<int>, Vector256<sbyte>, Vector256<byte>>(),
        DepthTilesInt8 = depthTiles,
        DepthwiseInt8 = DepthwiseKernelsInt8.Create<Avx2Int8, Vector256<int>, Vector256<short>>(),
    });
}
