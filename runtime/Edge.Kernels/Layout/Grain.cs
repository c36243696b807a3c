namespace Edge.Kernels.Layout;

/// <summary>How finely memory-bound work is divided among threads.</summary>
public static class Grain
{
    /// <summary>Bytes below which handing a chunk to another thread costs more than moving them.</summary>
    private const nint BytesPerChunk = 64 * 1024;

    /// <summary>Chunks for <paramref name="items"/> equal pieces that move <paramref name="bytes"/> in all: at least 1, at most four a thread.</summary>
    public static int Chunks(nint bytes, int items, int threads)
    {
        if (threads == 1) return 1;
        nint most = Math.Min(bytes / BytesPerChunk, Math.Min(items, 4 * threads));
        return (int)Math.Max(1, most);
    }

    /// <summary>The first item of chunk <paramref name="chunk"/>; that of chunk + 1 is its end.</summary>
    public static int Start(int items, int chunk, int chunks) => (int)((long)items * chunk / chunks);
}
