using Edge.Kernels.Dense;

namespace Edge.Kernels.Emit.Depthwise;

/// <summary>Chunks of channels next to each other that the same code computes.</summary>
/// <param name="FirstChannel">Of the first chunk.</param>
/// <param name="ChunkChannels">Channels of a chunk.</param>
/// <param name="Chunks">How many; at least one.</param>
/// <param name="PanelAt">Where the first chunk's panel begins.</param>
/// <param name="PanelBytes">From a panel to the next.</param>
internal sealed record ChannelRun(int FirstChannel, int ChunkChannels, int Chunks, nint PanelAt, int PanelBytes);

/// <summary>
/// The code of a depthwise convolution, and how its output is cut into work for threads: strips of rows and, where there are
/// few of them, parts of the channels. Immutable; several threads may call at once.
/// </summary>
internal sealed unsafe class EmittedStrips : IDisposable
{
    /// <summary>Multiply-accumulates that are worth handing to another thread.</summary>
    private const long MinChunkMacs = 64 * 1024;

    /// <summary>Those of one call, during which no garbage collection can begin: some ten microseconds.</summary>
    private const long MaxCallMacs = 1 << 20;

    private const int ChunksPerThread = 6;

    /// <summary>Bytes of products in a cycle, about.</summary>
    private const int BytesPerCycle = 64;

    private readonly DepthwiseTiling _tiling;
    private readonly ChannelRun[] _runs;
    private readonly int _elementBytes;
    private readonly int _mostChunks;
    private readonly EmittedCode _code;

    // For each strip of an image the one of its code.
    private readonly int[] _codeOf;

    /// <param name="tiling">The convolution.</param>
    /// <param name="runs">All channels, each run with what writes the code of a strip; that is not kept, as it may hold all weights.</param>
    /// <param name="elementBytes">Of inputs and outputs.</param>
    public EmittedStrips(DepthwiseTiling tiling, IReadOnlyList<(ChannelRun Channels, Func<RowStrip, byte[]> Emit)> runs, int elementBytes)
    {
        _tiling = tiling;
        _runs = [.. runs.Select(r => r.Channels)];
        _elementBytes = elementBytes;
        _mostChunks = _runs.Max(r => r.Chunks);
        RowStrip[] strips = [.. tiling.Strips];
        _codeOf = [.. Enumerable.Range(0, tiling.StripsPerImage).Select(i => Array.IndexOf(strips, tiling.StripAt(i)))];
        _code = new EmittedCode(from strip in strips from run in runs select run.Emit(strip));
    }

    public int StripRows => _tiling.Rows;

    public nint Strips => (nint)_tiling.Geometry.Batch * _tiling.StripsPerImage;

    public int CodeBytes => _code.ByteLength;

    /// <inheritdoc cref="PreparedConv.Cycles"/>
    public long Cycles => _tiling.Geometry.Macs * _elementBytes / BytesPerCycle;

    /// <summary>Whether addresses within a strip can be written into code.</summary>
    public static bool Reaches(in ConvGeometry g, int elementBytes)
    {
        // Four rows of the largest kernel that the registers hold, and more.
        const int rows = 64;
        return rows * Math.Max((long)g.InWidth * g.InChannels, (long)g.OutWidth * g.OutChannels) * elementBytes < int.MaxValue;
    }

    /// <summary>Into how many parts channels are cut for this number of threads.</summary>
    public int Parts(int threads) => threads == 1 || Strips >= 2 * threads ? 1 : Math.Min(2 * threads, _mostChunks);

    /// <summary>Into how many chunks <paramref name="units"/> are cut for this number of threads.</summary>
    public int JobChunks(nint units, int threads) =>
        threads == 1 ? 1 : (int)Math.Min(units, Math.Clamp(_tiling.Geometry.Macs / MinChunkMacs, 1, threads * ChunksPerThread));

    /// <summary>Computes part <paramref name="part"/> of the channels of a strip.</summary>
    /// <param name="panels">All panels.</param>
    /// <param name="x">Row 0 of the image.</param>
    /// <param name="y">Row 0 of its output.</param>
    /// <param name="strip">Index in the image.</param>
    /// <param name="part">0 … <paramref name="parts"/> − 1.</param>
    /// <param name="parts">As <see cref="Parts"/> says.</param>
    /// <param name="extra">As the emitters take it.</param>
    public void Run(byte* panels, byte* x, byte* y, int strip, int part, int parts, nint extra)
    {
        ConvGeometry g = _tiling.Geometry;
        int row = strip * _tiling.Rows;
        nint pixel = (nint)g.InChannels * _elementBytes;
        x += ((nint)(row * g.StrideHeight - g.PadTop) * g.InWidth - g.PadLeft) * pixel;
        y += (nint)row * g.OutWidth * pixel;
        for (int i = 0; i < _runs.Length; i++)
        {
            ChannelRun run = _runs[i];
            var function = (delegate* unmanaged[SuppressGCTransition]<byte*, byte*, byte*, nint, nint, void>)_code[_codeOf[strip] * _runs.Length + i];
            int to = (int)((long)run.Chunks * (part + 1) / parts);
            int atOnce = (int)Math.Max(1, MaxCallMacs / ((long)_tiling.Rows * g.OutWidth * run.ChunkChannels * g.KernelHeight * g.KernelWidth));
            for (int from = (int)((long)run.Chunks * part / parts); from < to; from += atOnce)
            {
                nint channels = (nint)(run.FirstChannel + from * run.ChunkChannels) * _elementBytes;
                function(x + channels, y + channels, panels + run.PanelAt + (nint)from * run.PanelBytes, Math.Min(atOnce, to - from), extra);
            }
        }
        GC.KeepAlive(this);
    }

    public void Dispose() => _code.Dispose();
}
