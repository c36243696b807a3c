using System.Runtime.InteropServices;
using Xunit;

namespace Edge.Kernels.Tests.Dense;

/// <summary>
/// Memory that begins and ends at pages which may not be touched: an access past its end ends the process. What does not
/// fill a page lies at the end.
/// </summary>
internal sealed unsafe partial class GuardPages : IDisposable
{
    private const int ReadWrite = 3, PrivateAnonymous = 0x22;

    private readonly byte* _map;
    private readonly nint _mapped;

    public GuardPages(nint bytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "maps memory as Linux does");
        nint page = Environment.SystemPageSize;
        nint inner = (bytes + page - 1) / page * page;
        _mapped = inner + 2 * page;
        _map = Map(null, _mapped, ReadWrite, PrivateAnonymous, -1, 0);
        Assert.NotEqual(-1, (nint)_map);
        Assert.Equal(0, Protect(_map, page, 0));
        Assert.Equal(0, Protect(_map + page + inner, page, 0));
        Data = _map + page + inner - bytes;
    }

    public byte* Data { get; }

    public void Dispose() => Assert.Equal(0, Unmap(_map, _mapped));

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial byte* Map(void* at, nint bytes, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* at, nint bytes, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* at, nint bytes);
}
