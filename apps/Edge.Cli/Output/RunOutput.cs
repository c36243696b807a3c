using System.Text.Json;
using Edge.Cli.Pictures;
using Edge.Pipeline;
using Edge.Pipeline.Postprocessing;

namespace Edge.Cli.Output;

/// <summary>Where <c>edge run</c> tells what it found.</summary>
internal interface IRunOutput
{
    /// <param name="picture">What was found in it.</param>
    /// <param name="saved">Where the annotated picture lies; null if it was not written.</param>
    void Add(ReadPicture picture, string? saved);

    /// <summary>There are no more.</summary>
    void End();
}

/// <summary>Lines for people, picture by picture.</summary>
internal sealed class RunTextOutput(Terminal terminal, Labels labels) : IRunOutput
{
    private readonly List<PictureTimes> _times = [];

    public void Add(ReadPicture picture, string? saved)
    {
        _times.Add(picture.Times);
        terminal.Line($"{picture.File}  {picture.Width}x{picture.Height}, {Units.Milliseconds(picture.Times.Total.TotalMilliseconds)}{(saved is null ? "" : $" → {saved}")}");
        Findings f = picture.Findings;
        foreach (var c in f.Top) terminal.Line($"  {c.Score,7:0.000}  {labels[c.ClassId]}");
        foreach (var d in f.Objects) terminal.Line($"  {d.Score,7:0.000}  {labels[d.ClassId],-16} at {d.Box.Left:0},{d.Box.Top:0}, {d.Box.Width:0}x{d.Box.Height:0}");
        if (f.Anomaly is { } anomaly) terminal.Line($"  {anomaly:G5}  reconstruction error");
        if (f is { Anomaly: null, Top.Count: 0, Objects.Count: 0 }) terminal.Line("  nothing found");
    }

    public void End()
    {
        if (_times.Count < 2) return;
        terminal.Line($"{_times.Count} pictures, median {Median(t => t.Total)} a picture: decode {Median(t => t.Decode)}, preprocess {Median(t => t.Preprocess)}, run {Median(t => t.Run)}, postprocess {Median(t => t.Postprocess)}");
    }

    private string Median(Func<PictureTimes, TimeSpan> part) => Units.Milliseconds(_times.Select(part).Order().ElementAt(_times.Count / 2).TotalMilliseconds);
}

/// <summary>One JSON document at the end.</summary>
internal sealed class RunJsonOutput(Terminal terminal, string model, PictureModel opened) : IRunOutput
{
    private readonly List<RunPicture> _pictures = [];

    public void Add(ReadPicture picture, string? saved)
    {
        var labels = opened.Labels;
        var (f, t) = (picture.Findings, picture.Times);
        _pictures.Add(new RunPicture(
            picture.File, picture.Width, picture.Height,
            f.Scores.Count == 0 ? null : [.. f.Top.Select(c => new RunClass(labels[c.ClassId], c.ClassId, c.Score))],
            f.Scores.Count > 0 || f.Anomaly is not null ? null : [.. f.Objects.Select(d => new RunObject(labels[d.ClassId], d.ClassId, d.Score, new RunBox(d.Box.Left, d.Box.Top, d.Box.Width, d.Box.Height)))],
            f.Anomaly, saved,
            new RunTimes(t.Decode.TotalMilliseconds, t.Preprocess.TotalMilliseconds, t.Run.TotalMilliseconds, t.Postprocess.TotalMilliseconds)));
    }

    public void End()
    {
        var report = new RunReport(model, opened.Provider, opened.Reading.Preprocess.ToString(), JsonDocument.Parse(opened.Reading.Postprocess.ToJson()).RootElement, _pictures);
        terminal.Line(JsonSerializer.Serialize(report, RunJson.Default.RunReport));
    }
}
