using Edge.Quantization.Search;
using Edge.Runtime;

namespace Edge.Quantization.Report;

/// <summary>Puts what a search found into a report.</summary>
internal static class PromiseReportBuilder
{
    public static PromiseReport Of(AccuracyPromise promise, SearchResult search)
    {
        EvaluationResult r = search.Best.Result;
        return new PromiseReport(
            promise.Metric.Name, promise.Metric.Unit, promise.Metric.HigherIsBetter, promise.MaxDrop, promise.Relative,
            r.FloatValue, r.Value, search.Best.Drop, search.Best.Kept, promise.Samples.Description, r.Samples, r.SameTop, search.FloatMacsPercent,
            search.Latency.FloatMilliseconds, search.Latency.Milliseconds, Cpu.Name(),
            [.. search.Steps.Select(s => new SearchStepReport(s.Name, s.Value, s.Drop, s.SqnrDb, s.Taken, s.Kept))],
            [.. r.Worst.Select(w => new SampleReport(w.Sample, promise.SampleName?.Invoke(w.Sample), SignalToNoise.Db(1, w.Error), w.FloatTop, w.Top, w.FloatScore, w.Score))],
            search.WideMacsPercent, search.Interval, search.Unseen is not { } u ? null : new UnseenReport(
                promise.Unseen!.Samples.Description, u.Result.Samples, u.Result.FloatValue, u.Result.Value, u.Drop, u.Kept, u.Interval));
    }
}
