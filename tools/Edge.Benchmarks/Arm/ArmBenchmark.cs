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
    private const int Iterations = 200, NameLength = 72;
    private const string Folder = "artifacts/native/linux-arm64-symbols";

    /// <summary>Cores, and whose model stands for each: LLVM has none of its own for the A76, whose pipeline is that of Neoverse N1.</summary>
    private static readonly (string Core, string Model)[] s_cores = [("cortex-a72", "cortex-a72"), ("cortex-a76", "neoverse-n1")];

    /// <summary>Newer versions know more cores.</summary>
    private static readonly string s_analyzer = new[] { "llvm-mca-19", "llvm-mca" }.FirstOrDefault(name => File.Exists($"/usr/bin/{name}")) ?? "llvm-mca";

    /// <exception cref="IOException">The binary cannot be published, or a tool is not installed.</exception>
    public static Report Run(bool publish)
    {
        string root = RepositoryRoot.Find(), binary = Path.Combine(root, Folder, "edge");
        if (publish || !File.Exists(binary)) Publish(root);
        var report = new Report("arm", "Inner loops on Arm cores", "The loop with most multiply-adds of each kernel in the native arm64 binary, by llvm-mca's models of the cores; peak: the loop's multiply-add instruction alone, by the same model.").Begin();
        var table = report.Table("Loops", ("kernel", -NameLength), ("core", -10), ("cycles", 7), ("multiply-adds", 13), ("a cycle", 7), ("peak", 5), ("share", 5));
        var results = new List<ArmResult>();
        foreach (LoopBody loop in LoopBodies.Find(LoopBodies.Disassemble(binary), Kernel()).DistinctBy(l => string.Join('\n', l.Instructions)).OrderBy(l => l.Function, StringComparer.Ordinal))
            foreach (var (core, model) in s_cores)
            {
                if (core == "cortex-a72" && loop.Instructions.Any(i => DotProduct().IsMatch(i))) continue;
                double cycles = Cycles(model, loop.Instructions.Select(WithoutTarget));
                var r = new ArmResult(loop.Function, core, cycles, loop.Macs, loop.Macs / cycles, Peak(model, loop));
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
    private static double Peak(string model, LoopBody loop)
    {
        string multiply = loop.Instructions.First(i => Multiply().IsMatch(i));
        Match m = Multiply().Match(multiply);
        string[] alone = [.. Enumerable.Range(0, 10).Select(i => $"{m.Groups["name"].Value} v{i}{m.Groups["to"].Value}, v30{m.Groups["from"].Value}, v31{m.Groups["from2"].Value}")];
        int macs = LoopBodies.MacsOf(multiply) * alone.Length;
        return macs / Cycles(model, alone);
    }

    private static double Cycles(string model, IEnumerable<string> instructions)
    {
        using var process = LoopBodies.Tool(s_analyzer, ["-mtriple=aarch64", $"-mcpu={model}", "-mattr=+dotprod,+i8mm", $"-iterations={Iterations}", "-instruction-info=false", "-resource-pressure=false"], redirectInput: true);
        foreach (string instruction in instructions) process.StandardInput.WriteLine(instruction);
        process.StandardInput.Close();
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (TotalCycles().Match(text) is not { Success: true } total) throw new IOException($"{s_analyzer} cannot read the loop for {model}");
        return double.Parse(total.Groups["cycles"].Value, CultureInfo.InvariantCulture) / Iterations;
    }

    /// <summary>Jumps need a label that is not there, and comments are objdump's own.</summary>
    private static string WithoutTarget(string instruction) => Target().Replace(instruction.Split("//")[0].TrimEnd(), "#0");

    /// <summary>The compiler's mangled name without namespaces: routine, types that it is closed over, method.</summary>
    private static string Short(string function)
    {
        string name = Namespaces().Replace(function, "");
        return name.Length <= NameLength ? name : $"{name[..(NameLength / 2)]}…{name[^(NameLength / 2 - 1)..]}";
    }

    [GeneratedRegex(@"(Edge_Kernels_)+(Generic_(Gemm|Depthwise)_|Isa_)?|S_P_CoreLib_System_Runtime_Intrinsics_")]
    private static partial Regex Namespaces();

    [GeneratedRegex(@"Edge_Kernels_Generic_(Gemm|Depthwise)_.*Edge_Kernels_Isa_(Neon|DotProd|I8mm)")]
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
