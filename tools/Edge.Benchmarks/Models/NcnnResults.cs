using System.Globalization;
using System.Text.RegularExpressions;

namespace Edge.Benchmarks.Models;

/// <summary>
/// Milliseconds of ncnn, measured elsewhere: <c>name=ms</c>, or a file of what <c>benchncnn</c> prints
/// (<c>resnet18  min = 15.6  max = 16.0  avg = 15.7</c>; an <c>_int8</c> at the end of the name means the 8-bit form).
/// </summary>
internal sealed partial class NcnnResults
{
    private readonly Dictionary<string, double> _milliseconds = [];

    /// <exception cref="NotSupportedException">An argument is neither a file nor <c>name=ms</c>.</exception>
    public static NcnnResults Parse(IEnumerable<string> arguments)
    {
        var results = new NcnnResults();
        foreach (string argument in arguments)
        {
            if (File.Exists(argument)) results.ParseOutput(File.ReadLines(argument));
            else if (argument.Split('=') is [var name, var ms] && double.TryParse(ms, CultureInfo.InvariantCulture, out double value) && value > 0) results._milliseconds[Key(name)] = value;
            else throw new NotSupportedException($"--ncnn {argument}: write name=ms, or the name of a file with benchncnn's output");
        }
        return results;
    }

    /// <summary>Takes the lines of benchncnn's output that tell of a network; the average counts.</summary>
    public void ParseOutput(IEnumerable<string> lines)
    {
        foreach (Match line in lines.Select(l => Line().Match(l)).Where(m => m.Success))
            _milliseconds[Key(line.Groups["name"].Value)] = double.Parse(line.Groups["avg"].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>The time of a network's float32 or 8-bit form, or null.</summary>
    public double? Of(string network, bool int8) => _milliseconds.TryGetValue(Key(network) + (int8 ? "int8" : ""), out double ms) ? ms : null;

    /// <summary>Names are compared without punctuation: benchncnn writes <c>mobilenet_v2</c>, <c>squeezenet</c> and <c>shufflenet_v2</c>.</summary>
    private static string Key(string name)
    {
        string key = string.Concat(name.ToLowerInvariant().Where(char.IsLetterOrDigit));
        return key.Replace("squeezenet11", "squeezenet", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^\s*(?<name>\S+)\s+min\s*=\s*[\d.]+\s+max\s*=\s*[\d.]+\s+avg\s*=\s*(?<avg>[\d.]+)")]
    private static partial Regex Line();
}
