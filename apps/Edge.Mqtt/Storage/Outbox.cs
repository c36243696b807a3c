using System.Buffers;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Edge.Mqtt.Storage;

/// <summary>
/// A queue of opaque records on disk. A record is kept from its commit until it, or a later one, is acknowledged; what
/// can make it go earlier is the size limit (<see cref="OutboxOptions.MaxBytes"/>) and damaged storage, and both are counted
/// and reported. Safe for concurrent use. One process at a time: a second one is refused.
/// </summary>
/// <remarks>
/// Appends are committed in groups by one thread: write, flush, then every append of the group returns. Acknowledgements are
/// cumulative and not flushed one by one; after a loss of power about the last second of them, or what
/// the system had not written back in an idle time, is delivered again. A segment is deleted when all of it is acknowledged.
/// </remarks>
public sealed class Outbox : IDisposable
{
    /// <summary>The longest body of a record.</summary>
    public const int MaxRecordBytes = RecordFormat.MaxBodyLength;

    /// <summary>Callers wait when so much is waiting for the disk.</summary>
    private const long MaxGroupBytes = 1 << 20;

    private static readonly TimeSpan s_acknowledgementFlushInterval = TimeSpan.FromSeconds(1);

    private readonly object _sync = new();
    private readonly OutboxOptions _options;
    private readonly ILogger _log;
    private readonly FileStream _lock;
    private readonly AcknowledgementFile _acknowledged;
    private readonly List<Segment> _segments;
    private readonly Thread _writerThread;
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private CommitGroup _open = new();
    private TaskCompletionSource _emptied = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SegmentWriter? _writer;
    private long _next;
    private long _dropped;
    private long _damaged;
    private long _damageSeenTo;
    private long _lastAcknowledgementFlush = Stopwatch.GetTimestamp();
    private bool _failing;
    private bool _closing;

    private Outbox(OutboxOptions options, ILogger log, FileStream @lock, AcknowledgementFile acknowledged, List<Segment> segments, long next)
    {
        _options = options;
        _log = log;
        _lock = @lock;
        _acknowledged = acknowledged;
        _segments = segments;
        _next = next;
        FirstOrdinalOfThisRun = next;
        DeleteAcknowledgedSegments();
        _writerThread = new Thread(CommitGroups) { Name = "edge-outbox", IsBackground = true };
        _writerThread.Start();
    }

    /// <summary>Records below it were committed by an earlier run.</summary>
    public long FirstOrdinalOfThisRun { get; }

    public OutboxStatus Status
    {
        get
        {
            lock (_sync)
                return new OutboxStatus(_next - FirstUnacknowledged(), _segments.Sum(s => s.Length), _dropped, _damaged);
        }
    }

    private bool Flushes => _options.Durability == OutboxDurability.PowerLoss;

    /// <summary>
    /// Takes the folder for this process and recovers what a crash left: an unfinished record at the end of the newest segment is cut off.
    /// </summary>
    /// <exception cref="MqttSetupException">In use by another process, not writable, or the options contradict each other.</exception>
    public static Outbox Open(OutboxOptions options, ILogger? log = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        log ??= NullLogger.Instance;
        if (options.SegmentBytes < RecordFormat.SegmentHeaderLength || options.MaxBytes < 4 * options.SegmentBytes)
            throw new MqttSetupException($"outbox {options.Directory}: a limit of {options.MaxBytes} bytes with segments of {options.SegmentBytes} cannot work; the limit is at least 4 segments");
        FileStream? @lock = null;
        AcknowledgementFile? acknowledged = null;
        try
        {
            Directory.CreateDirectory(options.Directory);
            @lock = Lock(options.Directory);
            acknowledged = AcknowledgementFile.Open(Path.Combine(options.Directory, "acknowledged"), out bool damaged);
            if (damaged)
                log.AcknowledgementsDamaged(options.Directory);
            List<Segment> segments = Recover(options.Directory, log);
            long next = Math.Max(segments is [.., var last] ? last.EndOrdinal : 1, acknowledged.Ordinal + 1);
            return new Outbox(options, log, @lock, acknowledged, segments, next);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            acknowledged?.Dispose();
            @lock?.Dispose();
            throw new MqttSetupException($"outbox {options.Directory} cannot be opened: {e.Message}", e);
        }
        catch
        {
            acknowledged?.Dispose();
            @lock?.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Queues a record behind all earlier ones; the returned task completes with its ordinal when it is committed. The
    /// call itself does not block, so that a caller may fix an order under a lock of its own.
    /// </summary>
    /// <param name="body">At most <see cref="MaxRecordBytes"/>; not to be changed until the task has completed.</param>
    /// <exception cref="IOException">Through the task: the storage failed; the record may or may not be committed.</exception>
    /// <exception cref="ObjectDisposedException">The outbox is closed.</exception>
    public Task<long> AppendAsync(ReadOnlyMemory<byte> body)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(body.Length, MaxRecordBytes, nameof(body));
        lock (_sync)
        {
            ObjectDisposedException.ThrowIf(_closing, this);
            Task<long> committed = _open.Add(body);
            Monitor.Pulse(_sync);
            return committed;
        }
    }

    /// <summary>Returns when little is waiting for the disk: the back-pressure of <see cref="AppendAsync"/>.</summary>
    public async ValueTask WaitForRoomAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task settled;
            lock (_sync)
            {
                if (_open.Bytes < MaxGroupBytes)
                    return;
                settled = _open.Settled;
            }
            await settled.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A reader that starts at the first record that is not acknowledged. It ends with the outbox.</summary>
    public OutboxReader CreateReader() => new(this);

    /// <summary>This record and all before it are delivered; they will not be read again. Lower ordinals than before change nothing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such record yet.</exception>
    public void Acknowledge(long ordinal)
    {
        lock (_sync)
        {
            ObjectDisposedException.ThrowIf(_closing, this);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(ordinal, _next);
            if (ordinal < FirstUnacknowledged())
                return;
            _acknowledged.Write(ordinal);
            DeleteAcknowledgedSegments();
            if (FirstUnacknowledged() < _next)
                return;
            _emptied.TrySetResult();
            _emptied = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Completes when everything that was committed is acknowledged.</summary>
    public Task WhenEmptyAsync()
    {
        lock (_sync)
            return FirstUnacknowledged() < _next ? _emptied.Task : Task.CompletedTask;
    }

    /// <summary>Commits what is queued, flushes and lets go of the folder.</summary>
    public void Dispose()
    {
        lock (_sync)
        {
            if (_closing)
                return;
            _closing = true;
            Monitor.Pulse(_sync);
        }
        _writerThread.Join();
        _writer?.Dispose();
        lock (_sync)
        {
            if (Flushes && _acknowledged.IsDirty)
                _acknowledged.Flush();
            if (_segments is [var last] && last.EndOrdinal <= FirstUnacknowledged())
                File.Delete(last.Path);
            _acknowledged.Dispose();
        }
        _lock.Dispose();
    }

    /// <summary>Completes when a record with this ordinal, or a later one, may be there.</summary>
    internal Task CommittedAsync(long ordinal)
    {
        lock (_sync)
            return ordinal < _next ? Task.CompletedTask : _open.Settled;
    }

    internal long FirstUnacknowledgedOrdinal()
    {
        lock (_sync)
            return FirstUnacknowledged();
    }

    /// <summary>
    /// Where to read on: the segment that holds <paramref name="ordinal"/>, which moves up to the next record that is kept. A copy, so that it
    /// stands still while the reader works. Null if nothing is committed there yet.
    /// </summary>
    internal Segment? Locate(ref long ordinal)
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
    internal void ReportDamage(Segment segment, long firstOrdinal, long endOrdinal)
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

    private static FileStream Lock(string directory)
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
            // What the segment before it ends with is named by the one that is gone.
            if (segments is [.., var newest])
                newest.EndOrdinal = last.FirstOrdinal;
        }
        return segments;
    }

    private void CommitGroups()
    {
        while (true)
        {
            CommitGroup group;
            lock (_sync)
            {
                while (_open.Bodies.Count == 0 && !_closing)
                    Monitor.Wait(_sync);
                if (_open.Bodies.Count == 0)
                    return;
                group = _open;
                _open = new CommitGroup();
            }
            Commit(group);
        }
    }

    private void Commit(CommitGroup group)
    {
        long first = _next;
        try
        {
            _buffer.ResetWrittenCount();
            for (int i = 0; i < group.Bodies.Count; i++)
                RecordFormat.WriteRecord(_buffer, first + i, group.Bodies[i].Span);
            MakeRoom(_buffer.WrittenCount);
            SegmentWriter writer = CurrentWriter();
            writer.Write(_buffer.WrittenSpan);
            lock (_sync)
            {
                writer.Commit(_buffer.WrittenCount, group.Bodies.Count);
                _next += group.Bodies.Count;
            }
            FlushAcknowledgements();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(group, e, committed: _next > first);
            return;
        }
        if (_failing)
            _log.StorageWorksAgain(_options.Directory);
        _failing = false;
        group.Succeed(first);
    }

    private void Fail(CommitGroup group, Exception cause, bool committed)
    {
        if (!_failing)
            _log.StorageFailed(_options.Directory, cause.Message);
        _failing = true;
        if (committed)
        {
            group.Succeed(_next - group.Bodies.Count); // only the flush of older acknowledgements failed
            return;
        }
        if (_writer?.Abandon() == false)
            _log.TailLeft(_writer.Segment.Path);
        _writer = null;
        group.Fail(new IOException($"outbox {_options.Directory}: the event could not be committed: {cause.Message}", cause));
    }

    private SegmentWriter CurrentWriter()
    {
        if (_writer is not null && _writer.Segment.Length < _options.SegmentBytes)
            return _writer;
        _writer?.Dispose();
        _writer = null;
        _writer = SegmentWriter.Create(_options.Directory, _next, Flushes);
        lock (_sync)
        {
            _segments.Add(_writer.Segment);
            DeleteAcknowledgedSegments();
        }
        return _writer;
    }

    private void MakeRoom(int bytes)
    {
        while (true)
        {
            long lost;
            Segment oldest;
            lock (_sync)
            {
                if (_segments.Count < 2 || _segments.Sum(s => s.Length) + bytes <= _options.MaxBytes)
                    return;
                oldest = _segments[0];
                lost = Math.Max(0, oldest.EndOrdinal - FirstUnacknowledged());
                File.Delete(oldest.Path);
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

    /// <summary>Under the lock. What was dropped counts as acknowledged.</summary>
    private long FirstUnacknowledged()
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
