namespace Edge.Kernels.Emit.Depthwise;

/// <summary>Four neighbouring input columns of a tile, and which kernel columns meet them for one of its output columns; −1 where none does.</summary>
internal sealed record TapGroup(int Column, int Group, int[] KernelColumns);

/// <summary>How int8 tiles multiply: VPDPBUSD adds four neighbouring pixels of a channel at once.</summary>
internal static class Int8TapGroups
{
    /// <summary>Input columns that one instruction takes.</summary>
    public const int Width = 4;

    /// <summary>Vectors of sums that a tile of 64 channels may have for every vector of its chunk.</summary>
    private const int MaxSums = 4;

    /// <summary>The groups of every output column, in the order in which their weights are packed for each kernel row.</summary>
    public static List<TapGroup> Of(DepthwiseTiling tiling)
    {
        var groups = new List<TapGroup>();
        for (int c = 0; c < tiling.Columns; c++)
            for (int group = 0; group * Width < tiling.ColumnSpan; group++)
            {
                int[] taps = new int[Width];
                for (int t = 0; t < Width; t++) taps[t] = KernelColumnAt(c, group * Width + t);
                if (taps.AsSpan().ContainsAnyExcept(-1)) groups.Add(new(c, group, taps));
            }
        return groups;

        int KernelColumnAt(int outputColumn, int inputColumn)
        {
            for (int k = 0; k < tiling.Geometry.KernelWidth; k++)
                if (tiling.InputColumn(outputColumn, k) == inputColumn) return k;
            return -1;
        }
    }

    /// <summary>The tiles that take the fewest instructions; null if none has compact code.</summary>
    public static DepthwiseTiling? TilingOf(in Edge.Kernels.Dense.ConvGeometry g)
    {
        DepthwiseTiling? best = null;
        double least = double.PositiveInfinity;
        foreach (var (rows, columns) in ((int, int)[])[(2, 2), (4, 1), (1, 4), (1, 2), (2, 1), (1, 1)])
        {
            if (rows * columns > MaxSums || rows > g.OutHeight || columns > g.OutWidth) continue;
            var tiling = new DepthwiseTiling(g, rows, columns);
            double cost = Cost(tiling);
            if (cost < least && tiling.IsCompact) (best, least) = (tiling, cost);
        }
        return best;
    }

    /// <summary>Instructions for one output of 64 channels: eight interleave a group, four multiply one.</summary>
    private static double Cost(DepthwiseTiling tiling)
    {
        int inputRows = 0;
        for (int row = 0; row <= tiling.InputRow(tiling.Rows - 1, tiling.Geometry.KernelHeight - 1); row++)
            if (tiling.IsSeen(row)) inputRows++;
        int interleaved = inputRows * ((tiling.ColumnSpan + Width - 1) / Width);
        int products = tiling.Rows * tiling.Geometry.KernelHeight * Of(tiling).Count;
        // A border of which less is computed in vain counts in favour of small tiles.
        double waste = (double)tiling.Tiles * tiling.Columns * tiling.StripsPerImage * tiling.Rows / ((double)tiling.Geometry.OutWidth * tiling.Geometry.OutHeight);
        return (8.0 * interleaved + 4 * products) / (tiling.Rows * tiling.Columns) * waste;
    }
}
