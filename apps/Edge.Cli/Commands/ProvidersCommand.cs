using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Edge.Cli.Output;
using Edge.Kernels;
using Spectre.Console;
#if ONNXRUNTIME
using Edge.OnnxRuntime.Providers;
#endif

namespace Edge.Cli.Commands;

/// <summary><c>edge providers</c>: who can run models on this machine, and why others cannot.</summary>
internal static class ProvidersCommand
{
    public static Command Create(Terminal terminal)
    {
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var command = new Command("providers", "Lists what can run models on this machine, with versions, and what the others lack.") { json };
        command.SetAction(p =>
        {
            var report = Report();
            if (p.GetValue(json)) terminal.Line(JsonSerializer.Serialize(report, ProvidersJson.Default.ProvidersReport));
            else Write(terminal, report);
            return 0;
        });
        return command;
    }

    private static ProvidersReport Report()
    {
        var own = new ProviderLine(Providers.ProviderArguments.Own, "this CPU, by this runtime's own kernels", true, $"{Program.Version}, kernels {KernelCatalog.Select(null).Name}", [], "");
#if ONNXRUNTIME
        var others = ProviderDetector.Local().All();
        return new ProvidersReport(ProviderDetector.Build.Version, ProviderDetector.Build.Library,
            [own, .. others.Select(p => new ProviderLine(p.Name, p.About, p.Usable, p.Version, p.Built ? p.Missing : ["this build of ONNX Runtime does not have it"], p.Remedy))]);
#else
        return new ProvidersReport(null, null, [own]);
#endif
    }

    private static void Write(Terminal terminal, ProvidersReport report)
    {
        terminal.Line($"edge {Program.Version}, {(report.OnnxRuntime is null ? "built without ONNX Runtime" : $"ONNX Runtime {report.OnnxRuntime}{(report.Library is null ? "" : $" from {report.Library}")}")}");
        var table = Terminal.NewTable("provider", "runs on", "here", "version");
        foreach (var p in report.Providers)
            table.AddRow(Markup.Escape(p.Name), Markup.Escape(p.About), p.Usable ? "yes" : "no", Markup.Escape(p.Version));
        terminal.Console.Write(table);
#if ONNXRUNTIME
        foreach (var p in report.Providers.Where(p => !p.Usable)) terminal.Line($"  no {p.Name}: {string.Join("; ", p.Missing)}; {p.Remedy}");
        terminal.Line();
        terminal.Line($"  {ProviderDetector.LibraryVariable}=FOLDER takes another build of ONNX Runtime; plugin:/path/to/library[:name] takes a plug-in provider");
#else
        terminal.Line($"  {Providers.Engines.NoOnnxRuntime}");
#endif
    }
}

/// <summary>One provider. What is missing is empty for one that can be used.</summary>
internal sealed record ProviderLine(string Name, string About, bool Usable, string Version, IReadOnlyList<string> Missing, string Remedy);

/// <summary>Version and file of ONNX Runtime are null where there is none.</summary>
internal sealed record ProvidersReport(string? OnnxRuntime, string? Library, IReadOnlyList<ProviderLine> Providers);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ProvidersReport))]
internal sealed partial class ProvidersJson : JsonSerializerContext;
