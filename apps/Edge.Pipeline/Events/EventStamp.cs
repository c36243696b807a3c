namespace Edge.Pipeline.Events;

/// <summary>
/// Checks events and puts them into envelopes with an id and the next sequence number. One per process and device.
/// Safe for concurrent use; sequence numbers are then unique, but their order is the order of the calls only as far as the calls are ordered.
/// </summary>
/// <param name="source">The device's topic root.</param>
/// <param name="boot">From <see cref="Identifier.New"/>, once a start.</param>
public sealed class EventStamp(string source, string boot)
{
    private long _sequence;

    public string Source { get; } = source;

    public string Boot { get; } = Identifier.RequireWellFormed(boot, "boot");

    /// <summary>The last number given out; 0 before the first.</summary>
    public long LastSequence => Interlocked.Read(ref _sequence);

    /// <exception cref="ContractException">The event breaks the contract; no sequence number was used up.</exception>
    public CloudEvent Stamp(InspectionEvent inspection)
    {
        EventRules.Check(inspection);
        return new CloudEvent
        {
            Id = Identifier.New(),
            Source = Source,
            Boot = Boot,
            Sequence = Interlocked.Increment(ref _sequence),
            Data = inspection,
        };
    }
}
