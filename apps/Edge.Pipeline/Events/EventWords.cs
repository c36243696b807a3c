namespace Edge.Pipeline.Events;

/// <summary>The contract's words for the enumerations, in both directions.</summary>
public static class EventWords
{
    public static string Type(EventKind kind) => kind switch
    {
        EventKind.Inspection => "edge.inspection.v1",
        EventKind.Detection => "edge.detection.v1",
        EventKind.Anomaly => "edge.anomaly.v1",
        EventKind.Alarm => "edge.alarm.v1",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <exception cref="ContractException">Unknown; the message lists the known ones.</exception>
    public static EventKind Kind(string type) => type switch
    {
        "edge.inspection.v1" => EventKind.Inspection,
        "edge.detection.v1" => EventKind.Detection,
        "edge.anomaly.v1" => EventKind.Anomaly,
        "edge.alarm.v1" => EventKind.Alarm,
        _ => throw Unknown("type", type, "edge.inspection.v1 edge.detection.v1 edge.anomaly.v1 edge.alarm.v1"),
    };

    public static string Of(Verdict verdict) => verdict switch
    {
        Events.Verdict.Ok => "ok",
        Events.Verdict.Ng => "ng",
        Events.Verdict.Unsure => "unsure",
        Events.Verdict.Error => "error",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, null),
    };

    /// <inheritdoc cref="Kind" path="/exception"/>
    public static Verdict Verdict(string word) => word switch
    {
        "ok" => Events.Verdict.Ok,
        "ng" => Events.Verdict.Ng,
        "unsure" => Events.Verdict.Unsure,
        "error" => Events.Verdict.Error,
        _ => throw Unknown("verdict", word, "ok ng unsure error"),
    };

    public static string Of(EventPhase phase) => phase switch
    {
        EventPhase.New => "new",
        EventPhase.Update => "update",
        EventPhase.End => "end",
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, null),
    };

    /// <inheritdoc cref="Kind" path="/exception"/>
    public static EventPhase Phase(string word) => word switch
    {
        "new" => EventPhase.New,
        "update" => EventPhase.Update,
        "end" => EventPhase.End,
        _ => throw Unknown("phase", word, "new update end"),
    };

    private static ContractException Unknown(string field, string word, string known) =>
        new($"{field} '{word}' is not known; known: {known}");
}
