using Edge.Quantization;
using Spectre.Console;

namespace Edge.Cli.Output;

/// <summary>Shows the stages of quantization as progress bars, or as lines where there is no terminal.</summary>
internal static class QuantizationBar
{
    public static QuantizationResult Show(Terminal terminal, Func<IProgress<QuantizationProgress>, QuantizationResult> work)
    {
        if (!terminal.Progress.Profile.Capabilities.Interactive) return work(new Lines(terminal.Error));
        return terminal.Progress.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context => work(new Bars(context)));
    }

    private static string Name(QuantizationStage stage) => stage switch
    {
        QuantizationStage.Prepare => "prepare the model",
        QuantizationStage.Calibrate => "observe ranges",
        _ => "compare int8 with float",
    };

    private sealed class Bars(ProgressContext context) : IProgress<QuantizationProgress>
    {
        private readonly Dictionary<QuantizationStage, ProgressTask> _tasks = [];

        public void Report(QuantizationProgress value)
        {
            if (!_tasks.TryGetValue(value.Stage, out var task)) _tasks[value.Stage] = task = context.AddTask(Name(value.Stage));
            task.IsIndeterminate = value.Total is null;
            task.MaxValue = Math.Max(1, value.Total ?? 1);
            task.Value = value.Total is null ? 0 : value.Done;
        }
    }

    /// <summary>One line a stage: a log is not to be filled with bars.</summary>
    private sealed class Lines(TextWriter writer) : IProgress<QuantizationProgress>
    {
        private QuantizationStage? _last;

        public void Report(QuantizationProgress value)
        {
            if (value.Stage == _last) return;
            _last = value.Stage;
            writer.WriteLine(value.Total is { } n and > 0 ? $"{Name(value.Stage)} ({n} samples)" : Name(value.Stage));
        }
    }
}
