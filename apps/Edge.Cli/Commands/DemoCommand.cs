using System.CommandLine;
using Edge.Cli.Demo;
using Edge.Cli.Output;
using Edge.Mqtt;
using Edge.Runtime;

namespace Edge.Cli.Commands;

/// <summary><c>edge demo</c>: the main job in one command, on the bundled model and pictures.</summary>
internal static class DemoCommand
{
    /// <summary>The names in the demo's topics.</summary>
    private static readonly Topics s_topics = new("demo", "line-1", "edge-demo");

    public static Command Create(Terminal terminal)
    {
        var folder = new Option<string>("--out") { HelpName = "folder", Description = "where model, report, pictures and outbox go", DefaultValueFactory = _ => "demo-out" };
        var parts = NumberOption.WholeOrNone("--parts", "parts that go through the line, again from the first after the last; all of them once if it is not given", min: 1, max: 1_000_000);
        var threads = ModelArguments.Threads();
        var isa = ModelArguments.Isa();
        var broker = new BrokerOptions();
        var command = new Command("demo", "The whole job on a bundled model: quantize it, compare its accuracy, inspect parts at full speed and publish every verdict over MQTT, exactly once.")
        {
            folder, parts, threads, isa,
        };
        broker.AddTo(command);
        command.SetAction(async (p, cancellation) =>
        {
            var options = new SessionOptions { Threads = p.GetValue(threads), Isa = p.GetValue(isa) };
            var run = new DemoRun(terminal, DemoAssets.Load(DemoAssets.Bundled), p.GetValue(folder)!, options);
            return await run.RunAsync(broker.Read(p), s_topics, p.GetValue(parts), cancellation).ConfigureAwait(false);
        });
        return command;
    }
}
