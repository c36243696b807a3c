using Edge.Kernels.Dense;
using Edge.Kernels.Generic.Gemm;
using Edge.Kernels.Generic.Winograd;

namespace Edge.Kernels.Generic;

/// <summary>Estimates which way of computing a float32 convolution is the fastest, from its shape alone.</summary>
/// <remarks>
/// Costs are counted in multiply-adds of a vector. Products cost one for each vector of output channels; the weights that
/// are read for them cost more the fewer tiles share them, as F(4×4) has four times as many as a direct convolution; transforms cost
/// a number of vector operations for each tile and vector of channels. The constants were fitted to the shapes that
/// <c>Edge.Benchmarks kernels</c> measures.
/// </remarks>
internal static class ConvChoice
{
    /// <summary>What a vector of weights costs when it comes from beyond the first-level cache, in multiply-adds.</summary>
    private const double WeightCost = 3;

    /// <summary>What is done once for each tile of products, in multiply-adds.</summary>
    private const double TileCost = 60;

    /// <summary>Every way that serves <paramref name="g"/>, the fastest first.</summary>
    public static ConvMethod[] Methods(in ConvGeometry g, TileSet tiles, DenseOptions options)
    {
        if (!options.Winograd || !WinogradLayout.Takes(g)) return [ConvMethod.Direct];
        (ConvMethod Method, double Cost)[] costs = [(ConvMethod.Direct, Direct(g, tiles)), (ConvMethod.Winograd2, Winograd(g, tiles, 2)), (ConvMethod.Winograd4, Winograd(g, tiles, 4))];
        return [.. costs.OrderBy(c => c.Cost).Select(c => c.Method)];
    }

    private static double Direct(in ConvGeometry g, TileSet tiles) => Products(g, tiles, (double)g.Batch * g.OutHeight * g.OutWidth, 9);

    private static double Winograd(in ConvGeometry g, TileSet tiles, int outputs)
    {
        double rows = (double)g.Batch * Math.Ceiling((double)g.OutHeight / outputs) * Math.Ceiling((double)g.OutWidth / outputs);
        int side = outputs + 2, lanes = tiles.Columns / 2;
        // A vector operation and a load or store for each of the inputs and outputs of both passes.
        double input = 2.0 * side * side * 2, output = (side * side + outputs * side) * 2;
        double transforms = rows * (Vectors(g.InChannels, lanes) * input + Vectors(g.OutChannels, lanes) * output);
        return side * side * Products(g, tiles, rows, 1) + transforms;
    }

    /// <summary>Matrix products of <paramref name="rows"/> rows with the weights of some taps.</summary>
    private static double Products(in ConvGeometry g, TileSet tiles, double rows, int taps)
    {
        int vectors = (g.OutChannels + tiles.Columns / 2 - 1) / (tiles.Columns / 2);
        double steps = (double)g.InChannels * taps * vectors;
        double tilesOfRows = Math.Ceiling(rows / tiles.MaxRows);
        return rows * steps + steps * WeightCost + tilesOfRows * Math.Ceiling(vectors / 2.0) * TileCost;
    }

    /// <summary>Passes over channels: whole vectors, then short ones of four, then single ones.</summary>
    private static int Vectors(int channels, int lanes) => channels / lanes + channels % lanes / 4 + channels % 4;
}
