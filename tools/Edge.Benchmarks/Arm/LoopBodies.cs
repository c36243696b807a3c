using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Edge.Benchmarks.Arm;

/// <summary>An inner loop of compiled code.</summary>
/// <param name="Function">The symbol it is part of.</param>
/// <param name="Instructions">Assembly text without addresses; the jump back is the last.</param>
/// <param name="Macs">Multiply-accumulates of one turn.</param>
internal sealed record LoopBody(string Function, IReadOnlyList<string> Instructions, int Macs);

/// <summary>Finds the loops of an arm64 binary that multiply most, from what a disassembler prints.</summary>
internal static partial class LoopBodies
{
    /// <summary>Lanes that one instruction multiplies and adds, by its name and arrangement.</summary>
    private static readonly (string Name, string Arrangement, int Macs)[] s_multiplies =
        [("fmla", ".4s", 4), ("sdot", ".4s", 16), ("udot", ".4s", 16), ("smmla", ".4s", 32), ("usmmla", ".4s", 32), ("smull", ".8h", 8), ("smull2", ".8h", 8), ("smlal", ".8h", 8), ("smlal2", ".8h", 8), ("smlal", ".4s", 4), ("smlal2", ".4s", 4), ("smull", ".4s", 4), ("smull2", ".4s", 4)];

    private const string Disassembler = "aarch64-linux-gnu-objdump";

    /// <summary>
    /// For each function whose symbol matches: the innermost loop with most multiply-accumulates. A loop reaches from the target of a
    /// jump backwards to the jump; an innermost one contains no other.
    /// </summary>
    /// <param name="disassembly">Lines of <c>objdump -d</c>.</param>
    /// <param name="functions">Which symbols.</param>
    public static IEnumerable<LoopBody> Find(IEnumerable<string> disassembly, Regex functions)
    {
        string? name = null;
        var code = new List<(long Address, string Text)>();
        foreach (string line in disassembly)
        {
            if (Symbol().Match(line) is { Success: true } symbol)
            {
                if (name is not null && Hottest(name, code) is { } loop) yield return loop;
                name = functions.IsMatch(symbol.Groups["name"].Value) ? symbol.Groups["name"].Value : null;
                code.Clear();
            }
            else if (name is not null && Instruction().Match(line) is { Success: true } instruction)
            {
                code.Add((Convert.ToInt64(instruction.Groups["address"].Value, 16), instruction.Groups["text"].Value.Replace('\t', ' ').Trim()));
            }
        }
        if (name is not null && Hottest(name, code) is { } last) yield return last;
    }

    /// <summary>Lines of <c>objdump -d</c>.</summary>
    /// <exception cref="IOException">The disassembler is not there.</exception>
    public static IEnumerable<string> Disassemble(string binary)
    {
        using var process = Tool(Disassembler, ["-d", "--no-show-raw-insn", binary], redirectInput: false);
        while (process.StandardOutput.ReadLine() is { } line) yield return line;
        process.WaitForExit();
    }

    /// <summary>The same of machine code that was emitted, as one function.</summary>
    /// <exception cref="IOException">The disassembler is not there.</exception>
    public static IEnumerable<string> Disassemble(byte[] code, string function)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, code);
            using var process = Tool(Disassembler, ["-D", "-b", "binary", "-m", "aarch64", "--no-show-raw-insn", file], redirectInput: false);
            string[] lines = process.StandardOutput.ReadToEnd().Split('\n');
            process.WaitForExit();
            // Where there are no symbols, a jump's target is a number alone.
            return [$"0 <{function}>:", .. lines.Where(l => Instruction().IsMatch(l)).Select(l => BareTarget().Replace(l, "$1$2 <>"))];
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>A program of the binutils or LLVM packages.</summary>
    public static Process Tool(string name, string[] arguments, bool redirectInput)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(name, arguments) { RedirectStandardOutput = true, RedirectStandardInput = redirectInput })!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new IOException($"{name} is not installed (packages binutils-aarch64-linux-gnu and llvm)", e);
        }
    }

    private static LoopBody? Hottest(string name, List<(long Address, string Text)> code)
    {
        var loops = new List<(int From, int To)>();
        for (int i = 0; i < code.Count; i++)
        {
            if (Branch().Match(code[i].Text) is not { Success: true } branch) continue;
            long target = Convert.ToInt64(branch.Groups["target"].Value, 16);
            int from = code.FindIndex(c => c.Address == target);
            if (from >= 0 && from <= i) loops.Add((from, i));
        }
        return loops.Where(l => !loops.Any(o => o != l && o.From >= l.From && o.To <= l.To))
            .Select(l => (Loop: l, Macs: code[l.From..(l.To + 1)].Sum(c => MacsOf(c.Text)))).Where(l => l.Macs > 0).OrderByDescending(l => l.Macs)
            .Select(l => new LoopBody(name, [.. code[l.Loop.From..(l.Loop.To + 1)].Select(c => c.Text)], l.Macs)).FirstOrDefault();
    }

    /// <summary>Multiply-accumulates of one instruction; 0 of others.</summary>
    public static int MacsOf(string instruction)
    {
        string[] words = instruction.Split(' ', 2);
        return words.Length < 2 ? 0 : s_multiplies.FirstOrDefault(m => m.Name == words[0] && words[1].Split(',')[0].EndsWith(m.Arrangement, StringComparison.Ordinal)).Macs;
    }

    [GeneratedRegex(@"^[0-9a-f]+ <(?<name>.+)>:$")]
    private static partial Regex Symbol();

    [GeneratedRegex(@"^\s*(?<address>[0-9a-f]+):\s+(?<text>[a-z].*)$")]
    private static partial Regex Instruction();

    [GeneratedRegex(@"(\tb\.\w+\t|\tb\t|\tcbn?z\t[wx]\d+, |\ttbn?z\t[wx]\d+, #\d+, )0x([0-9a-f]+)")]
    private static partial Regex BareTarget();

    [GeneratedRegex(@"^(?:b\.\w+|b|cbn?z [wx]\d+,|tbn?z [wx]\d+, #\d+,) (?<target>[0-9a-f]+) <")]
    private static partial Regex Branch();
}
