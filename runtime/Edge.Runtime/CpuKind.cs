using System.Globalization;
using System.Runtime.InteropServices;

namespace Edge.Runtime;

/// <summary>A name of a kind of processor that a file or folder can have: <c>amd-epyc-zen5</c>, <c>cortex-a76</c>.</summary>
internal static class CpuKind
{
    private const string Info = "/proc/cpuinfo";

    /// <summary>Implementer 0x41's part numbers (Arm's Technical Reference Manuals, MIDR_EL1).</summary>
    private static readonly Dictionary<int, string> s_armParts = new()
    {
        [0xd03] = "cortex-a53", [0xd05] = "cortex-a55", [0xd07] = "cortex-a57", [0xd08] = "cortex-a72", [0xd0b] = "cortex-a76", [0xd0c] = "neoverse-n1",
        [0xd0d] = "cortex-a77", [0xd41] = "cortex-a78", [0xd42] = "cortex-a78ae", [0xd40] = "neoverse-v1", [0xd49] = "neoverse-n2", [0xd4f] = "neoverse-v2",
    };

    /// <summary>Of this machine.</summary>
    public static string Local { get; } = File.Exists(Info) ? Of(File.ReadLines(Info)) : Clean(RuntimeInformation.ProcessArchitecture.ToString());

    /// <summary>From the lines of <c>/proc/cpuinfo</c>; of several processors the first counts.</summary>
    public static string Of(IEnumerable<string> lines)
    {
        var fields = new Dictionary<string, string>();
        foreach (string[] pair in lines.Select(l => l.Split(':', 2)).Where(p => p.Length == 2)) fields.TryAdd(pair[0].Trim(), pair[1].Trim());
        if (fields.TryGetValue("CPU part", out var part) && part.Length > 2 && int.TryParse(part.AsSpan(2), NumberStyles.HexNumber, null, out int number))
            return s_armParts.GetValueOrDefault(number, $"arm-{part}");
        string name = fields.GetValueOrDefault("model name", "unknown").Split('@')[0];
        string[] words = [.. Clean(name).Split('-').Where(w => w is not ("r" or "tm" or "cpu" or "processor" or "core" or "with"))];
        string family = fields.GetValueOrDefault("cpu family", "0"), model = fields.GetValueOrDefault("model", "0");
        bool amd = fields.GetValueOrDefault("vendor_id") == "AuthenticAMD";
        return string.Join('-', [.. words, amd ? Zen(Number(family), Number(model)) : $"family{family}-model{model}"]);
    }

    private static string Zen(int family, int model) => family switch
    {
        0x17 => model < 0x30 ? "zen1" : "zen2",
        0x19 => model is (>= 0x10 and < 0x20) or (>= 0x60 and < 0x80) or >= 0xa0 ? "zen4" : "zen3",
        0x1a => "zen5",
        _ => $"family{family}",
    };

    private static int Number(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out int number) ? number : 0;

    private static string Clean(string name) =>
        string.Join('-', string.Concat(name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Split('-', StringSplitOptions.RemoveEmptyEntries));
}
