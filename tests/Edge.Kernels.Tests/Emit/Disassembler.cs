using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Edge.Kernels.Tests.Emit;

/// <summary>binutils' objdump, which CI installs.</summary>
internal static class Disassembler
{
    public static bool IsPresent { get; } = OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64
        && (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "objdump")));

    /// <summary>One line an instruction, in Intel's syntax, with single spaces.</summary>
    public static string[] Decode(byte[] code)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, code);
            using var process = Process.Start(new ProcessStartInfo("objdump", ["-D", "-b", "binary", "-m", "i386:x86-64", "-M", "intel", "--no-show-raw-insn", file]) { RedirectStandardOutput = true })!;
            string text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return [.. text.Split('\n').Where(l => l.Contains(":\t", StringComparison.Ordinal))
                .Select(l => string.Join(' ', l[(l.IndexOf('\t') + 1)..].Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)))];
        }
        finally
        {
            File.Delete(file);
        }
    }
}
