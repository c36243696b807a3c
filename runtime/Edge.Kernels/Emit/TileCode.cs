using Edge.Kernels.Generic.Gemm;

namespace Edge.Kernels.Emit;

/// <summary>Tiles of machine code, emitted together: they live as long as the process.</summary>
internal static unsafe class TileCode
{
    /// <summary>Tiles begin here, as loops inside of them are aligned relative to their beginning.</summary>
    private const int Alignment = 64;

    /// <summary>Emits the tiles of all numbers of rows, in all forms, and publishes them.</summary>
    /// <param name="columns">NR.</param>
    /// <param name="maxRows">Of the largest tile.</param>
    /// <param name="rowGranule">Rows that are computed together, a divisor of <paramref name="maxRows"/>.</param>
    /// <param name="stepBytes">What a step takes of a row.</param>
    /// <param name="emit">The code of one tile, by its rows and form.</param>
    /// <exception cref="NotSupportedException">The system refuses executable memory.</exception>
    public static TileSet Publish(int columns, int maxRows, int rowGranule, int stepBytes, Func<int, TileVariant, byte[]> emit)
    {
        var tiles = new List<byte[]>();
        var numbers = new Dictionary<(int Rows, TileVariant Variant), int>();
        foreach (TileVariant variant in TileSet.Variants)
            for (int rows = 1; rows <= maxRows; rows++)
            {
                numbers.Add((rows, variant), tiles.Count);
                tiles.Add(emit(rows, variant));
            }

        byte* memory = ExecutableMemory.Publish(tiles, Alignment, filler: 0, out int[] starts, out _);
        return TileSet.Emitted(columns, maxRows, rowGranule, stepBytes, (rows, variant) => (nint)(memory + starts[numbers[(rows, variant)]]));
    }
}
