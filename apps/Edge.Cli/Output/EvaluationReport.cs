using System.Text.Json.Serialization;
using Edge.Evaluation;
using Edge.Evaluation.Tasks;
using Edge.Pipeline;

namespace Edge.Cli.Output;

/// <summary>The JSON of <c>edge evaluate</c>. Figures that are not defined for the samples are null.</summary>
internal sealed record EvaluationReport(
    string Model, string Provider, string Data, string Task, int Samples, double MedianMilliseconds, IReadOnlyList<EvaluatedFigure> Figures,
    IReadOnlyList<EvaluatedClass>? Classes, IReadOnlyList<EvaluatedConfusion>? Confusions, IReadOnlyList<EvaluatedSlices>? Slices)
{
    /// <param name="model">Path of the model.</param>
    /// <param name="provider">What ran it.</param>
    /// <param name="data">What it was judged on.</param>
    /// <param name="result">How it did.</param>
    public static EvaluationReport Of(string model, string provider, LabelledData data, EvaluationResult result)
    {
        IReadOnlyList<EvaluatedSlices>? slices = result.Slices.Count == 0 ? null :
            [.. result.Slices.Select(s => new EvaluatedSlices(s.Property, [.. s.Values.Select(v => new EvaluatedSlice(v.Value, v.Samples, OfScore(data.Task, v.Score)))]))];
        return new EvaluationReport(
            model, provider, data.Description, data.Task.Kind, result.Samples, result.MedianMs, OfScore(data.Task, result.Score), ClassesOf(data.Task, result.Score), ConfusionsOf(data.Task, result.Score), slices);
    }

    private static IReadOnlyList<EvaluatedFigure> OfScore(EvaluationTask task, TaskScore score) => [.. task.Figures.Zip(score.Values, (f, v) => new EvaluatedFigure(f.Name, f.Unit, Defined(v), f.HigherIsBetter))];

    private static IReadOnlyList<EvaluatedClass>? ClassesOf(EvaluationTask task, TaskScore score) => (task, score) switch
    {
        (ClassificationTask t, ClassificationScore s) =>
            [.. s.Confusion.Classes.Select(c => new EvaluatedClass(Name(t.Labels, c.Class), c.Class) { Samples = c.Samples, Predicted = c.Predicted, Precision = Defined(100 * c.Precision), Recall = Defined(100 * c.Recall), F1 = Defined(100 * c.F1) })],
        (DetectionTask t, DetectionScore s) =>
            [.. s.Precision.Classes.Select(c => new EvaluatedClass(Name(t.Labels, c.Class), c.Class) { Objects = c.Truths, Found = c.Found, AveragePrecision50 = Defined(100 * c.At50), AveragePrecision = Defined(100 * c.At50To95) })],
        (SegmentationTask t, SegmentationScore s) =>
            [.. s.Overlap.Classes.Select(c => new EvaluatedClass(Name(t.Labels, c.Class), c.Class) { Overlap = 100 * c.Overlap })],
        _ => null,
    };

    private static IReadOnlyList<EvaluatedConfusion>? ConfusionsOf(EvaluationTask task, TaskScore score) => (task, score) is (ClassificationTask t, ClassificationScore s)
        ? [.. s.Confusion.MostConfused(int.MaxValue).Select(c => new EvaluatedConfusion(Name(t.Labels, c.Truth), c.Truth, Name(t.Labels, c.Predicted), c.Predicted, c.Samples))]
        : null;

    private static string Name(Labels? labels, int number) => labels is not null && number >= 0 && number < labels.Count ? labels[number] : $"class {number}";

    private static double? Defined(double value) => double.IsFinite(value) ? value : null;
}

/// <summary>A figure; shares in percent.</summary>
internal sealed record EvaluatedFigure(string Name, string Unit, double? Value, bool HigherIsBetter);

/// <summary>What is known of one class, by the kind of task; shares in percent.</summary>
internal sealed record EvaluatedClass(string Label, int Class)
{
    public int? Samples { get; init; }

    public int? Predicted { get; init; }

    public double? Precision { get; init; }

    public double? Recall { get; init; }

    public double? F1 { get; init; }

    public int? Objects { get; init; }

    public int? Found { get; init; }

    public double? AveragePrecision50 { get; init; }

    public double? AveragePrecision { get; init; }

    public double? Overlap { get; init; }
}

/// <summary>So many samples of one class were taken for another.</summary>
internal sealed record EvaluatedConfusion(string Truth, int TruthClass, string Predicted, int PredictedClass, int Samples);

/// <summary>A property and the figures of each of its values.</summary>
internal sealed record EvaluatedSlices(string Property, IReadOnlyList<EvaluatedSlice> Values);

internal sealed record EvaluatedSlice(string Value, int Samples, IReadOnlyList<EvaluatedFigure> Figures);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EvaluationReport))]
internal sealed partial class EvaluationJson : JsonSerializerContext;
