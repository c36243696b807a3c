using Spectre.Console;

namespace Edge.Cli.Output;

/// <summary>Shows work of a known number of steps as a progress bar, or as one line where there is no terminal.</summary>
internal static class CountBar
{
    /// <param name="terminal">Where to.</param>
    /// <param name="name">What is done.</param>
    /// <param name="total">Number of steps.</param>
    /// <param name="work">Is given what to tell the number of finished steps, from any thread.</param>
    public static T Show<T>(Terminal terminal, string name, int total, Func<Action<int>, T> work)
    {
        if (!terminal.Progress.Profile.Capabilities.Interactive)
        {
            terminal.Error.WriteLine($"{name} ({total})");
            return work(_ => { });
        }

        return terminal.Progress.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                var task = context.AddTask(Markup.Escape(name), maxValue: Math.Max(1, total));
                return work(done => task.Value = done);
            });
    }
}
