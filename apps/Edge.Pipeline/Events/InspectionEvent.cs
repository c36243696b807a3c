namespace Edge.Pipeline.Events;

/// <summary>
/// What the decision about one frame, part or window of samples says: the <c>data</c> of a message. Immutable.
/// <see cref="EventStamp"/> checks it and puts it into its envelope.
/// </summary>
public sealed record InspectionEvent
{
    public EventKind Kind { get; init; } = EventKind.Inspection;

    public EventPhase Phase { get; init; } = EventPhase.New;

    /// <summary>The camera or sensor, an <see cref="Identifier"/> that is not reserved.</summary>
    public required string Stream { get; init; }

    /// <summary>The part or incident, a well-formed <see cref="Identifier"/>: the same in its new, update and end messages.</summary>
    public required string EventId { get; init; }

    /// <summary>When the frame was exposed or the window of samples ended: the CloudEvents <c>time</c>.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>
    /// <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/> at the same moment, 0 if unknown. It never leaves the process; acknowledgements
    /// carry it back (<see cref="EventAcknowledgement.Latency"/>).
    /// </summary>
    public long CaptureTimestamp { get; init; }

    public required Verdict Verdict { get; init; }

    /// <summary>What the verdict rests on, in the model's own unit; null where nothing was scored.</summary>
    public float? Score { get; init; }

    /// <summary>What the score was compared with.</summary>
    public float? Threshold { get; init; }

    /// <summary>Best first, at most 500. Empty for a classifier.</summary>
    public IReadOnlyList<DetectedObject> Objects { get; init; } = [];

    /// <summary>Named numbers that explain the verdict: class probabilities, RMS, kurtosis. Names are not empty.</summary>
    public IReadOnlyDictionary<string, double> Features { get; init; } = new Dictionary<string, double>();

    public EvidenceReference? Evidence { get; init; }

    /// <summary>In the order of the stages; no stage twice.</summary>
    public IReadOnlyList<StageTiming> Timing { get; init; } = [];

    public ModelReference? Model { get; init; }

    public StreamQuality Quality { get; init; }
}

/// <summary>One detection. <paramref name="Score"/> is in 0…1.</summary>
public sealed record DetectedObject(string Label, float Score, PixelBox Box);

/// <summary>
/// In pixels of the source frame, origin at its top left corner. <paramref name="X"/> and <paramref name="Y"/> are the
/// box's left and top edge. A box may reach beyond the frame.
/// </summary>
public readonly record struct PixelBox(float X, float Y, float Width, float Height);

/// <summary>Where the picture or recording behind a verdict is kept.</summary>
/// <param name="Uri">Relative to the device's evidence folder, or absolute.</param>
/// <param name="MediaType"><c>image/jpeg</c>, <c>image/png</c>, …</param>
/// <param name="Sha256">Lower-case hexadecimal, if known.</param>
public sealed record EvidenceReference(string Uri, string MediaType, string? Sha256 = null);

/// <summary>How long one stage took for this event. Written in milliseconds, rounded to microseconds.</summary>
public readonly record struct StageTiming(string Stage, TimeSpan Elapsed);

/// <summary>What decided.</summary>
/// <param name="Name">As configured.</param>
/// <param name="Sha256">Of the model file, lower-case hexadecimal.</param>
/// <param name="Precision"><c>fp32</c>, <c>int8</c>.</param>
/// <param name="Provider">The engine and instruction set: <c>edge/avx2</c>, <c>onnxruntime/cpu</c>.</param>
public sealed record ModelReference(string Name, string Sha256, string Precision, string Provider);

/// <summary>What the stream lost between its previous event and this one.</summary>
public readonly record struct StreamQuality(long SamplesLost, long FramesDropped);
