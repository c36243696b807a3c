using System.Buffers;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Edge.Mqtt.Storage;

/// <summary>
/// What an <see cref="Outbox"/> has on disk: its folder, taken for this process, the segments and what is acknowledged of them. Safe for
/// concurrent use, but one thread at a time appends.
/// </summary>
internal sealed class SegmentStore : IDisposable
{
    private static readonly TimeSpan s_acknowledgementFlushInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _sync = new();
    private readonly OutboxOptions _options;
    private readonly ILogger _log;
    private readonly FileStream _folderLock;
    private readonly AcknowledgementFile _acknowledged;
    private readonly List<Segment> _segments;
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private SegmentWriter? _writer;
    private long _next;
    private long _dropped;
    private long _damaged;
    private long _damageSeenTo;
    private long _lastAcknowledgementFlush = Stopwatch.GetTimestamp();
    private bool _failing;

    private SegmentStore(OutboxOptions options, ILogger log, FileStream folderLock, AcknowledgementFile acknowledged, List<Segment> segments)
    {
        _options = options;
        _log = log;
        _folderLock = folderLock;
        _acknowledged = acknowledged;
        _segments = segments;
        _next = Math.Max(segments is [.., var last] ? last.EndOrdinal : 1, acknowledged.Ordinal + 1);
        DeleteAcknowledgedSegments();
    }

    /// <summary>The ordinal of the next record to be committed.</summary>
    public long Next
    {
        get
        {
            lock (_sync)
                return _next;
        }
    }

    public OutboxStatus Status
    {
        get
        {
            lock (_sync)
                return new OutboxStatus(_next - FirstKept(), _segments.Sum(s => s.Length), _dropped, _damaged);
        }
    }

    public long FirstUnacknowledged
    {
        get
        {
            lock (_sync)
                return FirstKept();
        }
    }

    private bool Flushes => _options.Durability == OutboxDurability.PowerLoss;

    /// <inheritdoc cref="Outbox.Open"/>
    public static SegmentStore Open(OutboxOptions options, ILogger log)
    {
        if (options.SegmentBytes < RecordFormat.SegmentHeaderLength || options.MaxBytes < 4 * options.SegmentBytes)
            throw new MqttSetupException($"outbox {options.Directory}: a limit of {options.MaxBytes} bytes with segments of {options.SegmentBytes} cannot work; the limit is at least 4 segments");
        FileStream? folderLock = null;
        AcknowledgementFile? acknowledged = null;
        try
        {
            Directory.CreateDirectory(options.Directory);
            folderLock = Take(options.Directory);
            acknowledged = AcknowledgementFile.Open(Path.Combine(options.Directory, "acknowledged"), out bool damaged);
            if (damaged)
                log.AcknowledgementsDamaged(options.Directory);
            return new SegmentStore(options, log, folderLock, acknowledged, Recover(options.Directory, log));
        }
        catch (Exception e)
        {
            acknowledged?.Dispose();
            folderLock?.Dispose();
            if (e is IOException or UnauthorizedAccessException)
                throw new MqttSetupException($"outbox {options.Directory} cannot be opened: {e.Message}", e);
            throw;
        }
    }

    /// <summary>Commits the records together.</summary>
    /// <returns>The ordinal of the first.</returns>
    /// <exception cref="IOException">None is committed, as far as this process goes on; a later one may find them after a crash.</exception>
    public long Append(IReadOnlyList<ReadOnlyMemory<byte>> bodies)
    {
        long first = _next; // only this thread changes it
        try
        {
            _buffer.ResetWrittenCount();
            for (int i = 0; i < bodies.Count; i++)
                RecordFormat.WriteRecord(_buffer, first + i, bodies[i].Span);
            FlushAcknowledgements();
            MakeRoom(_buffer.WrittenCount);
            SegmentWriter writer = CurrentWriter();
            writer.Write(_buffer.WrittenSpan);
            lock (_sync)
            {
                writer.Commit(_buffer.WrittenCount, bodies.Count);
                _next += bodies.Count;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Abandon(e);
            throw new IOException($"outbox {_options.Directory}: the event could not be committed: {e.Message}", e);
        }
        if (_failing)
            _log.StorageWorksAgain(_options.Directory);
        _failing = false;
        return first;
    }

    /// <inheritdoc cref="Outbox.Acknowledge"/>
    public void Acknowledge(long ordinal)
    {
        lock (_sync)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(ordinal, _next);
            if (ordinal < FirstKept())
                return;
            _acknowledged.Write(ordinal);
            DeleteAcknowledgedSegments();
        }
    }

    /// <summary>
    /// Where to read on: the segment that holds <paramref name="ordinal"/>, which moves up to the next record that is kept. A copy, so that it
    /// stands still while the reader works. Null if nothing is committed there yet.
    /// </summary>
    public Segment? Locate(ref long ordinal)
    {
        lock (_sync)
        {
            foreach (Segment segment in _segments)
            {
                if (ordinal >= segment.EndOrdinal)
                    continue;
                ordinal = Math.Max(ordinal, segment.FirstOrdinal);
                return new Segment(segment.Path, segment.FirstOrdinal) { EndOrdinal = segment.EndOrdinal, Length = segment.Length };
            }
            return null;
        }
    }

    /// <summary>Counts and reports records that cannot be read, each once.</summary>
    public void ReportDamage(Segment segment, long firstOrdinal, long endOrdinal)
    {
        lock (_sync)
        {
            firstOrdinal = Math.Max(firstOrdinal, _damageSeenTo);
            if (firstOrdinal >= endOrdinal)
                return;
            _damaged += endOrdinal - firstOrdinal;
            _damageSeenTo = endOrdinal;
        }
        _log.RecordsDamaged(segment.Path, endOrdinal - firstOrdinal, firstOrdinal);
    }

    /// <summary>When nobody appends any more: flushes and lets go of the folder.</summary>
    public void Dispose()
    {
        lock (_sync)
        {
            _writer?.Dispose();
            if (Flushes && _acknowledged.IsDirty)
                _acknowledged.Flush();
            if (_segments is [var last] && last.EndOrdinal <= FirstKept())
                File.Delete(last.Path);
            _acknowledged.Dispose();
        }
        _folderLock.Dispose();
    }

    private static FileStream Take(string directory)
    {
        string path = Path.Combine(directory, "lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new MqttSetupException($"outbox {directory} is in use by another process; stop that one, or give this one a folder of its own", e);
        }
    }

    private static List<Segment> Recover(string directory, ILogger log)
    {
        List<Segment> segments = Segment.List(directory);
        if (segments is not [.., var last])
            return segments;
        long cut = last.RecoverTail();
        if (cut > 0)
            log.TailCut(last.Path, cut, last.EndOrdinal - last.FirstOrdinal);
        if (last.EndOrdinal == last.FirstOrdinal)
        {
            File.Delete(last.Path);
            segments.RemoveAt(segments.Count - 1);
        }
        return segments;
    }

    private void Abandon(Exception cause)
    {
        if (!_failing)
            _log.StorageFailed(_options.Directory, cause.Message);
        _failing = true;
        if (_writer?.Abandon() == false)
            _log.TailLeft(_writer.Segment.Path);
        lock (_sync)
            _writer = null;
    }

    private SegmentWriter CurrentWriter()
    {
        if (_writer is { } current && current.Segment.Length < _options.SegmentBytes)
            return current;
        SegmentWriter next = SegmentWriter.Create(_options.Directory, _next, Flushes);
        lock (_sync)
        {
            _writer?.Dispose();
            _writer = next;
            _segments.Add(next.Segment);
            DeleteAcknowledgedSegments();
        }
        return next;
    }

    private void MakeRoom(int bytes)
    {
        while (true)
        {
            long lost;
            lock (_sync)
            {
                if (_segments.Count < 2 || _segments.Sum(s => s.Length) + bytes <= _options.MaxBytes)
                    return;
                lost = Math.Max(0, _segments[0].EndOrdinal - FirstKept());
                File.Delete(_segments[0].Path);
                _segments.RemoveAt(0);
                _dropped += lost;
            }
            if (lost > 0)
                _log.OldestDropped(_options.Directory, _options.MaxBytes, lost);
        }
    }

    private void FlushAcknowledgements()
    {
        if (!Flushes || !_acknowledged.IsDirty || Stopwatch.GetElapsedTime(_lastAcknowledgementFlush) < s_acknowledgementFlushInterval)
            return;
        _acknowledged.Flush();
        _lastAcknowledgementFlush = Stopwatch.GetTimestamp();
    }

    /// <summary>Under the lock: the first record that is neither acknowledged nor dropped.</summary>
    private long FirstKept()
    {
        long kept = _segments is [var oldest, ..] ? oldest.FirstOrdinal : _next;
        return Math.Max(kept, _acknowledged.Ordinal + 1);
    }

    /// <summary>Under the lock. The newest segment stays as long as it is written to.</summary>
    private void DeleteAcknowledgedSegments()
    {
        int count = _segments.FindIndex(s => s.EndOrdinal > _acknowledged.Ordinal + 1 || s == _writer?.Segment);
        count = count < 0 ? _segments.Count : count;
        if (count == 0)
            return;
        // The acknowledgement must not be lost while the deletion is not: the events would come back.
        if (Flushes && _acknowledged.IsDirty)
            _acknowledged.Flush();
        foreach (Segment segment in _segments.Take(count))
            File.Delete(segment.Path);
        _segments.RemoveRange(0, count);
    }
}
