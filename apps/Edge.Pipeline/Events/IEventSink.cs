using System.Diagnostics;

namespace Edge.Pipeline.Events;

/// <summary>
/// Where events go. All members may be called concurrently. Events are delivered in the order in which
/// <see cref="PublishAsync"/> was called by one caller that awaits each call.
/// </summary>
public interface IEventSink
{
    /// <summary>
    /// Raised once for each event of this process that its receiver (the broker) acknowledged, from a thread of the
    /// sink, possibly before <see cref="PublishAsync"/> returned. A handler must be quick and must not throw.
    /// </summary>
    event Action<EventAcknowledgement>? Acknowledged;

    /// <summary>
    /// Returns when the event is committed: it survives a crash of the process and, as far as the storage keeps its word, a
    /// loss of power, and will be delivered at least once. It does not wait for the receiver. It waits while the
    /// storage is slower than the callers.
    /// </summary>
    /// <exception cref="ContractException">The event does not keep to the contract; nothing was committed.</exception>
    /// <exception cref="IOException">The storage failed; the event may or may not be committed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before it was queued; nothing was committed.</exception>
    ValueTask<EventReceipt> PublishAsync(InspectionEvent inspection, CancellationToken cancellationToken = default);
}

/// <summary>What <see cref="IEventSink.PublishAsync"/> committed: the message's id and its sequence number in this boot.</summary>
public readonly record struct EventReceipt(string Id, long Sequence);

/// <summary>The receiver has it. Both timestamps are of <see cref="Stopwatch"/>.</summary>
/// <param name="Sequence">As in the <see cref="EventReceipt"/>.</param>
/// <param name="CaptureTimestamp">As given in <see cref="InspectionEvent.CaptureTimestamp"/>, 0 if it was not.</param>
/// <param name="AcknowledgedTimestamp">When the acknowledgement came in.</param>
public readonly record struct EventAcknowledgement(long Sequence, long CaptureTimestamp, long AcknowledgedTimestamp)
{
    /// <summary>From the frame to the acknowledged message; null if the moment of capture was not given.</summary>
    public TimeSpan? Latency =>
        CaptureTimestamp == 0 ? null : Stopwatch.GetElapsedTime(CaptureTimestamp, AcknowledgedTimestamp);
}
