using static Edge.Kernels.Emit.X64Register;

namespace Edge.Kernels.Emit.Depthwise;

/// <summary>
/// Writes the code of one strip of rows: chunk after chunk of channels, the whole strip for each, so that a chunk's weights
/// stay near and no more than one line of each input pixel has to. Called by the System V convention with the strip's
/// input (its first row and column, padding included), its output, the first chunk's panel, the number of chunks, and one
/// more address that <see cref="Extra"/> explains.
/// </summary>
/// <param name="tiling">The convolution.</param>
/// <param name="strip">The rows.</param>
/// <param name="chunkChannels">Channels of a chunk.</param>
/// <param name="inputBytes">Bytes of an element of the input.</param>
/// <param name="outputBytes">Bytes of an element of the output.</param>
internal abstract class DepthwiseEmitter(DepthwiseTiling tiling, RowStrip strip, int chunkChannels, int inputBytes, int outputBytes)
{
    protected const int VectorBytes = 64;

    /// <summary>Reads what no chunk changes, once.</summary>
    protected static X64Register Extra => R8;

    protected X64Assembler Code { get; } = new();

    protected DepthwiseTiling Tiling { get; } = tiling;

    protected RowStrip Strip { get; } = strip;

    /// <summary>Bytes from a chunk's panel to the next one's.</summary>
    protected abstract int PanelBytes { get; }

    private static X64Register Input => Rdi;

    private static X64Register Output => Rsi;

    private static X64Register PanelBase => Rdx;

    private static X64Register Chunks => Rcx;

    private static X64Register TilesLeft => Rax;

    private int PixelBytes => Tiling.Geometry.InChannels * inputBytes;

    private int OutPixelBytes => Tiling.Geometry.OutChannels * outputBytes;

    public byte[] Emit()
    {
        LoadConstants();
        Code.Align(32);
        int chunk = Code.Position;
        BeginChunk();
        int tileBytes = Tiling.Columns * Tiling.Geometry.StrideWidth * PixelBytes, outTileBytes = Tiling.Columns * OutPixelBytes;
        foreach (var (tile, count) in Tiling.Segments)
        {
            if (count > 1)
            {
                Code.Set(TilesLeft, count);
                Code.Align(32);
            }
            int next = Code.Position;
            Tile(tile);
            Code.Add(Input, tileBytes);
            Code.Add(Output, outTileBytes);
            if (count == 1) continue;
            Code.Add(TilesLeft, -1);
            Code.JumpIfNotZero(next);
        }
        Code.Add(Input, chunkChannels * inputBytes - Tiling.Tiles * tileBytes);
        Code.Add(Output, chunkChannels * outputBytes - Tiling.Tiles * outTileBytes);
        Code.Add(PanelBase, PanelBytes);
        Code.Add(Chunks, -1);
        Code.JumpIfNotZero(chunk);
        Code.ZeroUpper();
        Code.Return();
        return Code.ToArray();
    }

    /// <summary>Loads what stays in registers.</summary>
    protected abstract void LoadConstants();

    /// <summary>Loads what stays in registers for one chunk.</summary>
    protected abstract void BeginChunk();

    /// <summary>Computes the tile at the current position.</summary>
    protected abstract void Tile(ColumnTile tile);

    /// <summary>Pixel of the tile's input, in the chunk's channels.</summary>
    protected X64Address Pixel(int row, int column) => new(Input, (row * Tiling.Geometry.InWidth + column) * PixelBytes);

    /// <summary>Pixel of the tile's output.</summary>
    protected X64Address OutPixel(int row, int column, X64Register? index = null) =>
        new(Output, (row * Tiling.Geometry.OutWidth + column) * OutPixelBytes, index);

    /// <summary>A vector of the chunk's panel.</summary>
    protected static X64Address Panel(int vector) => new(PanelBase, vector * VectorBytes);
}
