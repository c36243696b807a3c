namespace Edge.Kernels.Generic.Gemm;

/// <summary>The int8 tiles of one instruction set: for inputs that its dot product takes or not, for results that become bytes or not.</summary>
internal sealed class Int8Tiles
{
    private readonly TileSet[] _sets;
    private readonly bool _takesSigned;

    /// <param name="takesSigned">What the dot product takes.</param>
    /// <param name="accumulate">Native input, int32 results.</param>
    /// <param name="accumulateFlipped">Flipped input, int32 results.</param>
    /// <param name="requantize">Native input, bytes.</param>
    /// <param name="requantizeFlipped">Flipped input, bytes.</param>
    private Int8Tiles(bool takesSigned, TileSet accumulate, TileSet accumulateFlipped, TileSet requantize, TileSet requantizeFlipped)
    {
        _takesSigned = takesSigned;
        _sets = [accumulate, accumulateFlipped, requantize, requantizeFlipped];
    }

    /// <summary>Whether the dot product takes int8 inputs; it then sees uint8 ones less 128, and the other way round.</summary>
    public bool TakesSigned => _takesSigned;

    public TileSet For(bool inputSigned, bool requantize) => _sets[(inputSigned != _takesSigned ? 1 : 0) + (requantize ? 2 : 0)];

    /// <summary>Tiles that were made otherwise.</summary>
    /// <param name="takesSigned">What their dot product takes.</param>
    /// <param name="make">The tiles for inputs that are flipped or not, for results that become bytes or not.</param>
    public static Int8Tiles Of(bool takesSigned, Func<(bool Flips, bool Requantizes), TileSet> make) =>
        new(takesSigned, make((false, false)), make((true, false)), make((false, true)), make((true, true)));

    /// <summary>As <see cref="TileSet.Wide"/>.</summary>
    public static Int8Tiles Wide<TIsa, TAcc, TB, TX>()
        where TIsa : IDotLanes<TAcc, TB, TX> where TAcc : struct where TB : struct where TX : struct => new(
            TIsa.TakesSigned,
            TileSet.Wide<Int8Tile<TIsa, TAcc, TB, TX, No, No>, TAcc, TB, TX>(),
            TileSet.Wide<Int8Tile<TIsa, TAcc, TB, TX, Yes, No>, TAcc, TB, TX>(),
            TileSet.Wide<Int8Tile<TIsa, TAcc, TB, TX, No, Yes>, TAcc, TB, TX>(),
            TileSet.Wide<Int8Tile<TIsa, TAcc, TB, TX, Yes, Yes>, TAcc, TB, TX>());

    /// <summary>As <see cref="TileSet.Medium"/>.</summary>
    public static Int8Tiles Medium<TIsa, TAcc, TB, TX>()
        where TIsa : IDotLanes<TAcc, TB, TX> where TAcc : struct where TB : struct where TX : struct => new(
            TIsa.TakesSigned,
            TileSet.Medium<Int8Tile<TIsa, TAcc, TB, TX, No, No>, TAcc, TB, TX>(),
            TileSet.Medium<Int8Tile<TIsa, TAcc, TB, TX, Yes, No>, TAcc, TB, TX>(),
            TileSet.Medium<Int8Tile<TIsa, TAcc, TB, TX, No, Yes>, TAcc, TB, TX>(),
            TileSet.Medium<Int8Tile<TIsa, TAcc, TB, TX, Yes, Yes>, TAcc, TB, TX>());

    /// <summary>As <see cref="TileSet.Narrow"/>.</summary>
    public static Int8Tiles Narrow<TIsa, TAcc, TB, TX>()
        where TIsa : IDotLanes<TAcc, TB, TX> where TAcc : struct where TB : struct where TX : struct => new(
            TIsa.TakesSigned,
            TileSet.Narrow<Int8Tile<TIsa, TAcc, TB, TX, No, No>, TAcc, TB, TX>(),
            TileSet.Narrow<Int8Tile<TIsa, TAcc, TB, TX, Yes, No>, TAcc, TB, TX>(),
            TileSet.Narrow<Int8Tile<TIsa, TAcc, TB, TX, No, Yes>, TAcc, TB, TX>(),
            TileSet.Narrow<Int8Tile<TIsa, TAcc, TB, TX, Yes, Yes>, TAcc, TB, TX>());

    /// <summary>As <see cref="TileSet.Small"/>.</summary>
    public static Int8Tiles Small<TIsa, TAcc, TB, TX>()
        where TIsa : IDotLanes<TAcc, TB, TX> where TAcc : struct where TB : struct where TX : struct => new(
            TIsa.TakesSigned,
            TileSet.Small<Int8Tile<TIsa, TAcc, TB, TX, No, No>, TAcc, TB, TX>(),
            TileSet.Small<Int8Tile<TIsa, TAcc, TB, TX, Yes, No>, TAcc, TB, TX>(),
            TileSet.Small<Int8Tile<TIsa, TAcc, TB, TX, No, Yes>, TAcc, TB, TX>(),
            TileSet.Small<Int8Tile<TIsa, TAcc, TB, TX, Yes, Yes>, TAcc, TB, TX>());

    /// <summary>As <see cref="TileSet.ByElement"/>.</summary>
    public static Int8Tiles ByElement<TIsa, TAcc, TB, TX>()
        where TIsa : IByElementDotLanes<TAcc, TB, TX> where TAcc : struct where TB : struct where TX : struct => new(
            TIsa.TakesSigned,
            TileSet.ByElement<Int8ByElementTile<TIsa, TAcc, TB, TX, No, No>, TAcc, TB, TX>(),
            TileSet.ByElement<Int8ByElementTile<TIsa, TAcc, TB, TX, Yes, No>, TAcc, TB, TX>(),
            TileSet.ByElement<Int8ByElementTile<TIsa, TAcc, TB, TX, No, Yes>, TAcc, TB, TX>(),
            TileSet.ByElement<Int8ByElementTile<TIsa, TAcc, TB, TX, Yes, Yes>, TAcc, TB, TX>());
}
