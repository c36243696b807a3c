using System.Runtime.CompilerServices;
using Edge.Kernels.Generic.Winograd;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>The int8 tiles of an instruction set without dot products of bytes, and how it widens their inputs.</summary>
internal sealed unsafe class WordTiles
{
    private WordTiles(TileSet accumulate, TileSet requantize, WinogradKernelsInt8 winograd, delegate*<byte*, short*, nint, void> widenUnsigned, delegate*<byte*, short*, nint, void> widenSigned)
    {
        Winograd = winograd;
        Accumulate = accumulate;
        Requantize = requantize;
        WidenUnsigned = widenUnsigned;
        WidenSigned = widenSigned;
    }

    /// <summary>Results stay int32.</summary>
    public TileSet Accumulate { get; }

    /// <summary>Results become bytes.</summary>
    public TileSet Requantize { get; }

    /// <summary>Transforms around products by Winograd's method.</summary>
    public WinogradKernelsInt8 Winograd { get; }

    /// <summary>Widens bytes, of any number, that do not overlap the result.</summary>
    public delegate*<byte*, short*, nint, void> WidenUnsigned { get; }

    public delegate*<byte*, short*, nint, void> WidenSigned { get; }

    /// <summary>As <see cref="TileSet.Wide"/>.</summary>
    public static WordTiles Wide<TIsa, TAcc, TPair>()
        where TIsa : IWordLanes<TAcc, TPair> where TAcc : struct where TPair : struct => new(
            TileSet.Wide<WordTile<TIsa, TAcc, TPair, No>, TAcc, TPair, TPair>(),
            TileSet.Wide<WordTile<TIsa, TAcc, TPair, Yes>, TAcc, TPair, TPair>(),
            WinogradKernelsInt8.Create<TIsa, TAcc, TPair>(),
            &Widen<TIsa, TAcc, TPair, No>,
            &Widen<TIsa, TAcc, TPair, Yes>);

    /// <summary>As <see cref="TileSet.Narrow"/>.</summary>
    public static WordTiles Narrow<TIsa, TAcc, TPair>()
        where TIsa : IWordLanes<TAcc, TPair> where TAcc : struct where TPair : struct => new(
            TileSet.Narrow<WordTile<TIsa, TAcc, TPair, No>, TAcc, TPair, TPair>(),
            TileSet.Narrow<WordTile<TIsa, TAcc, TPair, Yes>, TAcc, TPair, TPair>(),
            WinogradKernelsInt8.Create<TIsa, TAcc, TPair>(),
            &Widen<TIsa, TAcc, TPair, No>,
            &Widen<TIsa, TAcc, TPair, Yes>);

    [MethodImpl(Compile.Alone)]
    private static void Widen<TIsa, TAcc, TPair, TSigned>(byte* x, short* to, nint count)
        where TIsa : IWordLanes<TAcc, TPair> where TAcc : struct where TPair : struct where TSigned : IFlag
    {
        nint i = 0;
        for (; i <= count - 2 * TIsa.Lanes; i += 2 * TIsa.Lanes) TIsa.StoreWords(TIsa.LoadWide<TSigned>(x + i), to + i);
        for (; i < count; i++) to[i] = TSigned.IsSet ? (sbyte)x[i] : x[i];
    }
}
