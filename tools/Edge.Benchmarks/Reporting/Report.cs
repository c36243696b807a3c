using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Edge.Kernels;
using Edge.OnnxRuntime.Native;
using Edge.Runtime;

namespace Edge.Benchmarks.Reporting;

/// <summary>What one part of the benchmarks found, as tables for people and as data.</summary>
/// <param name="part">The sub-command; files are called after it.</param>
/// <param name="title">Of the page.</param>
/// <param name="method">How it was measured, in a sentence or two.</param>
internal sealed class Report(string part, string title, string method)
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<Table> _tables = [];
    private readonly List<string> _lines = [];
    private readonly Dictionary<string, object> _data = [];
    private string? _chart;

    /// <summary>Prints the heading.</summary>
    public Report Begin()
    {
        Console.WriteLine();
        Console.WriteLine($"{title}: {Machine()}");
        Console.WriteLine(method);
        return this;
    }

    public Table Table(string heading, params (string Heading, int Width)[] columns)
    {
        var table = new Table(heading, columns).Begin();
        _tables.Add(table);
        return table;
    }

    /// <summary>Prints a line, which also stands behind the tables.</summary>
    public void Say(string line)
    {
        _lines.Add(line);
        Console.WriteLine(line);
    }

    /// <summary>Results for machines.</summary>
    public void Data(string name, object values) => _data[name] = values;

    /// <summary>A picture of the results, as SVG.</summary>
    public void Chart(string svg) => _chart = svg;

    /// <summary>Writes PART.md, PART.json and, if there is a chart, PART.svg into the folder.</summary>
    /// <param name="folder">Made if it does not exist.</param>
    /// <param name="command">What was run.</param>
    public void Save(string folder, string command)
    {
        Directory.CreateDirectory(folder);
        var header = new Dictionary<string, string>
        {
            ["machine"] = Machine(),
            ["kernels"] = KernelCatalog.Select().Name,
            ["versions"] = Versions(),
            ["date"] = DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm 'UTC'"),
            ["command"] = command,
        };
        var text = new StringBuilder($"# {title}\n\n{method}\n\n");
        foreach (var (name, value) in header) text.Append($"- {name}: {value}\n");
        if (_chart is not null) text.Append($"\n![{title}]({part}.svg)\n");
        foreach (Table table in _tables.Where(t => t.Count > 0)) text.Append('\n').Append(table.ToMarkdown());
        if (_lines.Count > 0) text.Append('\n').AppendJoin('\n', _lines.Select(l => $"- {l}")).Append('\n');
        File.WriteAllText(Path.Combine(folder, part + ".md"), text.ToString());
        File.WriteAllText(Path.Combine(folder, part + ".json"), JsonSerializer.Serialize(new Dictionary<string, object>(_data) { ["header"] = header }, s_json) + "\n");
        if (_chart is not null) File.WriteAllText(Path.Combine(folder, part + ".svg"), _chart);
        Console.WriteLine($"saved {Path.Combine(folder, part)}.md");
    }

    private static string Machine() => $"{Cpu.Kind} ({Cpu.Name()}), {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}";

    private static string Versions() => $"edge {Commit()}, {RuntimeInformation.FrameworkDescription}, ONNX Runtime {OrtLibrary.Build.Version}";

    private static string Commit()
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", "describe --always --dirty") { RedirectStandardOutput = true, RedirectStandardError = true })!;
            string text = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return git.ExitCode == 0 ? text : typeof(Cpu).Assembly.GetName().Version!.ToString(3);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // No git on this machine: the library's version has to do.
            return typeof(Cpu).Assembly.GetName().Version!.ToString(3);
        }
    }
}
