#if ONNXRUNTIME
using Edge.Cli.Output;
using Edge.OnnxRuntime.Engines;

namespace Edge.Cli.Providers;

/// <summary>
/// Shows that a provider prepares a model, and for how long by now: a spinner in a terminal; in a log a line when it has taken a second, and
/// one at the end.
/// </summary>
internal sealed class EngineProgressLine(Terminal terminal, Action<string> show) : IProgress<EngineProgress>
{
    private bool _told;

    public static T Show<T>(Terminal terminal, string title, Func<IProgress<EngineProgress>, T> work) =>
        WaitLine.Show(terminal, title, show => work(new EngineProgressLine(terminal, show)));

    public void Report(EngineProgress value)
    {
        string what = value.Source == EngineSource.Cached ? "read from the engine cache" : "built";
        string about = $"{value.Model} for {value.Providers}";
        bool takesLong = value.Elapsed >= TimeSpan.FromSeconds(1);
        if (!value.Done)
        {
            show($"{about} is {(value.Source == EngineSource.Cached ? what : "being built")}, {value.Elapsed.TotalSeconds:0} s");
            if (!takesLong || _told || terminal.Progress.Profile.Capabilities.Interactive) return;
            _told = true;
            terminal.Remark($"{about} is being prepared…");
        }
        else if (takesLong || value.Source != EngineSource.Built)
        {
            terminal.Remark($"{about} {what} in {value.Elapsed.TotalSeconds:0.0} s{(value.Source == EngineSource.BuiltAndKept ? ", kept in the engine cache" : "")}");
        }
    }
}
#endif
