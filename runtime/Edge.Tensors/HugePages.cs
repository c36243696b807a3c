using System.Runtime.InteropServices;

namespace Edge.Tensors;

/// <summary>
/// Asks Linux for large pages where memory will be used from end to end: it is then brought in by one fault for 2 MB instead
/// of 512, which is most of what a first run costs, and found by one entry of the TLB.
/// </summary>
internal static unsafe partial class HugePages
{
    /// <summary>Bytes of a large page where small ones have 4096. Where they are larger, so are the large ones, and the advice does nothing.</summary>
    public const int Size = 2 << 20;

    /// <summary>MADV_HUGEPAGE.</summary>
    private const int Huge = 14;

    /// <summary>
    /// Advises the large pages that lie within the bytes, none that reaches beyond them: nothing is brought in that is not
    /// asked for. <paramref name="start"/> is a multiple of <see cref="Size"/>.
    /// </summary>
    public static void Advise(byte* start, nint bytes)
    {
        // Advice: where it is not taken, the pages are small ones.
        if (bytes >= Size && OperatingSystem.IsLinux()) _ = Advise(start, bytes / Size * Size, Huge);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(byte* start, nint length, int advice);
}
