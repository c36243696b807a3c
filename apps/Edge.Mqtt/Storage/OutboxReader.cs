using Microsoft.Win32.SafeHandles;

namespace Edge.Mqtt.Storage;

/// <summary>
/// Reads the committed records of an <see cref="Outbox"/> in order. Records that were dropped or are damaged are passed over; the outbox counts and reports
/// them. Used by one thread at a time.
/// </summary>
public sealed class OutboxReader : IDisposable
{
    private readonly Outbox _outbox;
    private readonly byte[] _header = new byte[RecordFormat.RecordHeaderLength];
    private SafeFileHandle? _handle;
    private string? _path;
    private long _offset;
    private long _next;

    internal OutboxReader(Outbox outbox)
    {
        _outbox = outbox;
        Rewind();
    }

    /// <summary>Goes back to the first record that is not acknowledged.</summary>
    public void Rewind() => Seek(_outbox.Store.FirstUnacknowledged);

    /// <summary>Goes back, or forth, to this record or the first one behind it that is kept.</summary>
    public void Seek(long ordinal)
    {
        _next = ordinal;
        Close();
    }

    /// <summary>The next record, if one is committed. Its body belongs to the caller.</summary>
    /// <exception cref="IOException">The storage cannot be read. The position stands still; it may be tried again.</exception>
    public bool TryRead(out OutboxRecord record)
    {
        while (_outbox.Store.Locate(ref _next) is { } segment)
        {
            if (_path != segment.Path && !TryOpen(segment))
                continue;
            if (TryReadHere(segment, out record) || TryReadBehindDamage(segment, out record))
                return true;
        }
        record = default;
        return false;
    }

    /// <summary>Returns when <see cref="TryRead"/> is worth a try.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) =>
        _outbox.CommittedAsync(_next).WaitAsync(cancellationToken);

    public void Dispose() => Close();

    private void Close()
    {
        _handle?.Dispose();
        _handle = null;
        _path = null;
    }

    /// <summary>False if the segment was deleted a moment ago: acknowledged or dropped, so that it will be located elsewhere.</summary>
    private bool TryOpen(Segment segment)
    {
        Close();
        try
        {
            _handle = segment.OpenForReading();
        }
        catch (FileNotFoundException)
        {
            if (_outbox.Store.Locate(ref _next)?.Path != segment.Path)
                return false;
            throw;
        }
        _path = segment.Path;
        _offset = RecordFormat.SegmentHeaderLength;
        return true;
    }

    /// <summary>Hops over records that come before the next one. False where the chain of records is broken.</summary>
    private bool TryReadHere(Segment segment, out OutboxRecord record)
    {
        record = default;
        while (TryReadExactly(_header, _offset, segment)
            && RecordFormat.TryReadHeader(_header, out long ordinal, out int bodyLength)
            && ordinal <= _next)
        {
            if (ordinal == _next)
                return TryReadRecord(segment, bodyLength, out record);
            _offset += RecordFormat.RecordHeaderLength + bodyLength;
        }
        return false;
    }

    private bool TryReadRecord(Segment segment, int bodyLength, out OutboxRecord record)
    {
        record = default;
        if (_offset + RecordFormat.RecordHeaderLength + bodyLength > segment.Length)
            return false;
        var bytes = new byte[RecordFormat.RecordHeaderLength + bodyLength];
        if (!TryReadExactly(bytes, _offset, segment) || !RecordFormat.IsIntact(bytes))
            return false;
        record = new OutboxRecord(_next++, bytes.AsMemory(RecordFormat.RecordHeaderLength));
        _offset += bytes.Length;
        return true;
    }

    /// <summary>
    /// Looks through the whole segment for the first intact record from the next one on: a damaged length may have led astray.
    /// Without one, the position moves to the segment's end.
    /// </summary>
    private bool TryReadBehindDamage(Segment segment, out OutboxRecord record)
    {
        var bytes = new byte[segment.Length];
        int length = RandomAccess.Read(_handle!, bytes, 0);
        long lostFrom = _next;
        int found = RecordFormat.FindRecord(bytes.AsSpan(0, length), _next, segment.EndOrdinal);
        if (found < 0)
        {
            _next = segment.EndOrdinal;
            _outbox.Store.ReportDamage(segment, lostFrom, _next);
            record = default;
            return false;
        }
        RecordFormat.TryReadHeader(bytes.AsSpan(found), out _next, out int bodyLength);
        _outbox.Store.ReportDamage(segment, lostFrom, _next);
        _offset = found;
        return TryReadRecord(segment, bodyLength, out record);
    }

    private bool TryReadExactly(Span<byte> bytes, long offset, Segment segment) =>
        offset + bytes.Length <= segment.Length && RandomAccess.Read(_handle!, bytes, offset) == bytes.Length;
}
