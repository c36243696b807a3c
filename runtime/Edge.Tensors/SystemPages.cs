using System.Runtime.InteropServices;

namespace Edge.Tensors;

/// <summary>
/// Zeroed memory for what is large. On Linux it comes from the system and goes back there: the C library's allocator, once it has
/// freed a large block, serves others of that size from memory that it keeps, writes zeros into it, and returns it only from the
/// top of its heap.
/// </summary>
internal static unsafe partial class SystemPages
{
    /// <summary>Smaller blocks are the allocator's: a mapping of its own costs some microseconds, and takes whole pages.</summary>
    private const nuint Least = 1 << 20;

    /// <summary>PROT_READ | PROT_WRITE and MAP_PRIVATE | MAP_ANONYMOUS.</summary>
    private const int ReadWrite = 3, PrivateAnonymous = 0x22;

    /// <exception cref="InsufficientMemoryException">There is no such memory.</exception>
    public static void* AllocateZeroed(nuint bytes)
    {
        if (!IsMapped(bytes)) return NativeMemory.AllocZeroed(bytes);
        void* memory = Map(null, bytes, ReadWrite, PrivateAnonymous, -1, 0);
        return (nint)memory != -1 ? memory : throw new InsufficientMemoryException($"the system has no {bytes} bytes of memory");
    }

    /// <param name="memory">Null for nothing.</param>
    /// <param name="bytes">As they were asked for.</param>
    public static void Free(void* memory, nuint bytes)
    {
        if (memory is null) return;
        if (IsMapped(bytes)) _ = Unmap(memory, bytes);
        else NativeMemory.Free(memory);
    }

    private static bool IsMapped(nuint bytes) => bytes >= Least && OperatingSystem.IsLinux();

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);
}
