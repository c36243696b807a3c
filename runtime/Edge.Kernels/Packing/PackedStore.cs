namespace Edge.Kernels.Packing;

/// <summary>
/// Where packed weights lie: in memory of their own, or in what somebody kept from an earlier preparation. Kernels ask for a
/// block and fill it only if it is new, so that none of them knows about files. One store serves one node; not synchronized.
/// </summary>
/// <remarks>A kernel that prepares itself in another form than packed bytes need not ask.</remarks>
public abstract class PackedStore
{
    /// <summary>New memory for every block. Safe to use from several threads.</summary>
    public static PackedStore Memory { get; } = new MemoryStore();

    /// <summary>
    /// The next block of the node. Asked for in the same order, with the same layouts and sizes, whenever the same node is
    /// prepared for the same kernels.
    /// </summary>
    /// <param name="layout">
    /// Names the arrangement of the bytes: what could arrange the same weights otherwise in a block of the same size has
    /// another name. The name of a kernel will do.
    /// </param>
    /// <param name="bytes">Size.</param>
    public abstract PackedBlock Take(string layout, nint bytes);

    private sealed class MemoryStore : PackedStore
    {
        public override PackedBlock Take(string layout, nint bytes) => new(bytes);
    }
}
