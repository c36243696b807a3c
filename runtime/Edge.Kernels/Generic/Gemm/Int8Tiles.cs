namespace Edge.Kernels.Generic.Gemm;

/// <summary>The int8 tiles of one instruction set: for int8 and uint8 inputs, for results that become bytes or not.</summary>
internal sealed class Int8Tiles
{
    private const int Results = 3;

    // Tiles of machine code are made when they are asked for.
    private readonly Lazy<TileSet>[] _sets;
    private readonly bool? _takesSigned;

    private Int8Tiles(bool? takesSigned, Func<bool, Int8TileResult, TileSet> make)
    {
        _takesSigned = takesSigned;
        _sets = [.. Enumerable.Range(0, 2 * Results).Select(i => new Lazy<TileSet>(() => make(i >= Results, (Int8TileResult)(i % Results))))];
    }

    /// <param name="takesSigned">What the dot product takes.</param>
    /// <param name="accumulate">Native input, int32 results.</param>
    /// <param name="accumulateFlipped">Flipped input, int32 results.</param>
    /// <param name="requantize">Native input, bytes.</param>
    /// <param name="requantizeFlipped">Flipped input, bytes.</param>
    private Int8Tiles(bool takesSigned, TileSet accumulate, TileSet accumulateFlipped, TileSet requantize, TileSet requantizeFlipped)
        : this(takesSigned, (inputSigned, result) => (result == Int8TileResult.Int32, inputSigned != takesSigned) switch
        {
            (true, false) => accumulate,
            (true, true) => accumulateFlipped,
            (false, false) => requantize,
            (false, true) => requantizeFlipped,
        })
    {
    }

    /// <summary>
    /// Whether products see these inputs as int8: a dot product that takes only int8 sees uint8 inputs less 128, one that takes only
    /// uint8 the other way round.
    /// </summary>
    public bool SeesSigned(bool inputSigned) => _takesSigned ?? inputSigned;

    /// <summary>Tiles do not flip: uint8 inputs are to be turned into int8 ones before.</summary>
    public bool WantsInt8 { get; private init; }

    public TileSet For(bool inputSigned, Int8TileResult result) => _sets[(inputSigned ? Results : 0) + (int)result].Value;

    /// <summary>Tiles that were made otherwise.</summary>
    /// <param name="takesSigned">What their dot product takes; null for both.</param>
    /// <param name="make">The tiles for int8 inputs, or for uint8 ones, and for a kind of results; called when they are first asked for.</param>
    public static Int8Tiles Of(bool? takesSigned, Func<bool, Int8TileResult, TileSet> make) => new(takesSigned, make);

    /// <summary>As <see cref="TileSet.Narrow"/>.</summary>
    public static Int8Tiles Narrow<TIsa, TAcc, TB, TX>()
        where TIsa : IDotLanes<TAcc, TB, TX> where TAcc : struct where TB : struct where TX : struct => new(
            TIsa.TakesSigned,
            TileSet.Narrow<Int8Tile<TIsa, TAcc, TB, TX, No, No>, TAcc, TB, TX>(),
            TileSet.Narrow<Int8Tile<TIsa, TAcc, TB, TX, Yes, No>, TAcc, TB, TX>(),
            TileSet.Narrow<Int8Tile<TIsa, TAcc, TB, TX, No, Yes>, TAcc, TB, TX>(),
            TileSet.Narrow<Int8Tile<TIsa, TAcc, TB, TX, Yes, Yes>, TAcc, TB, TX>());

    /// <summary>As <see cref="TileSet.ByElement"/>.</summary>
    public static Int8Tiles ByElement<TIsa, TAcc, TB, TX>()
        where TIsa : IByElementDotLanes<TAcc, TB, TX> where TAcc : struct where TB : struct where TX : struct => new(
            TIsa.TakesSigned,
            TileSet.ByElement<Int8ByElementTile<TIsa, TAcc, TB, TX, No, No>, TAcc, TB, TX>(),
            TileSet.ByElement<Int8ByElementTile<TIsa, TAcc, TB, TX, Yes, No>, TAcc, TB, TX>(),
            TileSet.ByElement<Int8ByElementTile<TIsa, TAcc, TB, TX, No, Yes>, TAcc, TB, TX>(),
            TileSet.ByElement<Int8ByElementTile<TIsa, TAcc, TB, TX, Yes, Yes>, TAcc, TB, TX>());

    /// <summary>As <see cref="TileSet.Depth"/>.</summary>
    public static Int8Tiles Depth<TIsa, TAcc, TX, TProducts>()
        where TIsa : IDepthLanes<TAcc, TX, TProducts> where TAcc : struct where TX : struct where TProducts : struct
    {
        TileSet accumulate = TileSet.Depth<TIsa, TAcc, TX, TProducts, No>(), requantize = TileSet.Depth<TIsa, TAcc, TX, TProducts, Yes>();
        return new(true, (_, result) => result == Int8TileResult.Int32 ? accumulate : requantize) { WantsInt8 = true };
    }
}
