using System.Buffers;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Edge.Onnx;

/// <summary>
/// A file that is mapped read-only. Its memories end with it: a memory that is asked for its span after <see cref="Dispose"/>
/// throws <see cref="ObjectDisposedException"/>; a span that was taken before must not be used any more. A file may be
/// replaced (renamed over) while it is mapped, not shortened: touching pages that are gone ends the process, as with every
/// mapping.
/// </summary>
internal sealed unsafe partial class MappedFile : IDisposable
{
    // MADV_DONTNEED, on Linux.
    private const int NotNeeded = 4;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _start;

    private MappedFile(MemoryMappedFile file, MemoryMappedViewAccessor view, long length)
    {
        _file = file;
        _view = view;
        Length = length;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += view.PointerOffset;
    }

    public long Length { get; }

    /// <summary>
    /// Maps a regular file with at least one byte. What has no length is refused before it is opened: opening a pipe would
    /// wait for a writer.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="place">What an error message begins with; it names the file.</param>
    public static MappedFile Open(string path, string place)
    {
        try
        {
            FileInfo info = new(path);
            if (Directory.Exists(path)) throw new ModelException($"{place}: it is a folder, not a file");
            if (!info.Exists) throw new ModelException($"{place}: there is no such file");
            if (info.Length == 0) throw new ModelException($"{place}: the file is empty");
            using SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            return Map(handle);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new ModelException($"{place}: cannot be read: {e.Message}", e);
        }
    }

    /// <summary>A view of part of the file, which must lie within it.</summary>
    public ReadOnlyMemory<byte> Slice(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        return new Window(this, offset, length).Memory;
    }

    /// <summary>
    /// Gives the memory of pages that were read back to the system; whoever reads on brings them in again. May be called
    /// while others read.
    /// </summary>
    public void ReleasePages()
    {
        byte* start = _start;
        ObjectDisposedException.ThrowIf(start is null, this);
        // Advice: where it is not taken, the pages stay. The view begins with a page.
        if (OperatingSystem.IsLinux()) _ = Advise(start - _view.PointerOffset, (nint)(_view.PointerOffset + Length), NotNeeded);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(byte* start, nint length, int advice);

    public void Dispose()
    {
        if (_start is null) return;
        _start = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    private static MappedFile Map(SafeFileHandle handle)
    {
        long length = RandomAccess.GetLength(handle);
        MemoryMappedFile? file = null;
        MemoryMappedViewAccessor? view = null;
        try
        {
            file = MemoryMappedFile.CreateFromFile(handle, null, length, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
            return new MappedFile(file, view, length);
        }
        catch
        {
            view?.Dispose();
            file?.Dispose();
            throw;
        }
    }

    private byte* At(long offset)
    {
        byte* start = _start;
        ObjectDisposedException.ThrowIf(start is null, this);
        return start + offset;
    }

    private sealed class Window(MappedFile file, long offset, int length) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan() => new(file.At(offset), length);

        public override MemoryHandle Pin(int elementIndex = 0)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(elementIndex);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(elementIndex, length);
            return new MemoryHandle(file.At(offset) + elementIndex);
        }

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
