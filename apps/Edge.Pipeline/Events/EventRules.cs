namespace Edge.Pipeline.Events;

/// <summary>
/// What an event must keep to before it is written: checked once, where it enters its envelope. The limits keep every
/// message below 1 MiB, escapes included: what can be committed can be stored and sent.
/// </summary>
internal static class EventRules
{
    private const int MaxObjects = 500;
    private const int MaxFeatures = 500;
    private const int MaxStages = 64;
    private const int MaxTextLength = 100;
    private const int MaxUriLength = 1000;

    /// <exception cref="ContractException">Names the event, the field and what would be accepted.</exception>
    public static void Check(InspectionEvent inspection)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        Identifier.RequireName(inspection.Stream, "stream");
        Identifier.RequireWellFormed(inspection.EventId, "eventid");
        RequireFinite(inspection, "score", inspection.Score ?? 0);
        RequireFinite(inspection, "threshold", inspection.Threshold ?? 0);
        RequireAtMost(inspection, "objects", inspection.Objects.Count, MaxObjects);
        RequireAtMost(inspection, "features", inspection.Features.Count, MaxFeatures);
        RequireAtMost(inspection, "stages", inspection.Timing.Count, MaxStages);
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
            RequireText(inspection, "evidence uri", evidence.Uri, MaxUriLength);
            RequireText(inspection, "evidence mediatype", evidence.MediaType);
            RequireText(inspection, "evidence sha256", evidence.Sha256 ?? "unknown");
        }
        if (inspection.Model is { } model)
        {
            RequireText(inspection, "model name", model.Name);
            RequireText(inspection, "model sha256", model.Sha256);
            RequireText(inspection, "model precision", model.Precision);
            RequireText(inspection, "model provider", model.Provider);
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

    private static void RequireText(InspectionEvent inspection, string field, string? value, int maxLength = MaxTextLength)
    {
        if (string.IsNullOrEmpty(value))
            throw Broken(inspection, $"{field} is empty");
        if (value.Length > maxLength)
            throw Broken(inspection, $"{field} has {value.Length} characters; at most {maxLength}");
    }

    private static void RequireAtMost(InspectionEvent inspection, string what, int count, int most)
    {
        if (count > most)
            throw Broken(inspection, $"{count} {what}; at most {most}");
    }

    private static ContractException Broken(InspectionEvent inspection, string what) =>
        new($"event {inspection.EventId} of stream {inspection.Stream}: {what}");
}
