using Microsoft.Win32.SafeHandles;

namespace Edge.Mqtt.Storage;

/// <summary>The newest segment, open for appending. Used by one thread.</summary>
internal sealed class SegmentWriter : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly bool _flush;

    private SegmentWriter(Segment segment, SafeFileHandle handle, bool flush)
    {
        Segment = segment;
        _handle = handle;
        _flush = flush;
    }

    public Segment Segment { get; }

    /// <summary>Makes the file with its header. When it returns, the file and its name are on the device, if asked for.</summary>
    /// <exception cref="IOException">No file was left behind, unless it could not even be deleted; it holds no record then.</exception>
    public static SegmentWriter Create(string directory, long firstOrdinal, bool flush)
    {
        var segment = new Segment(Segment.PathOf(directory, firstOrdinal), firstOrdinal);
        // Create truncates: a file of that name is the leaving of an attempt that failed before its first record.
        SafeFileHandle handle = File.OpenHandle(segment.Path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        var writer = new SegmentWriter(segment, handle, flush);
        try
        {
            writer.Write(RecordFormat.SegmentHeader(firstOrdinal));
            writer.Commit(RecordFormat.SegmentHeaderLength, records: 0);
            if (flush)
                DirectoryEntry.Flush(directory);
            return writer;
        }
        catch
        {
            writer.Dispose();
            File.Delete(segment.Path);
            throw;
        }
    }

    /// <summary>Writes behind the segment's end and, if asked for, flushes. The segment's end stays where it is until <see cref="Commit"/>.</summary>
    /// <exception cref="IOException">The segment must be <see cref="Abandon"/>ed.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(_handle, bytes, Segment.Length);
        if (_flush)
            RandomAccess.FlushToDisk(_handle);
    }

    /// <summary>Moves the segment's end over what was written. Under the store's lock, because readers look at it.</summary>
    public void Commit(int bytes, int records)
    {
        Segment.Length += bytes;
        Segment.EndOrdinal += records;
    }

    /// <summary>
    /// After a failed write: cuts what may have been written of it. A failed flush leaves the pages in an unknown
    /// state, so the file is not written again; the next append goes to a new segment. Should the cut fail too, the
    /// next segment's first ordinal tells readers where this one ends.
    /// </summary>
    public bool Abandon()
    {
        try
        {
            RandomAccess.SetLength(_handle, Segment.Length);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose() => _handle.Dispose();
}
