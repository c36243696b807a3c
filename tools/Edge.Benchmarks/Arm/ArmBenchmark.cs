using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Edge.Benchmarks.Reporting;

namespace Edge.Benchmarks.Arm;

/// <summary>What a model of a core says of one inner loop.</summary>
/// <param name="Function">Symbol of the kernel.</param>
/// <param name="Core">As <c>-mcpu</c> names it.</param>
/// <param name="Cycles">A turn.</param>
/// <param name="Macs">Multiply-accumulates a turn.</param>
/// <param name="MacsPerCycle">Their quotient.</param>
/// <param name="Peak">Multiply-accumulates a cycle that the core can do with the loop's instruction, by the same model.</param>
internal sealed record ArmResult(string Function, string Core, double Cycles, int Macs, double MacsPerCycle, double Peak);

/// <summary>
/// Inner loops of the native arm64 binary by llvm-mca's models of cores, since this machine is none and Debian's emulator counts no
/// instructions (it is built without plug-ins). Loads are taken to hit the first-level cache.
/// </summary>
internal static partial class ArmBenchmark
{
    private const int Iterations = 200;
    private const string Folder = "artifacts/native/linux-arm64-symbols";

    private static readonly string[] s_cores = ["cortex-a72", "cortex-a76"];

    /// <exception cref="IOException">The binary cannot be published, or a tool is not installed.</exception>
    public static Report Run(bool publish)
    {
        string root = RepositoryRoot.Find(), binary = Path.Combine(root, Folder, "edge");
        if (publish || !File.Exists(binary)) Publish(root);
        var report = new Report("arm", "Inner loops on Arm cores", "The loop with most multiply-adds of each kernel in the native arm64 binary, by llvm-mca's models of the cores; peak: the loop's multiply-add instruction alone, by the same model.").Begin();
        var table = report.Table("Loops", ("kernel", -60), ("core", -10), ("cycles", 7), ("multiply-adds", 13), ("a cycle", 7), ("peak", 5), ("share", 5));
        var results = new List<ArmResult>();
        foreach (LoopBody loop in LoopBodies.Find(LoopBodies.Disassemble(binary), Kernel()).DistinctBy(l => string.Join('\n', l.Instructions)).OrderBy(l => l.Function, StringComparer.Ordinal))
            foreach (string core in s_cores)
            {
                if (core == "cortex-a72" && loop.Instructions.Any(i => DotProduct().IsMatch(i))) continue;
                double cycles = Cycles(core, loop.Instructions.Select(WithoutTarget));
                var r = new ArmResult(loop.Function, core, cycles, loop.Macs, loop.Macs / cycles, Peak(core, loop));
                results.Add(r);
                table.Add(Short(r.Function), core, $"{r.Cycles:F1}", $"{r.Macs}", $"{r.MacsPerCycle:F1}", $"{r.Peak:F0}", $"{r.MacsPerCycle / r.Peak:P0}");
            }
        if (results.Count == 0) report.Say($"{binary} has no symbols of kernels");
        report.Data("arm", results);
        return report;
    }

    /// <summary>As <c>tools/publish.sh</c> does it, but with the names of functions left in.</summary>
    private static void Publish(string root)
    {
        Console.WriteLine($"publishing {Folder}/edge");
        using var process = Process.Start(new ProcessStartInfo("dotnet",
            ["publish", "apps/Edge.Cli", "-c", "Release", "-r", "linux-arm64", "-o", Folder, "-p:LinkerFlavor=lld", "-p:StripSymbols=false", "--nologo", "-v", "quiet"]) { WorkingDirectory = root })!;
        process.WaitForExit();
        if (process.ExitCode != 0) throw new IOException($"publishing the arm64 binary ended with {process.ExitCode}");
    }

    /// <summary>The instruction that multiplies, ten times on sums of its own.</summary>
    private static double Peak(string core, LoopBody loop)
    {
        string multiply = loop.Instructions.First(i => Multiply().IsMatch(i));
        Match m = Multiply().Match(multiply);
        string[] alone = [.. Enumerable.Range(0, 10).Select(i => $"{m.Groups["name"].Value} v{i}{m.Groups["to"].Value}, v30{m.Groups["from"].Value}, v31{m.Groups["from2"].Value}")];
        int macs = LoopBodies.MacsOf(multiply) * alone.Length;
        return macs / Cycles(core, alone);
    }

    private static double Cycles(string core, IEnumerable<string> instructions)
    {
        using var process = LoopBodies.Tool("llvm-mca", ["-mtriple=aarch64", $"-mcpu={core}", "-mattr=+dotprod,+i8mm", $"-iterations={Iterations}", "-instruction-info=false", "-resource-pressure=false"], redirectInput: true);
        foreach (string instruction in instructions) process.StandardInput.WriteLine(instruction);
        process.StandardInput.Close();
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (TotalCycles().Match(text) is not { Success: true } total) throw new IOException($"llvm-mca cannot read the loop for {core}");
        return double.Parse(total.Groups["cycles"].Value, CultureInfo.InvariantCulture) / Iterations;
    }

    /// <summary>Jumps need a label that is not there, and comments are objdump's own.</summary>
    private static string WithoutTarget(string instruction) => Target().Replace(instruction.Split("//")[0], "#0");

    private static string Short(string function) => function.Length <= 60 ? function : "…" + function[^59..];

    [GeneratedRegex(@"Edge_Kernels_.*(Tile|Depthwise|Conv|Gemm|Dot|Product)")]
    private static partial Regex Kernel();

    [GeneratedRegex(@"^(?<name>fmla|sdot|udot|smmla|smull2?|smlal2?) v\d+(?<to>\.\w+), v\d+(?<from>\.\w+), v\d+(?<from2>\.\w+(\[\d+\])?)")]
    private static partial Regex Multiply();

    [GeneratedRegex("^(sdot|udot|smmla)")]
    private static partial Regex DotProduct();

    [GeneratedRegex(@"Total Cycles:\s+(?<cycles>\d+)")]
    private static partial Regex TotalCycles();

    [GeneratedRegex(@"[0-9a-f]+ <.*>$")]
    private static partial Regex Target();
}
