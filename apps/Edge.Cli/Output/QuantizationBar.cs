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

    private static string Name(QuantizationProgress p) => p.Stage switch
    {
        QuantizationStage.Prepare => "prepare the model",
        QuantizationStage.Equalize => "observe channels",
        QuantizationStage.Weights => "quantize weights",
        QuantizationStage.Calibrate => "observe ranges",
        QuantizationStage.ChooseRanges => "try ranges",
        QuantizationStage.CorrectBias => "correct biases",
        QuantizationStage.LearnRounding => $"round weights {p.Subject}",
        QuantizationStage.Evaluate => $"judge {p.Subject}",
        QuantizationStage.Sensitivity => "find where errors come from",
        QuantizationStage.Time => "time layers",
        _ => "compare with float",
    };

    private static string Unit(QuantizationStage stage) => stage switch
    {
        QuantizationStage.ChooseRanges => "activations",
        QuantizationStage.Weights or QuantizationStage.CorrectBias or QuantizationStage.LearnRounding => "layers",
        QuantizationStage.Sensitivity => "activations and layers",
        _ => "samples",
    };

    private sealed class Bars(ProgressContext context) : IProgress<QuantizationProgress>
    {
        private readonly Dictionary<string, ProgressTask> _tasks = [];

        public void Report(QuantizationProgress value)
        {
            string name = Name(value);
            // A stage that comes again, for another candidate, has a bar of its own.
            if (!_tasks.TryGetValue(name, out var task) || (task.IsFinished && value.Done < task.MaxValue)) _tasks[name] = task = context.AddTask(Markup.Escape(name));
            task.IsIndeterminate = value.Total is null;
            task.MaxValue = Math.Max(1, value.Total ?? 1);
            task.Value = value.Total is null ? 0 : value.Done;
        }
    }

    /// <summary>One line a stage: a log is not to be filled with bars.</summary>
    private sealed class Lines(TextWriter writer) : IProgress<QuantizationProgress>
    {
        private string? _last;

        public void Report(QuantizationProgress value)
        {
            string name = Name(value);
            if (name == _last) return;
            _last = name;
            writer.WriteLine(value.Total is { } n and > 1 ? $"{name} ({n} {Unit(value.Stage)})" : name);
        }
    }
}
