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

    private readonly object _sync = new();
    private readonly SegmentStore _store;
    private readonly Thread _writerThread;
    private CommitGroup _open = new();
    private CommitGroup? _writing;
    private TaskCompletionSource _emptied = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _closing;

    private Outbox(SegmentStore store)
    {
        _store = store;
        FirstOrdinalOfThisRun = store.Next;
        _writerThread = new Thread(CommitGroups) { Name = "edge-outbox", IsBackground = true };
        _writerThread.Start();
    }

    /// <summary>Records below it were committed by an earlier run.</summary>
    public long FirstOrdinalOfThisRun { get; }

    public OutboxStatus Status => _store.Status;

    internal SegmentStore Store => _store;

    /// <summary>
    /// Takes the folder for this process and recovers what a crash left: an unfinished record at the end of the newest segment is cut off.
    /// </summary>
    /// <exception cref="MqttSetupException">In use by another process, not writable, or the options contradict each other.</exception>
    public static Outbox Open(OutboxOptions options, ILogger? log = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new Outbox(SegmentStore.Open(options, log ?? NullLogger.Instance));
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
    /// <exception cref="IOException">It could not be noted; the records will be delivered again.</exception>
    public void Acknowledge(long ordinal)
    {
        lock (_sync)
        {
            ObjectDisposedException.ThrowIf(_closing, this);
            _store.Acknowledge(ordinal);
            if (_store.Status.Pending > 0)
                return;
            _emptied.TrySetResult();
            _emptied = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Completes when everything that was committed is acknowledged.</summary>
    public Task WhenEmptyAsync()
    {
        lock (_sync)
            return _store.Status.Pending > 0 ? _emptied.Task : Task.CompletedTask;
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
        _store.Dispose();
    }

    /// <summary>Completes when a record with this ordinal, or a later one, may be there.</summary>
    internal Task CommittedAsync(long ordinal)
    {
        lock (_sync)
            return ordinal < _store.Next ? Task.CompletedTask : (_writing ?? _open).Settled;
    }

    private void CommitGroups()
    {
        while (true)
        {
            CommitGroup group;
            lock (_sync)
            {
                _writing = null;
                while (_open.Bodies.Count == 0 && !_closing)
                    Monitor.Wait(_sync);
                if (_open.Bodies.Count == 0)
                    return;
                _writing = group = _open;
                _open = new CommitGroup();
            }
            try
            {
                group.Succeed(_store.Append(group.Bodies));
            }
            catch (IOException e)
            {
                group.Fail(e);
            }
        }
    }
}
