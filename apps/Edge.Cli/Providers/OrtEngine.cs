#if ONNXRUNTIME
using Edge.Cli.Output;
using Edge.OnnxRuntime;
using Edge.OnnxRuntime.Providers;
using Edge.Runtime;
using Spectre.Console;
using GraphOptimizationLevel = Microsoft.ML.OnnxRuntime.GraphOptimizationLevel;

namespace Edge.Cli.Providers;

/// <summary>Opens models on ONNX Runtime.</summary>
internal static class OrtEngine
{
    public static OnnxRuntimeSession Open(Terminal terminal, ProviderArguments arguments, string path, SessionOptions options)
    {
        var providers = ProviderSpec.ParseList(arguments.Provider == ProviderArguments.OnnxRuntime ? ProviderSpec.Cpu : arguments.Provider);
        return EngineProgressLine.Show(terminal, $"open {Path.GetFileName(path)}", progress =>
        {
            var made = Options(terminal, arguments, options);
            made.Progress = progress;
            made.Providers = providers;
            return OnnxRuntimeSession.Load(path, made);
        });
    }

    /// <summary>Everything but the providers.</summary>
    public static OnnxRuntimeOptions Options(Terminal terminal, ProviderArguments arguments, SessionOptions options) => new()
    {
        Threads = options.Threads,
        Policy = arguments.Policy is { } policy ? Enum.Parse<ProviderPolicy>(policy, ignoreCase: true) : ProviderPolicy.Fail,
        Optimization = arguments.Optimization switch
        {
            "off" => GraphOptimizationLevel.ORT_DISABLE_ALL,
            "basic" => GraphOptimizationLevel.ORT_ENABLE_BASIC,
            "extended" => GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
            _ => GraphOptimizationLevel.ORT_ENABLE_ALL,
        },
        EngineCache = arguments.EngineCache,
        Log = terminal.Remark,
    };

    public static void WritePlacement(Terminal terminal, OnnxRuntimeSession session, bool nodes)
    {
        var placement = session.Placement;
        string[] providers = [.. placement.Select(p => p.Provider).Distinct()];
        var operators = Terminal.NewTable(["operator", .. providers.Select(p => $">on {p}")]);
        foreach (var g in placement.GroupBy(Operator).OrderBy(g => g.Key, StringComparer.Ordinal))
            operators.AddRow([Markup.Escape(g.Key), .. providers.Select(p => g.Count(n => n.Provider == p) is var n and > 0 ? n.ToString() : "-")]);
        terminal.Console.Write(operators);
        terminal.Line($"  placement   {Placement(session)}, after ONNX Runtime's basic optimisations");
        if (!nodes) return;

        var table = Terminal.NewTable(">#", "operator", "node", "provider");
        for (int i = 0; i < placement.Count; i++) table.AddRow(i.ToString(), Markup.Escape(Operator(placement[i])), Markup.Escape(placement[i].Name), Markup.Escape(placement[i].Provider));
        terminal.Console.Write(table);
    }

    private static string Operator(NodePlacement node) => node.Domain is "" or "ai.onnx" ? node.OpType : $"{node.Domain}.{node.OpType}";

    /// <summary><c>38 nodes on cuda, 2 on cpu</c>.</summary>
    public static string Placement(OnnxRuntimeSession session)
    {
        var counts = session.Placement.CountBy(p => p.Provider).OrderByDescending(p => p.Value).ToList();
        return counts.Count == 0 ? "no nodes: the model folded into constants" : string.Join(", ", counts.Select((p, i) => $"{p.Value}{(i > 0 ? "" : p.Value == 1 ? " node" : " nodes")} on {p.Key}"));
    }
}
#endif
