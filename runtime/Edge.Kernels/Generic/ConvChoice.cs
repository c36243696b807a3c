using Edge.Kernels.Dense;
using Edge.Kernels.Generic.Gemm;
using Edge.Kernels.Generic.Winograd;
using Edge.Kernels.Topology;

namespace Edge.Kernels.Generic;

/// <summary>Estimates which way of computing a convolution is the fastest, from its shape alone.</summary>
/// <remarks>
/// Costs are counted in multiply-adds of a vector. Products cost one for each vector of output channels; the weights that
/// are read for them cost more the fewer tiles share them, as F(4×4) has four times as many as a direct convolution; transforms cost
/// a number of vector operations for each tile and vector of channels. Threads divide all of that, but not the bandwidth of
/// memory: weights that caches do not keep cannot be used faster than they come. The constants were fitted to the shapes that
/// <c>Edge.Benchmarks kernels</c> measures.
/// </remarks>
internal static class ConvChoice
{
    /// <summary>What a vector of weights costs when it comes from beyond the first-level cache, in multiply-adds.</summary>
    private const double WeightCost = 3;

    /// <summary>The same where integer weights are more than <see cref="KeptBytes"/>, and come from beyond the second level.</summary>
    private const double StreamedWeightCost = 8;

    /// <summary>Bytes of weights that a second-level cache keeps from one run to the next.</summary>
    private const double KeptBytes = 1 << 20;

    /// <summary>Multiply-adds of one core in the time in which memory gives a vector of weights to all of them.</summary>
    private const double MemoryCost = 8;

    /// <summary>What the last-level caches of the cores keep, each of its share.</summary>
    private static readonly double s_cacheBytes = Math.Max(CpuTopology.Current.L2BytesPerCore, CpuTopology.Current.L3BytesPerCore);

    /// <summary>What is done once for each tile of products, in multiply-adds.</summary>
    private const double TileCost = 60;

    /// <summary>Every way that serves <paramref name="g"/>, the fastest first.</summary>
    public static ConvMethod[] Methods(in ConvGeometry g, TileSet tiles, DenseOptions options)
    {
        if (!options.Winograd || !WinogradLayout.Takes(g)) return [ConvMethod.Direct];
        ConvGeometry geometry = g;
        return ByCost([(ConvMethod.Direct, Shared(Direct(g, tiles, 1), 9)), (ConvMethod.Winograd2, Shared(Winograd(g, tiles, 2, 1), 16)), (ConvMethod.Winograd4, Shared(Winograd(g, tiles, 4, 1), 36))]);

        double Shared(double cost, int planes) => Math.Max(cost / options.Threads, Memory(geometry, tiles, planes, options.Threads));
    }

    /// <summary>The same of an integer convolution on 16-bit numbers.</summary>
    /// <param name="g">The convolution.</param>
    /// <param name="tiles">Its tiles, in which a step is a pair of channels.</param>
    /// <param name="mostOutputs">The greatest m that Winograd's F(m×m, 3×3) may have; 0 if it does not serve.</param>
    public static ConvMethod[] MethodsInt8(in ConvGeometry g, TileSet tiles, int mostOutputs)
    {
        if (mostOutputs == 0) return [ConvMethod.Direct];
        ReadOnlySpan<(ConvMethod, double)> costs = [(ConvMethod.Direct, Direct(g, tiles, 2)), (ConvMethod.Winograd2, Winograd(g, tiles, 2, 2)), (ConvMethod.Winograd4, Winograd(g, tiles, 4, 2))];
        return ByCost([.. costs[..(mostOutputs / 2 + 1)]]);
    }

    private static ConvMethod[] ByCost((ConvMethod Method, double Cost)[] costs) => [.. costs.OrderBy(c => c.Cost).Select(c => c.Method)];

    private static double Direct(in ConvGeometry g, TileSet tiles, int channelsOfStep) => Products(g, tiles, (double)g.Batch * g.OutHeight * g.OutWidth, 9, 1, channelsOfStep);

    private static double Winograd(in ConvGeometry g, TileSet tiles, int outputs, int channelsOfStep)
    {
        double rows = (double)g.Batch * Math.Ceiling((double)g.OutHeight / outputs) * Math.Ceiling((double)g.OutWidth / outputs);
        int side = outputs + 2, lanes = tiles.Columns / 2;
        // A vector operation and a load or store for each of the inputs and outputs of both passes.
        double input = 2.0 * side * side * 2, output = (side * side + outputs * side) * 2;
        // Bytes are transformed in whole vectors only.
        int inVectors = channelsOfStep == 1 ? Vectors(g.InChannels, lanes) : DivideUp(g.InChannels, channelsOfStep * lanes);
        int outVectors = channelsOfStep == 1 ? Vectors(g.OutChannels, lanes) : DivideUp(g.OutChannels, lanes);
        double transforms = rows * (inVectors * input + outVectors * output);
        return Products(g, tiles, rows, 1, side * side, channelsOfStep) + transforms;
    }

    /// <summary>Matrix products of <paramref name="rows"/> rows with the weights of some taps, in each of some planes.</summary>
    private static double Products(in ConvGeometry g, TileSet tiles, double rows, int taps, int planes, int channelsOfStep)
    {
        int lanes = tiles.Columns / 2, vectors = DivideUp(g.OutChannels, lanes);
        double steps = Math.Ceiling((double)g.InChannels / channelsOfStep) * taps * vectors;
        double tilesOfRows = Math.Ceiling(rows / tiles.MaxRows);
        bool streams = channelsOfStep > 1 && planes * steps * lanes * sizeof(int) > KeptBytes;
        return planes * (rows * steps + steps * (streams ? StreamedWeightCost : WeightCost) + tilesOfRows * Math.Ceiling(vectors / 2.0) * TileCost);
    }

    /// <summary>What the weights cost if they come from memory on every run: more than <paramref name="threads"/> cores' caches keep.</summary>
    private static double Memory(in ConvGeometry g, TileSet tiles, int planes, int threads)
    {
        double vectors = (double)planes * g.InChannels * DivideUp(g.OutChannels, tiles.Columns / 2);
        return vectors * (tiles.Columns / 2) * sizeof(float) > threads * s_cacheBytes ? vectors * MemoryCost : 0;
    }

    /// <summary>Passes over channels: whole vectors, then short ones of four, then single ones.</summary>
    private static int Vectors(int channels, int lanes) => channels / lanes + channels % lanes / 4 + channels % 4;

    private static int DivideUp(int count, int size) => (count + size - 1) / size;
}
