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
    public static byte* Publish(ReadOnlySpan<byte> code)
    {
        nint length = Mapped(code.Length);
        void* memory = Map(null, length, Read | Write, Private | Anonymous, -1, 0);
        if (memory == (void*)-1) throw Refused();
        code.CopyTo(new Span<byte>(memory, code.Length));
        if (Protect(memory, length, Read | Execute) == 0) return (byte*)memory;
        var refusal = Refused();
        _ = Unmap(memory, length);
        throw refusal;
    }

    /// <summary>Gives back what <see cref="Publish"/> returned for <paramref name="length"/> bytes of code; nobody may run it any more.</summary>
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
