using System.CommandLine;
using Edge.Cli.Output;
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
        var dims = ModelArguments.Dimensions();
        var steps = new Option<bool>("--steps") { Description = "list every step of the plan with its kernel" };
        var command = new Command("inspect", "Shows inputs, outputs, operators, parameters, cost, memory and the kernels chosen for this CPU.")
        {
            model, steps, dims, threads, isa,
        };
        command.SetAction(p => Run(terminal, p.GetValue(model)!, p.GetValue(threads), p.GetValue(isa), p.GetValue(dims)!, p.GetValue(steps)));
        return command;
    }

    private static int Run(Terminal terminal, string path, int threads, string? isa, string[] dims, bool steps)
    {
        using var model = Model.Load(path);
        var sizes = ModelArguments.ParseDimensions(dims);
        var shapes = ModelArguments.Shapes(model.Inputs, sizes);
        WriteModel(terminal, model, path);
        using var session = new InferenceSession(model, new SessionOptions { Threads = threads, Isa = isa });
        var plan = ModelArguments.WithDimensions(model.Inputs, sizes, () => session.Describe(shapes));
        WriteOperators(terminal, plan, model);
        WritePlan(terminal, plan, session);
        if (steps) WriteSteps(terminal, plan);
        return 0;
    }

    private static void WriteModel(Terminal terminal, Model model, string path)
    {
        var proto = model.Proto;
        terminal.Line($"{path}");
        terminal.Line($"  producer    {(proto.ProducerName.Length == 0 ? "(not stated)" : $"{proto.ProducerName} {proto.ProducerVersion}".TrimEnd())}");
        terminal.Line($"  IR, opsets  {proto.IrVersion}, {string.Join(", ", proto.OpsetImports.Select(o => $"{(o.Domain.Length == 0 ? "ai.onnx" : o.Domain)} {o.Version}"))}");
        foreach (var i in model.Inputs) terminal.Line($"  input       {i}");
        foreach (var o in model.Outputs)
        {
            terminal.Line($"  output      {o}");
            if (o.Columns is { } columns) terminal.Line($"  columns     {Short(string.Join(", ", columns))}");
        }

        long parameters = proto.Graph!.Initializers.Sum(t => t.Dims.Aggregate(1L, (a, b) => a * b));
        terminal.Line($"  parameters  {parameters:N0}");
        terminal.Line($"  file        {new FileInfo(path).Length:N0} bytes, sha256 {model.Sha256}");
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
        terminal.Line($"  steps       {plan.Steps.Count}, all placed on {session.Provider}");
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
            table.AddRow(i.ToString(), Markup.Escape(Name(s.Domain, s.OpType)), Markup.Escape(s.Name), Markup.Escape(s.Output), Markup.Escape(s.Kernel), s.Macs > 0 ? Units.Count(s.Macs) : "");
        }

        terminal.Console.Write(table);
    }
}
