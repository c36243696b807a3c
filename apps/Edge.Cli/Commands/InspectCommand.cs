using System.CommandLine;
using Edge.Cli.Output;
using Edge.Cli.Providers;
using Edge.Onnx;
using Edge.Runtime;
using Spectre.Console;

namespace Edge.Cli.Commands;

/// <summary><c>edge inspect</c>: what a model is, and how it runs here.</summary>
internal static class InspectCommand
{
    public static Command Create(Terminal terminal)
    {
        var model = ModelArguments.Model();
        var threads = ModelArguments.Threads();
        var isa = ModelArguments.Isa();
        var cache = ModelArguments.WeightCache();
        var winograd = ModelArguments.Winograd();
        var tune = ModelArguments.Tune();
        var dims = ModelArguments.Dimensions();
        var steps = new Option<bool>("--steps") { Description = "list every step of the plan with its kernel" };
        var command = new Command("inspect", "Shows inputs, outputs, operators, parameters, cost, memory and the kernels chosen for this CPU; with --provider, which provider runs which node.")
        {
            model, steps, dims, threads, isa, winograd, tune, cache,
        };
        var provider = new ProviderOptions();
        provider.AddTo(command);
        command.SetAction((p, cancellation) =>
        {
            string path = p.GetValue(model)!;
            var options = ModelArguments.Session(p, threads, isa, winograd);
            (options.Tune, options.WeightCache, options.Log) = (p.GetValue(tune), p.GetValue(cache), terminal.Remark);
            var sizes = ModelArguments.ParseDimensions(p.GetValue(dims)!);
            var arguments = provider.Read(p);
            if (arguments.Provider == ProviderArguments.Own && arguments.IsPlain) Run(terminal, path, options, sizes, p.GetValue(steps));
            else RunElsewhere(terminal, path, options, sizes, arguments, p.GetValue(steps), cancellation);
            return Task.FromResult(0);
        });
        return command;
    }

    /// <summary>On whichever engine the arguments lead to.</summary>
    private static void RunElsewhere(Terminal terminal, string path, SessionOptions options, Dictionary<string, int> sizes, ProviderArguments arguments, bool steps, CancellationToken cancellation)
    {
        using (var session = Engines.Open(terminal, arguments, EngineRequest.OfRandomInputs(path, options, sizes), cancellation))
        {
            if (session is not InferenceSession)
            {
                using var file = OnnxFile.Open(path);
                WriteModel(terminal, path, file.Model, session.Inputs, session.Outputs, Sha256.Hex(file.Bytes.Span));
                Engines.WritePlacement(terminal, session, steps);
                return;
            }
        }

        Run(terminal, path, options, sizes, steps);
    }

    private static void Run(Terminal terminal, string path, SessionOptions options, Dictionary<string, int> sizes, bool steps)
    {
        using var model = Model.Load(path);
        var shapes = ModelArguments.Shapes(model.Inputs, sizes);
        WriteModel(terminal, path, model.Proto, model.Inputs, model.Outputs, model.Sha256);
        using var session = new InferenceSession(model, options);
        var plan = ModelArguments.WithDimensions(model.Inputs, sizes, () => session.Describe(shapes));
        WriteOperators(terminal, plan, model);
        WritePlan(terminal, plan, session);
        if (steps) WriteSteps(terminal, plan);
    }

    private static void WriteModel(Terminal terminal, string path, ModelProto proto, IReadOnlyList<TensorInfo> inputs, IReadOnlyList<TensorInfo> outputs, string sha256)
    {
        terminal.Line($"{path}");
        terminal.Line($"  producer    {(proto.ProducerName.Length == 0 ? "(not stated)" : $"{proto.ProducerName} {proto.ProducerVersion}".TrimEnd())}");
        terminal.Line($"  IR, opsets  {proto.IrVersion}, {string.Join(", ", proto.OpsetImports.Select(o => $"{(o.Domain.Length == 0 ? "ai.onnx" : o.Domain)} {o.Version}"))}");
        foreach (var i in inputs) terminal.Line($"  input       {i}");
        foreach (var o in outputs)
        {
            terminal.Line($"  output      {o}");
            if (o.Columns is { } columns) terminal.Line($"  columns     {Short(string.Join(", ", columns))}");
        }

        long parameters = proto.Graph!.Initializers.Sum(t => t.Dims.Aggregate(1L, (a, b) => a * b));
        terminal.Line($"  parameters  {parameters:N0}");
        terminal.Line($"  file        {new FileInfo(path).Length:N0} bytes, sha256 {sha256}");
        foreach (var m in proto.MetadataProps) terminal.Line($"  {m.Key,-11} {Short(m.Value)}");
        terminal.Line();
    }

    private static string Short(string text) => text.Length <= 120 ? text.ReplaceLineEndings(" ") : text.ReplaceLineEndings(" ")[..117] + "...";

    private static void WriteOperators(Terminal terminal, PlanDescription plan, Model model)
    {
        var table = Terminal.NewTable("operator", ">in the model", ">in the plan");
        var before = model.Proto.Graph!.Nodes.CountBy(n => Name(n.Domain, n.OpType)).ToDictionary();
        var after = plan.Steps.CountBy(s => Name(s.Domain, s.OpType)).ToDictionary();
        foreach (string name in before.Keys.Union(after.Keys).Order(StringComparer.Ordinal))
            table.AddRow(Markup.Escape(name), Count(before, name), Count(after, name));
        terminal.Console.Write(table);
    }

    private static string Name(string domain, string op) => domain is "" or "ai.onnx" ? op : $"{domain}.{op}";

    private static string Count(Dictionary<string, int> counts, string name) => counts.TryGetValue(name, out int n) ? n.ToString() : "-";

    private static void WritePlan(Terminal terminal, PlanDescription plan, InferenceSession session)
    {
        terminal.Line($"  plan for    {string.Join(", ", plan.InputShapes)} on {session.Provider}, {session.Threads} thread{(session.Threads == 1 ? "" : "s")}");
        terminal.Line($"  steps       {plan.Steps.Count}, all placed on {session.Provider}{(session.Threads == 1 ? "" : $"; threads meet after {plan.Meetings} of them")}");
        terminal.Line($"  cost        {Units.Count(plan.Macs)} multiply-accumulates a run");
        terminal.Line($"  memory      {Units.Bytes(plan.ArenaBytes)} arena for {Units.Bytes(plan.ActivationBytes)} of activations, {Units.Bytes(plan.PackedBytes)} packed weights");
        var kernels = plan.Steps.GroupBy(s => s.Kernel).OrderByDescending(g => g.Sum(s => s.Macs)).ThenByDescending(g => g.Count());
        var table = Terminal.NewTable("kernel", ">steps", ">multiply-accumulates");
        foreach (var g in kernels)
            table.AddRow(Markup.Escape(g.Key), g.Count().ToString(), g.Sum(s => s.Macs) is var n and > 0 ? Units.Count(n) : "-");
        terminal.Console.Write(table);
    }

    private static void WriteSteps(Terminal terminal, PlanDescription plan)
    {
        var table = Terminal.NewTable(">#", "operator", "node", "output", "kernel", ">MACs");
        for (int i = 0; i < plan.Steps.Count; i++)
        {
            var s = plan.Steps[i];
            table.AddRow(i.ToString(), (s.Chained ? "↳ " : "") + Markup.Escape(Name(s.Domain, s.OpType)), Markup.Escape(s.Name), Markup.Escape(s.Output), Markup.Escape(s.Kernel), s.Macs > 0 ? Units.Count(s.Macs) : "");
        }

        terminal.Console.Write(table);
    }
}
