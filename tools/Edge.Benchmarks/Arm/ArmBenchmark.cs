using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Edge.Benchmarks.Reporting;
using Edge.Kernels.Emit;
using Edge.Kernels.Generic.Gemm;

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
/// Inner loops of the arm64 code that the ahead-of-time compiler writes, and of that which is emitted, by llvm-mca's models of cores,
/// since this machine is none and Debian's emulator counts no instructions (it is built without plug-ins). Loads are taken to hit the
/// first-level cache.
/// </summary>
internal static partial class ArmBenchmark
{
    private const int Iterations = 200, NameLength = 72;

    /// <summary>What the linker makes the binary of: it still has all symbols.</summary>
    private const string ObjectFile = "artifacts/obj/Edge.Cli/release_linux-arm64/native/edge.o";

    /// <summary>Cores without dot products of bytes, and whose model stands for each.</summary>
    private static readonly (string Core, string Model)[] s_plain = [("cortex-a53", "cortex-a53"), ("cortex-a72", "cortex-a72")];

    /// <summary>With SDOT: LLVM has no model of the A76, whose pipeline is that of Neoverse N1.</summary>
    private static readonly (string Core, string Model)[] s_dotProduct = [("cortex-a76", "neoverse-n1")];

    /// <summary>With SMMLA.</summary>
    private static readonly (string Core, string Model)[] s_matrixProduct = [("cortex-a710", "cortex-a710"), ("neoverse-v1", "neoverse-v1")];

    /// <summary>The first that has models of cores with SMMLA; older ones take other cores' for them.</summary>
    private const string Newer = "llvm-mca-19";

    private static readonly string s_analyzer = File.Exists($"/usr/bin/{Newer}") ? Newer : "llvm-mca";

    /// <exception cref="IOException">The code cannot be compiled, or a tool is not installed.</exception>
    public static Report Run(bool publish)
    {
        string root = RepositoryRoot.Find(), compiled = Path.Combine(root, ObjectFile);
        if (publish || !File.Exists(compiled)) Publish(root);
        var report = new Report("arm", "Inner loops on Arm cores", $"The loop with most multiply-adds of each arm64 kernel by {s_analyzer}'s models of the cores, all loads from the first-level cache; peak: the loop's multiply-add instruction alone, by the same model. Nothing was timed on Arm: these are estimates.").Begin();
        var table = report.Table("Loops", ("kernel", -NameLength), ("core", -10), ("cycles", 7), ("multiply-adds", 13), ("a cycle", 7), ("peak", 5), ("share", 5));
        var results = new List<ArmResult>();
        LoopBody[] loops = [.. LoopBodies.Find(LoopBodies.Disassemble(compiled), Kernel()).DistinctBy(l => string.Join('\n', l.Instructions)).OrderBy(l => l.Function, StringComparer.Ordinal), .. Emitted()];
        foreach (LoopBody loop in loops)
            foreach (var (core, model) in Cores(loop))
            {
                double cycles = Cycles(model, loop.Instructions.Select(WithoutTarget));
                var r = new ArmResult(loop.Function, core, cycles, loop.Macs, loop.Macs / cycles, Peak(model, loop));
                results.Add(r);
                table.Add(Short(r.Function), core, $"{r.Cycles:F1}", $"{r.Macs}", $"{r.MacsPerCycle:F1}", $"{r.Peak:F0}", $"{r.MacsPerCycle / r.Peak:P0}");
            }
        if (results.Count == 0) report.Say($"{compiled} has no symbols of kernels");
        if (s_analyzer != Newer) report.Say($"loops with SMMLA are left out: they need {Newer} (package llvm-19)");
        report.Data("arm", results);
        return report;
    }

    private static (string Core, string Model)[] Cores(LoopBody loop)
    {
        if (loop.Instructions.Any(i => MatrixProduct().IsMatch(i))) return s_analyzer == Newer ? s_matrixProduct : [];
        return loop.Instructions.Any(i => DotProduct().IsMatch(i)) ? s_dotProduct : [.. s_plain, .. s_dotProduct];
    }

    /// <summary>Tiles of the set <c>i8mm</c>, which are in no binary; of even numbers of rows, since others compute one that nobody wants.</summary>
    private static IEnumerable<LoopBody> Emitted() =>
        from variant in (TileVariant[])[TileVariant.None, TileVariant.LeftHalf]
        from rows in (int[])[I8mmTileEmitter.MaxRows, 4, 2]
        let code = new I8mmTileEmitter(rows, variant, inputSigned: false, Int8TileResult.Bytes).Emit()
        from loop in LoopBodies.Find(LoopBodies.Disassemble(code, $"I8mmTileEmitter, {rows} rows{(variant == TileVariant.None ? "" : ", left half")}"), Any())
        select loop;

    private static void Publish(string root)
    {
        using var process = Process.Start(new ProcessStartInfo("tools/publish.sh", ["linux-arm64"]) { WorkingDirectory = root })!;
        process.WaitForExit();
        if (process.ExitCode != 0) throw new IOException($"tools/publish.sh linux-arm64 ended with {process.ExitCode}");
    }

    /// <summary>The instruction that multiplies, on more sums than latency times throughput of any core.</summary>
    private static double Peak(string model, LoopBody loop)
    {
        string multiply = loop.Instructions.First(i => Multiply().IsMatch(i));
        Match m = Multiply().Match(multiply);
        string[] alone = [.. Enumerable.Range(0, 24).Select(i => $"{m.Groups["name"].Value} v{i}{m.Groups["to"].Value}, v30{m.Groups["from"].Value}, v31{m.Groups["from2"].Value}")];
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

    [GeneratedRegex(@"^(?<name>fmla|sdot|udot|u?smmla|smull2?|smlal2?) v\d+(?<to>\.\w+), v\d+(?<from>\.\w+), v\d+(?<from2>\.\w+(\[\d+\])?)")]
    private static partial Regex Multiply();

    [GeneratedRegex("^(sdot|udot)")]
    private static partial Regex DotProduct();

    [GeneratedRegex("^u?smmla")]
    private static partial Regex MatrixProduct();

    [GeneratedRegex("")]
    private static partial Regex Any();

    [GeneratedRegex(@"Total Cycles:\s+(?<cycles>\d+)")]
    private static partial Regex TotalCycles();

    [GeneratedRegex(@"[0-9a-f]+ <.*>$")]
    private static partial Regex Target();
}
