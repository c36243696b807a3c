using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Edge.Kernels.Tests.Emit;

/// <summary>binutils' objdump for either machine, which CI installs.</summary>
internal static class Disassembler
{
    private const string ForX64 = "objdump", ForA64 = "aarch64-linux-gnu-objdump";

    /// <summary>For x64.</summary>
    public static bool IsPresent { get; } = RuntimeInformation.OSArchitecture == Architecture.X64 && Exists(ForX64);

    public static bool IsPresentForA64 { get; } = Exists(ForA64);

    /// <summary>One line an instruction, in Intel's syntax, with single spaces.</summary>
    public static string[] Decode(byte[] code) => Run(ForX64, code, "-m", "i386:x86-64", "-M", "intel");

    /// <summary>One line an instruction, with single spaces.</summary>
    public static string[] DecodeA64(byte[] code) => Run(ForA64, code, "-m", "aarch64");

    private static bool Exists(string program) =>
        OperatingSystem.IsLinux() && (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    private static string[] Run(string program, byte[] code, params string[] options)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, code);
            using var process = Process.Start(new ProcessStartInfo(program, ["-D", "-b", "binary", "--no-show-raw-insn", .. options, file]) { RedirectStandardOutput = true })!;
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
