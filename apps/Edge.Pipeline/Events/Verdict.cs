namespace Edge.Pipeline.Events;

/// <summary>What was decided about a part, a scene or a machine.</summary>
public enum Verdict
{
    /// <summary>Good.</summary>
    Ok,

    /// <summary>Not good: reject it.</summary>
    Ng,

    /// <summary>The score lies between the thresholds, or the picture is too poor: a person decides.</summary>
    Unsure,

    /// <summary>No decision could be made: the frame, the model or the device failed.</summary>
    Error,
}

/// <summary>Where an event stands in the life of its part or incident.</summary>
public enum EventPhase
{
    /// <summary>First message about it. An inspection of one part has only this one.</summary>
    New,

    /// <summary>More is known.</summary>
    Update,

    /// <summary>It is over.</summary>
    End,
}

/// <summary>The CloudEvents <c>type</c> of an event.</summary>
public enum EventKind
{
    /// <summary><c>edge.inspection.v1</c>: a verdict about one part.</summary>
    Inspection,

    /// <summary><c>edge.detection.v1</c>: objects seen in a scene.</summary>
    Detection,

    /// <summary><c>edge.anomaly.v1</c>: a signal departs from what was learned.</summary>
    Anomaly,

    /// <summary><c>edge.alarm.v1</c>: a condition that someone should act on; its whole state.</summary>
    Alarm,
}
