namespace Edge.Pipeline.Events;

/// <summary>What an event must keep to before it is written: checked once, where it enters its envelope.</summary>
internal static class EventRules
{
    /// <exception cref="ContractException">Names the event, the field and what would be accepted.</exception>
    public static void Check(InspectionEvent inspection)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        Identifier.RequireName(inspection.Stream, "stream");
        Identifier.RequireWellFormed(inspection.EventId, "eventid");
        RequireFinite(inspection, "score", inspection.Score ?? 0);
        RequireFinite(inspection, "threshold", inspection.Threshold ?? 0);
        foreach (DetectedObject detected in inspection.Objects)
            CheckObject(inspection, detected);
        foreach ((string name, double value) in inspection.Features)
        {
            RequireText(inspection, "the name of a feature", name);
            RequireFinite(inspection, $"feature '{name}'", value);
        }
        CheckTiming(inspection);
        if (inspection.Evidence is { } evidence)
        {
            RequireText(inspection, "evidence uri", evidence.Uri);
            RequireText(inspection, "evidence mediatype", evidence.MediaType);
        }
        if (inspection.Quality is { SamplesLost: < 0 } or { FramesDropped: < 0 })
            throw Broken(inspection, "quality counts what was lost and cannot be negative");
    }

    private static void CheckObject(InspectionEvent inspection, DetectedObject detected)
    {
        RequireText(inspection, "the label of an object", detected.Label);
        RequireFinite(inspection, $"score of object '{detected.Label}'", detected.Score);
        (float x, float y, float width, float height) = detected.Box;
        RequireFinite(inspection, $"box of object '{detected.Label}'", x + y + width + height);
        if (width < 0 || height < 0)
            throw Broken(inspection, $"box of object '{detected.Label}' is {width}×{height}; width and height are at least 0");
    }

    private static void CheckTiming(InspectionEvent inspection)
    {
        for (int i = 0; i < inspection.Timing.Count; i++)
        {
            StageTiming timing = inspection.Timing[i];
            RequireText(inspection, "the name of a stage", timing.Stage);
            for (int j = 0; j < i; j++)
                if (inspection.Timing[j].Stage == timing.Stage)
                    throw Broken(inspection, $"stage '{timing.Stage}' is timed twice; give each stage one name");
        }
    }

    private static void RequireFinite(InspectionEvent inspection, string field, double value)
    {
        if (!double.IsFinite(value))
            throw Broken(inspection, $"{field} is {value}; JSON holds finite numbers only, publish verdict 'error' instead");
    }

    private static void RequireText(InspectionEvent inspection, string field, string? value)
    {
        if (string.IsNullOrEmpty(value))
            throw Broken(inspection, $"{field} is empty");
    }

    private static ContractException Broken(InspectionEvent inspection, string what) =>
        new($"event {inspection.EventId} of stream {inspection.Stream}: {what}");
}
