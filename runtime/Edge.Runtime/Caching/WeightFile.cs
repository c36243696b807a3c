using System.IO.Hashing;
using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Edge.Tensors;

namespace Edge.Runtime.Caching;

/// <summary>A block of packed weights within a <see cref="WeightFile"/>.</summary>
/// <param name="Step">The step of the plan that it belongs to.</param>
/// <param name="Index">Which of the step's blocks.</param>
/// <param name="Layout">Hash of the layout's name.</param>
/// <param name="Offset">Where it begins in the file, a multiple of 64.</param>
/// <param name="Bytes">Size.</param>
internal readonly record struct WeightEntry(int Step, int Index, ulong Layout, long Offset, long Bytes);

/// <summary>
/// A file of packed weights, mapped read-only: processes that use the same model share its pages. Written beside and renamed,
/// so that nobody sees a part of one. Kept alive by every block that is in use.
/// </summary>
/// <remarks>
/// Little-endian: <see cref="Magic"/>, identity (16 bytes), checksum of all that follows (16), length of the file (8), number of
/// entries (4), zero (4), entries of 32 bytes (step, index, layout, offset, bytes), then the blocks, each aligned to 64 and
/// followed by 64 bytes of zeros.
/// </remarks>
internal sealed unsafe class WeightFile : IDisposable
{
    private const ulong Magic = 0x3157_5045_4744_45; // "EDGEPW1"
    private const int HeaderBytes = 64, EntryBytes = 32, ChecksumAt = 24, LengthAt = 40, CountAt = 48;

    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private readonly WeightEntry[] _entries;
    private int _users = 1;

    private WeightFile(MemoryMappedViewAccessor view, byte* start, WeightEntry[] entries)
    {
        _view = view;
        _start = start;
        _entries = entries;
    }

    public ReadOnlySpan<WeightEntry> Entries => _entries;

    public byte* At(in WeightEntry entry) => _start + entry.Offset;

    /// <summary>One more owner, who disposes what is returned.</summary>
    public IDisposable Share()
    {
        Interlocked.Increment(ref _users);
        return new User(this);
    }

    public void Dispose() => Release();

    /// <summary>
    /// Maps a file and verifies all of it; null where there is none. <paramref name="fault"/> says what is wrong with one that is
    /// not to be used.
    /// </summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static WeightFile? Open(string path, ReadOnlySpan<byte> identity, out string? fault)
    {
        fault = null;
        var info = new FileInfo(path);
        if (!info.Exists) return null;
        if (info.Length < HeaderBytes)
        {
            fault = "it is too short";
            return null;
        }

        using var file = MemoryMappedFile.CreateFromFile(File.OpenHandle(path, share: FileShare.Read | FileShare.Delete), null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        var view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        // The view is rounded up to pages; what the file has is what counts.
        long length = Math.Min(info.Length, (long)view.SafeMemoryMappedViewHandle.ByteLength);
        var entries = Verify(new Reader(start, length), identity, out fault);
        if (entries is not null) return new WeightFile(view, start, entries);
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        return null;
    }

    /// <summary>Writes a file beside <paramref name="path"/> and renames it. The last of several writers wins; they write the same.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> identity, IReadOnlyList<(WeightEntry Entry, nint Data)> blocks)
    {
        var entries = new WeightEntry[blocks.Count];
        long end = Aligned(HeaderBytes + (long)EntryBytes * entries.Length);
        for (int i = 0; i < entries.Length; i++)
        {
            entries[i] = blocks[i].Entry with { Offset = end };
            end = Aligned(end + entries[i].Bytes + Tensor.Slack);
        }

        string temporary = $"{path}.{Environment.ProcessId}.{Guid.NewGuid():n}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16))
            {
                var hash = new XxHash128();
                stream.Position = LengthAt;
                void Put(ReadOnlySpan<byte> bytes)
                {
                    stream.Write(bytes);
                    hash.Append(bytes);
                }

                Span<byte> header = stackalloc byte[HeaderBytes];
                header.Clear();
                MemoryMarshal.Write(header[LengthAt..], end);
                MemoryMarshal.Write(header[CountAt..], entries.Length);
                Put(header[LengthAt..]);
                Put(MemoryMarshal.AsBytes(entries.AsSpan()));
                Span<byte> zeros = stackalloc byte[2 * Tensor.Slack];
                zeros.Clear();
                long at = HeaderBytes + (long)EntryBytes * entries.Length;
                for (int i = 0; i < entries.Length; i++)
                {
                    Put(zeros[..(int)(entries[i].Offset - at)]);
                    Put(new ReadOnlySpan<byte>((byte*)blocks[i].Data, checked((int)entries[i].Bytes)));
                    at = entries[i].Offset + entries[i].Bytes;
                }

                Put(zeros[..(int)(end - at)]);
                MemoryMarshal.Write(header, Magic);
                identity.CopyTo(header[sizeof(ulong)..]);
                MemoryMarshal.Write(header[ChecksumAt..], hash.GetCurrentHashAsUInt128());
                stream.Position = 0;
                stream.Write(header[..LengthAt]);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static long Aligned(long offset) => (offset + Tensor.Alignment - 1) & ~(long)(Tensor.Alignment - 1);

    /// <summary>Nothing is believed before the checksum of everything is right, and then only what lies within the file.</summary>
    private static WeightEntry[]? Verify(Reader file, ReadOnlySpan<byte> identity, out string? fault)
    {
        fault = null;
        if (file.Get<ulong>(0) != Magic) fault = "it is no file of packed weights";
        else if (!file.Bytes(sizeof(ulong), WeightIdentity.Length).SequenceEqual(identity)) fault = "it belongs to another model, or another version";
        else if (file.Get<long>(LengthAt) != file.Length || file.Length > int.MaxValue) fault = "it is truncated";
        else if (file.Get<UInt128>(ChecksumAt) != WeightIdentity.Checksum(file.Bytes(LengthAt, (int)file.Length - LengthAt))) fault = "its checksum is wrong";
        if (fault is not null) return null;

        int count = file.Get<int>(CountAt);
        if (count < 0 || HeaderBytes + (long)EntryBytes * count > file.Length)
        {
            fault = "its table is longer than the file";
            return null;
        }

        var entries = MemoryMarshal.Cast<byte, WeightEntry>(file.Bytes(HeaderBytes, EntryBytes * count)).ToArray();
        foreach (var e in entries)
            if (e.Bytes < 0 || e.Offset < 0 || e.Offset % Tensor.Alignment != 0 || e.Offset > file.Length || e.Bytes > file.Length - e.Offset - Tensor.Slack) fault = "a block lies outside";
        return fault is null ? entries : null;
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _users) != 0) return;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
    }

    /// <summary>Reads of a mapped file, which has at least a header.</summary>
    private readonly struct Reader(byte* start, long length)
    {
        public long Length => length;

        public T Get<T>(int offset) where T : unmanaged => Unsafe.ReadUnaligned<T>(start + offset);

        public ReadOnlySpan<byte> Bytes(int offset, int count) => new(start + offset, count);
    }

    private sealed class User(WeightFile file) : IDisposable
    {
        private int _done;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _done, 1) == 0) file.Release();
        }
    }
}
