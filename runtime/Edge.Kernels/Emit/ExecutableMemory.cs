using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Edge.Kernels.Emit;

/// <summary>
/// Memory for machine code: written while it is writable, then made executable, never both. It lives until it is released.
/// On Arm, where instruction caches do not see what was written, Linux cleans them when fresh pages become executable.
/// </summary>
internal static unsafe partial class ExecutableMemory
{
    private const int Read = 1, Write = 2, Execute = 4;
    private const int Private = 2;

    // MAP_ANONYMOUS is 0x20 on Linux, on x64 and arm64 alike.
    private const int Anonymous = 0x20;

    private static readonly Lazy<string?> s_refusal = new(Probe);

    /// <summary>
    /// Why this process gets no executable memory; null if it does. Hardened systems refuse it: systemd's
    /// <c>MemoryDenyWriteExecute</c>, SELinux's <c>execmem</c>.
    /// </summary>
    public static string? Refusal => s_refusal.Value;

    /// <summary>The address of a copy of <paramref name="code"/> that can be called.</summary>
    /// <exception cref="NotSupportedException">The system refuses executable memory.</exception>
    public static byte* Publish(byte[] code) => Publish([code], alignment: 1, filler: 0, out _, out _);

    /// <summary>The address of a copy of several functions that can be called.</summary>
    /// <param name="functions">Their code.</param>
    /// <param name="alignment">Each begins at a multiple of it.</param>
    /// <param name="filler">What is between them.</param>
    /// <param name="starts">Where each begins, relative to what is returned.</param>
    /// <param name="bytes">Length of all.</param>
    /// <exception cref="NotSupportedException">The system refuses executable memory.</exception>
    public static byte* Publish(IReadOnlyList<byte[]> functions, int alignment, byte filler, out int[] starts, out int bytes)
    {
        starts = new int[functions.Count];
        bytes = 0;
        for (int i = 0; i < starts.Length; i++)
        {
            starts[i] = (bytes + alignment - 1) / alignment * alignment;
            bytes = checked(starts[i] + functions[i].Length);
        }

        nint length = Mapped(bytes);
        void* memory = Map(null, length, Read | Write, Private | Anonymous, -1, 0);
        if (memory == (void*)-1) throw Refused();
        var code = new Span<byte>(memory, bytes);
        int end = 0;
        for (int i = 0; i < starts.Length; i++)
        {
            code[end..starts[i]].Fill(filler);
            functions[i].CopyTo(code[starts[i]..]);
            end = starts[i] + functions[i].Length;
        }

        if (Protect(memory, length, Read | Execute) == 0) return (byte*)memory;
        var refusal = Refused();
        _ = Unmap(memory, length);
        throw refusal;
    }

    /// <summary>Gives back what was published in <paramref name="length"/> bytes of code; nobody may run it any more.</summary>
    public static void Release(byte* code, int length) => _ = Unmap(code, Mapped(length));

    /// <summary>Whole pages.</summary>
    private static nint Mapped(nint length) => (length + Environment.SystemPageSize - 1) / Environment.SystemPageSize * Environment.SystemPageSize;

    private static string? Probe()
    {
        if (!OperatingSystem.IsLinux()) return "machine code is emitted on Linux only";
        try
        {
            // ret
            Publish([0xC3]);
            return null;
        }
        catch (NotSupportedException e)
        {
            return e.Message;
        }
    }

    private static NotSupportedException Refused() =>
        new($"the system refuses executable memory: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial void* Map(void* address, nint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(void* address, nint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(void* address, nint length);
}
