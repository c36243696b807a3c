using System.Text.RegularExpressions;
using Edge.Kernels.Emit;
using Edge.Kernels.Generic.Gemm;
using Xunit;
using static Edge.Kernels.Emit.A64Register;

namespace Edge.Kernels.Tests.Emit;

/// <summary>What the A64 assembler writes, read back by a disassembler. That it computes what it should, the self-test says on Arm.</summary>
public class A64AssemblerTests
{
    private static readonly A64Register[] s_registers = [.. Enum.GetValues<A64Register>().Where(r => r != Sp)];

    private static string[] Decode(Action<A64Assembler> write)
    {
        Assert.SkipUnless(Disassembler.IsPresentForA64, "aarch64-linux-gnu-objdump is not here");
        var code = new A64Assembler();
        write(code);
        return Disassembler.DecodeA64(code.ToArray());
    }

    [Fact]
    public void General_instructions_take_every_register()
    {
        Every("ldr {0}, [x3, #24]", (c, r) => c.Load(r, X3, 24));
        Every("ldr x3, [{0}, #32760]", (c, r) => c.Load(X3, r, 32760));
        Every("str {0}, [x3, #8]", (c, r) => c.Store(r, X3, 8));
        Every("ldr {0}, [x9], #8", (c, r) => c.LoadAndStep(r, r == X9 ? X10 : X9, 8), (text, r) => r == X9 ? text.Replace("[x9]", "[x10]", StringComparison.Ordinal) : text);
        Every("add x1, {0}, x2", (c, r) => c.Add(X1, r, X2));
        Every("add {0}, x1, {0}", (c, r) => c.Add(r, X1, r));
        Every("add {0}, {0}, #0xfff", (c, r) => c.Add(r, r, 4095));
        Every("sub {0}, x5, #0x10", (c, r) => c.Add(r, X5, -16));
        Every("subs {0}, {0}, #0x1", (c, r) => c.SubtractAndTest(r, 1));
        Every("sub x1, x2, {0}", (c, r) => c.Subtract(X1, X2, r));
        Every("cmp {0}, x8", (c, r) => c.Compare(r, X8));
        Every("cmp x8, {0}", (c, r) => c.Compare(X8, r));
        Every("mov {0}, x4", (c, r) => c.Move(r, X4));
        Every("mov x4, {0}", (c, r) => c.Move(X4, r));
        Every("mov {0}, #0xffff", (c, r) => c.Set(r, 65535));
        Every("clz {0}, x6", (c, r) => c.CountLeadingZeros(r, X6));
        Every("clz x6, {0}", (c, r) => c.CountLeadingZeros(X6, r));
        Assert.Equal(["nop", "ret"], Decode(c =>
        {
            c.Return();
            c.Align(8);
        }).Order());

        static void Every(string text, Action<A64Assembler, A64Register> write, Func<string, A64Register, string>? change = null) =>
            Assert.Equal(s_registers.Select(r => (change ?? ((t, _) => t))(string.Format(null, text, $"x{(int)r}"), r)), Decode(c => Array.ForEach(s_registers, r => write(c, r))).Select(WithoutComment));
    }

    [Fact]
    public void Jumps_reach_what_they_are_meant_to()
    {
        string[] lines = Decode(c =>
        {
            int top = c.Position;
            A64Jump zero = c.JumpIfZero(X7);
            A64Jump bit = c.JumpIfBitClear(X9, 3);
            A64Jump greater = c.JumpIf(A64Condition.Greater);
            A64Jump notLess = c.JumpIf(A64Condition.NotLess);
            c.Land(bit);
            foreach (A64Condition condition in Enum.GetValues<A64Condition>()) c.JumpIf(condition, top);
            c.Land(zero);
            c.Land(notLess);
            c.Return();
            c.Land(greater);
        });
        Assert.Equal(
            [
                "cbz x7, 0x28", "tbz w9, #3, 0x10", "b.gt 0x2c", "b.ge 0x28", "b.eq 0x0", "b.ne 0x0", "b.pl 0x0", "b.ge 0x0", "b.gt 0x0", "b.le 0x0", "ret",
            ],
            lines.Select(WithoutComment));
    }

    [Fact]
    public void Vector_instructions_take_every_register()
    {
        Every("ldr q{0}, [x3, x11]", (c, v) => c.Load(v, X3, X11));
        Every("ldr d{0}, [x3, x11]", (c, v) => c.LoadHalf(v, X3, X11));
        Every("ldr d{0}, [x17, #16]", (c, v) => c.LoadHalf(v, X17, 16));
        Every("ldr s{0}, [x17, #20]", (c, v) => c.LoadQuarter(v, X17, 20));
        Every("ldp q{0}, q7, [x10, #1008]", (c, v) => c.LoadPair(v.Number == 7 ? new(6) : v, new(7), X10, 1008), (text, v) => v == 7 ? text.Replace("q7, q7", "q6, q7", StringComparison.Ordinal) : text);
        Every("ldp q7, q{0}, [x10, #-1024]", (c, v) => c.LoadPair(new(7), v.Number == 7 ? new(6) : v, X10, -1024), (text, v) => v == 7 ? text.Replace("q7, q7", "q7, q6", StringComparison.Ordinal) : text);
        Every("ld1r {{v{0}.2d}}, [x12], #8", (c, v) => c.RepeatHalfAndStep(v, X12));
        Every("ld1r {{v{0}.4s}}, [x12]", (c, v) => c.RepeatInt32(v, X12));
        Every("str q{0}, [x15, #48]", (c, v) => c.Store(v, X15, 48));
        Every("str d{0}, [x15, #8]", (c, v) => c.StoreHalf(v, X15, 8));
        foreach (var (name, bytes) in new[] { ("q", 16), ("d", 8), ("s", 4), ("h", 2), ("b", 1) })
            Every($"str {name}{{0}}, [x2], #{bytes}", (c, v) => c.StoreAndStep(v, X2, bytes));
        Assert.Equal(["stp d8, d9, [sp, #-16]!", "ldp d14, d15, [sp], #16"], Decode(c =>
        {
            c.PushHalves(new(8), new(9), 16);
            c.PopHalves(new(14), new(15), 16);
        }));
        Every("mov v{0}.16b, v5.16b", (c, v) => c.Move(v, new(5)));
        Every("mov v5.16b, v{0}.16b", (c, v) => c.Move(new(5), v));
        Three("ext v{0}.16b, v{1}.16b, v{2}.16b, #8", (c, to, a, b) => c.Extract(to, a, b, 8));
        Three("ext v{0}.16b, v{1}.16b, v{2}.16b, #1", (c, to, a, b) => c.Extract(to, a, b, 1));
        Three("zip1 v{0}.2d, v{1}.2d, v{2}.2d", (c, to, a, b) => c.JoinLowHalves(to, a, b));
        Three("zip2 v{0}.2d, v{1}.2d, v{2}.2d", (c, to, a, b) => c.JoinHighHalves(to, a, b));
        Three("zip1 v{0}.4s, v{1}.4s, v{2}.4s", (c, to, a, b) => c.InterleaveLowInt32s(to, a, b));
        Three("uzp1 v{0}.8h, v{1}.8h, v{2}.8h", (c, to, a, b) => c.EvenWords(to, a, b));
        Three("uzp2 v{0}.8h, v{1}.8h, v{2}.8h", (c, to, a, b) => c.OddWords(to, a, b));
        Three("uzp1 v{0}.16b, v{1}.16b, v{2}.16b", (c, to, a, b) => c.EvenBytes(to, a, b));
        Three("smmla v{0}.4s, v{1}.16b, v{2}.16b", (c, to, a, b) => c.MultiplySigned(to, a, b));
        Three("usmmla v{0}.4s, v{1}.16b, v{2}.16b", (c, to, a, b) => c.MultiplyUnsigned(to, a, b));
        Three("mls v{0}.4s, v{1}.4s, v{2}.4s", (c, to, a, b) => c.MultiplySubtract(to, a, b));
        Three("add v{0}.4s, v{1}.4s, v{2}.4s", (c, to, a, b) => c.Add(to, a, b));
        Three("fmul v{0}.4s, v{1}.4s, v{2}.4s", (c, to, a, b) => c.Multiply(to, a, b));
        Three("fmax v{0}.4s, v{1}.4s, v{2}.4s", (c, to, a, b) => c.Max(to, a, b));
        Three("fmin v{0}.4s, v{1}.4s, v{2}.4s", (c, to, a, b) => c.Min(to, a, b));
        Three("scvtf v{0}.4s, v{1}.4s", (c, to, a, _) => c.ToFloats(to, a));
        Three("fcvtns v{0}.4s, v{1}.4s", (c, to, a, _) => c.Round(to, a));

        static void Every(string text, Action<A64Assembler, A64Vector> write, Func<string, int, string>? change = null)
        {
            int[] all = [.. Enumerable.Range(0, 32)];
            Assert.Equal(all.Select(v => (change ?? ((t, _) => t))(string.Format(null, text, v), v)), Decode(c => Array.ForEach(all, v => write(c, new(v)))));
        }

        static void Three(string text, Action<A64Assembler, A64Vector, A64Vector, A64Vector> write)
        {
            (int To, int A, int B)[] all = [(0, 1, 2), (31, 17, 9), (8, 30, 24), (15, 16, 31)];
            Assert.Equal(all.Select(v => string.Format(null, text, v.To, v.A, v.B)), Decode(c => Array.ForEach(all, v => write(c, new(v.To), new(v.A), new(v.B)))));
        }
    }

    [Fact]
    public void What_cannot_be_encoded_is_refused()
    {
        var code = new A64Assembler();
        Assert.Throws<ArgumentOutOfRangeException>(() => code.Load(X1, X2, 12));
        Assert.Throws<ArgumentOutOfRangeException>(() => code.Load(X1, X2, -8));
        Assert.Throws<ArgumentOutOfRangeException>(() => code.Add(X1, X2, 4096));
        Assert.Throws<ArgumentOutOfRangeException>(() => code.LoadAndStep(X1, X2, 256));
        Assert.Throws<ArgumentOutOfRangeException>(() => code.LoadPair(new(1), new(2), X2, 1024));
        Assert.Throws<ArgumentOutOfRangeException>(() => code.StoreAndStep(new(1), X2, 3));
        Assert.Empty(code.ToArray());
    }

    [Fact]
    public void Every_emitted_tile_decodes()
    {
        Assert.SkipUnless(Disassembler.IsPresentForA64, "aarch64-linux-gnu-objdump is not here");
        foreach (TileVariant variant in TileSet.Variants)
            foreach (bool inputSigned in (bool[])[false, true])
                foreach (Int8TileResult result in (Int8TileResult[])[Int8TileResult.Int32, Int8TileResult.Bytes])
                {
                    byte[][] tiles = [.. Enumerable.Range(1, I8mmTileEmitter.MaxRows).Select(rows => new I8mmTileEmitter(rows, variant, inputSigned, result).Emit())];
                    var lines = Disassembler.DecodeA64([.. tiles.SelectMany(t => t)]);
                    for (int rows = 1, at = 0; rows <= tiles.Length; at += tiles[rows++ - 1].Length / 4)
                        Check(lines[at..(at + tiles[rows - 1].Length / 4)], rows, variant.HasFlag(TileVariant.LeftHalf) ? 4 : 8, inputSigned ? "smmla" : "usmmla");
                }

        static void Check(string[] lines, int rows, int columnPairs, string product)
        {
            Assert.DoesNotContain(lines, l => l.Contains("undefined", StringComparison.Ordinal) || l.StartsWith('.'));
            Assert.Equal("ret", lines[^1]);
            // Two steps in a turn and one for what is left; two rows and two columns to a product.
            Assert.Equal(3 * ((rows + 1) / 2) * columnPairs, lines.Count(l => l.StartsWith(product, StringComparison.Ordinal)));
            // What is kept is restored, and nothing else of the caller's is written.
            string[] kept = [.. lines.Where(l => l.StartsWith("stp ", StringComparison.Ordinal)).Select(Operands)];
            Assert.Equal(kept.Reverse(), lines.Where(l => l.StartsWith("ldp d", StringComparison.Ordinal)).Select(Operands));
            foreach (int v in Enumerable.Range(8, 8).Where(v => lines.Any(l => IsVector(l, v)))) Assert.Contains(kept, pair => Regex.IsMatch(pair, $@"\bd{v}\b"));
            Assert.DoesNotContain(lines, l => Regex.IsMatch(l, @"\b[xw](1[89]|2\d|30)\b"));
        }

        static string Operands(string line) => line[(line.IndexOf(' ') + 1)..line.IndexOf('[')];

        static bool IsVector(string line, int vector) => Regex.IsMatch(line, $@"\b[vq]{vector}\b");
    }

    /// <summary>objdump repeats numbers as decimals, and names a jump's target again.</summary>
    private static string WithoutComment(string line)
    {
        string text = line.Split(" //")[0];
        return text.Contains(" <", StringComparison.Ordinal) ? text[..text.IndexOf(" <", StringComparison.Ordinal)] : text;
    }
}
