using System.Diagnostics;
using System.Threading.Channels;
using Edge.Devices;
using Edge.Imaging;
using Edge.Onnx;
using Edge.Pipeline.Events;
using Edge.Pipeline.Evidence;

namespace Edge.Pipeline.Inspection;

/// <summary>
/// Source → preprocess → model → postprocess → decision → evidence → event, as three stages with bounded queues between:
/// acquiring, inspecting and publishing overlap, and memory stays bounded whichever of them is slow.
/// </summary>
/// <remarks>
/// <para>Every frame is accounted for in the <see cref="LineReport"/>, and every event tells how many frames its stream lost since
/// the event before. Events are published in the order of their frames.</para>
/// <para>Owns the frames, and neither source, inspector, sink nor evidence. The source's clock must be the system's, whose monotonic
/// timestamps go into the events.</para>
/// </remarks>
public sealed class InspectionLine
{
    private readonly InspectionLineOptions _options;
    private readonly IFrameSource _source;
    private readonly Inspector _inspector;
    private readonly IEventSink _sink;
    private readonly EvidenceWriter? _evidence;
    private readonly LineCounters _counters = new();
    private readonly Channel<Acquired> _acquired;
    private readonly Channel<Inspected> _inspected = Channel.CreateBounded<Inspected>(new BoundedChannelOptions(2) { SingleReader = true, SingleWriter = true });
    private FrameException? _stopped;
    private int _started;

    /// <exception cref="ContractException">The stream's name is not an identifier.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The queue has no place.</exception>
    public InspectionLine(InspectionLineOptions options, IFrameSource source, Inspector inspector, IEventSink sink, EvidenceWriter? evidence = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(inspector);
        ArgumentNullException.ThrowIfNull(sink);
        Identifier.RequireName(options.Stream, "stream");
        ArgumentOutOfRangeException.ThrowIfLessThan(options.QueueLength, 1, nameof(options));
        (_options, _source, _inspector, _sink, _evidence) = (options, source, inspector, sink, evidence);
        var queue = new BoundedChannelOptions(options.QueueLength)
        {
            SingleWriter = true,
            FullMode = options.WhenFull == WhenFull.Wait ? BoundedChannelFullMode.Wait : BoundedChannelFullMode.DropOldest,
        };
        _acquired = Channel.CreateBounded<Acquired>(queue, Dropped);
    }

    /// <summary>What has been done so far; may be called at any time, from any thread.</summary>
    public LineReport Report() => _counters.Report();

    /// <summary>
    /// Runs until the source ends or <paramref name="stop"/> is cancelled; then frames already taken are inspected and published, for
    /// <see cref="InspectionLineOptions.DrainTimeout"/> at most after a stop. May be called once.
    /// </summary>
    /// <exception cref="DeviceException">
    /// The source failed, or a frame did and the policy is to stop. What was taken before was published.
    /// </exception>
    /// <exception cref="IOException">The sink's storage failed; frames under way were abandoned.</exception>
    public async Task<LineReport> RunAsync(CancellationToken stop = default)
    {
        if (Interlocked.Exchange(ref _started, 1) != 0) throw new InvalidOperationException("a line runs once");
        using var abort = new CancellationTokenSource();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, abort.Token);
        Task acquire = Task.Run(() => AcquireAsync(end.Token), CancellationToken.None);
        Task inspect = Task.Run(() => InspectAsync(end, abort.Token), CancellationToken.None);
        Task publish = Task.Run(() => PublishAllAsync(abort), CancellationToken.None);
        await using (stop.UnsafeRegister(_ => abort.CancelAfter(_options.DrainTimeout), null).ConfigureAwait(false))
            await Task.WhenAll(publish, inspect, acquire).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Abandon();
        foreach (Task stage in (Task[])[publish, inspect, acquire]) await stage.ConfigureAwait(false);
        if (_stopped is { } error) throw error;
        return Report();
    }

    private async Task AcquireAsync(CancellationToken end)
    {
        long next = -1;
        try
        {
            while (true)
            {
                Acquired item = await ReadAsync(end).ConfigureAwait(false);
                if (item.IsEnd) return;
                _counters.FrameTaken();
                if (next >= 0 && item.Sequence > next) _counters.FramesLost(item.Sequence - next);
                next = item.Sequence + 1;
                await HandOverAsync(item, end).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // Stopped: what was taken before goes on.
        }
        finally
        {
            _acquired.Writer.Complete();
        }
    }

    private async Task HandOverAsync(Acquired item, CancellationToken end)
    {
        try
        {
            await _acquired.Writer.WriteAsync(item, end).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            item.Frame?.Dispose();
            _counters.FrameAbandoned();
            throw;
        }
    }

    private async Task<Acquired> ReadAsync(CancellationToken end)
    {
        try
        {
            Frame? frame = await _source.ReadAsync(end).ConfigureAwait(false);
            if (frame is null) return default;
            Frame decoded = frame.Decoded(_options.Codec);
            TimeSpan elapsed = decoded.CapturedAt == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(decoded.CapturedAt);
            _counters.Time(LineCounters.Acquire, elapsed);
            return new Acquired(decoded, null, elapsed, Stopwatch.GetTimestamp());
        }
        catch (FrameException e)
        {
            return new Acquired(null, e, TimeSpan.Zero, Stopwatch.GetTimestamp());
        }
    }

    private async Task InspectAsync(CancellationTokenSource end, CancellationToken abort)
    {
        try
        {
            await foreach (Acquired item in _acquired.Reader.ReadAllAsync(abort).ConfigureAwait(false))
            {
                Inspected result = Inspect(item);
                if (result.Error is { } error && _options.WhenFrameFails == WhenFrameFails.Stop)
                {
                    _stopped = error;
                    item.Frame?.Dispose();
                    _counters.FrameAbandoned();
                    _options.Failed?.Invoke(error);
                    await end.CancelAsync().ConfigureAwait(false);
                    return;
                }
                await HandOverAsync(result, abort).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (abort.IsCancellationRequested)
        {
            // Aborted: RunAsync counts what is left.
        }
        finally
        {
            // The source may still wait for a place in the queue.
            await end.CancelAsync().ConfigureAwait(false);
            _inspected.Writer.Complete();
        }
    }

    private async Task HandOverAsync(Inspected result, CancellationToken abort)
    {
        try
        {
            await _inspected.Writer.WriteAsync(result, abort).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            result.Item.Frame?.Dispose();
            _counters.FrameAbandoned();
            throw;
        }
    }

    private Inspected Inspect(in Acquired item)
    {
        TimeSpan waited = Stopwatch.GetElapsedTime(item.QueuedAt);
        _counters.Time(LineCounters.Queue, waited);
        if (item.Frame is not { } frame) return new Inspected(item, waited, default, item.Error);
        try
        {
            InspectionResult result = _inspector.Inspect(frame.View());
            _counters.Time(LineCounters.Preprocess, result.Preprocess);
            _counters.Time(LineCounters.Inference, result.Inference);
            _counters.Time(LineCounters.Postprocess, result.Postprocess);
            return new Inspected(item, waited, result, null);
        }
        catch (Exception e) when (e is ImageException or ModelException)
        {
            var error = new FrameException($"{frame.Path ?? frame.Name}: {e.Message}", frame.Name, frame.Sequence, e) { Path = frame.Path };
            return new Inspected(item, waited, default, error);
        }
        catch
        {
            frame.Dispose();
            _counters.FrameAbandoned();
            throw;
        }
    }

    /// <summary>When publishing fails there is no use in inspecting: the stages before are aborted.</summary>
    private async Task PublishAllAsync(CancellationTokenSource abort)
    {
        long next = -1;
        await foreach (Inspected part in _inspected.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            using Frame? frame = part.Item.Frame;
            try
            {
                abort.Token.ThrowIfCancellationRequested();
                long sequence = part.Item.Sequence, lost = next >= 0 ? Math.Max(0, sequence - next) : 0;
                await PublishAsync(part, lost, abort.Token).ConfigureAwait(false);
                next = sequence + 1;
            }
            catch (OperationCanceledException) when (abort.IsCancellationRequested)
            {
                // Aborted: the parts behind this one end here too.
                _counters.FrameAbandoned();
            }
            catch
            {
                _counters.FrameAbandoned();
                await abort.CancelAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    private async Task PublishAsync(Inspected part, long lost, CancellationToken abort)
    {
        string eventId = Identifier.New();
        EvidenceReference? evidence = Keep(eventId, part, out TimeSpan keeping);
        InspectionEvent inspection = EventBuilder.Build(_options, _inspector.Labels, eventId, part, evidence, keeping, lost);
        long start = Stopwatch.GetTimestamp();
        EventReceipt receipt = await _sink.PublishAsync(inspection, abort).ConfigureAwait(false);
        _counters.Time(LineCounters.Publish, Stopwatch.GetElapsedTime(start));
        _counters.EventPublished(inspection.Verdict);
        if (part.Error is { } error) _options.Failed?.Invoke(error);
        _options.Inspected?.Invoke(new InspectedPart(part.Item.Name, part.Item.Path, part.Item.Sequence, inspection, receipt));
    }

    /// <summary>Evidence that cannot be kept is reported and counted; the event matters more and goes out without.</summary>
    private EvidenceReference? Keep(string eventId, in Inspected part, out TimeSpan elapsed)
    {
        elapsed = TimeSpan.Zero;
        if (_evidence is null || part.Item.Frame is not { } frame || part.Error is not null) return null;
        long start = Stopwatch.GetTimestamp();
        try
        {
            string title = $"{frame.Name}  {frame.Timestamp:yyyy-MM-dd HH:mm:ss.fff}Z  {_options.Stream}";
            EvidenceReference? reference = _evidence.Write(eventId, frame.View(), _inspector.Labels, part.Result.Findings, part.Result.Decision, title);
            if (reference is null) return null;
            elapsed = Stopwatch.GetElapsedTime(start);
            _counters.Time(LineCounters.Evidence, elapsed);
            return reference;
        }
        catch (ImageException e)
        {
            _counters.EvidenceFailed();
            _options.Failed?.Invoke(new FrameException(e.Message, frame.Name, frame.Sequence, e) { Path = frame.Path });
            return null;
        }
    }

    private void Dropped(Acquired item)
    {
        item.Frame?.Dispose();
        _counters.FrameDropped();
    }

    /// <summary>What still lies in the queues after all stages have ended.</summary>
    private void Abandon()
    {
        while (_acquired.Reader.TryRead(out Acquired a))
        {
            a.Frame?.Dispose();
            _counters.FrameAbandoned();
        }
        while (_inspected.Reader.TryRead(out Inspected i))
        {
            i.Item.Frame?.Dispose();
            _counters.FrameAbandoned();
        }
    }
}
