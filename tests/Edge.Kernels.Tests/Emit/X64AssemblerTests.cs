using Edge.Kernels.Emit;
using Edge.Kernels.Generic.Gemm;
using Xunit;
using static Edge.Kernels.Emit.X64Register;

namespace Edge.Kernels.Tests.Emit;

/// <summary>What the assembler writes, read back by a disassembler.</summary>
public class X64AssemblerTests
{
    private static readonly string[] s_names = ["rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"];

    private static string[] Decode(Action<X64Assembler> write)
    {
        Assert.SkipUnless(Disassembler.IsPresent, "objdump is not here");
        var code = new X64Assembler();
        write(code);
        return Disassembler.Decode(code.ToArray());
    }

    private static string Name(X64Register r) => s_names[(int)r];

    /// <summary>As objdump writes an address.</summary>
    private static string Text(X64Address a)
    {
        string index = a.Index is { } i ? $"+{Name(i)}*{a.Scale}" : "";
        string displacement = a.Displacement == 0 ? (((int)a.Base & 7) == 5 ? "+0x0" : "") : a.Displacement > 0 ? $"+0x{a.Displacement:x}" : $"-0x{-a.Displacement:x}";
        return $"[{Name(a.Base)}{index}{displacement}]";
    }

    /// <summary>Every base, without and with an index, near and far.</summary>
    private static IEnumerable<X64Address> Addresses() =>
        from b in Enum.GetValues<X64Register>()
        from i in (X64Register?[])[null, Rax, R13, R15]
        from d in (int[])[0, 4, -8, 64, 127, 128, -128, 4096, 64 * 127, 64 * 128, -64 * 128]
        from s in i is null ? (int[])[1] : [1, 2, 4, 8]
        select new X64Address(b, d, i, s);

    [Fact]
    public void General_instructions_take_every_register()
    {
        var registers = Enum.GetValues<X64Register>();
        Assert.Equal(registers.Select(r => $"push {Name(r)}"), Decode(c => Array.ForEach(registers, c.Push)));
        Assert.Equal(registers.Select(r => $"pop {Name(r)}"), Decode(c => Array.ForEach(registers, c.Pop)));
        Assert.Equal(registers.Select(r => $"add {Name(r)},r9"), Decode(c => Array.ForEach(registers, r => c.Add(r, R9))));
        Assert.Equal(registers.Select(r => $"test {Name(r)},{Name(r)}"), Decode(c => Array.ForEach(registers, c.TestZero)));
        Assert.Equal(registers.Select(r => $"movabs {Name(r)},0xfedcba9876543210"), Decode(c => Array.ForEach(registers, r => c.LoadConstant(r, 0xFEDCBA9876543210))));
        Assert.Equal(registers.Select(r => $"mov rdx,{Name(r)}"), Decode(c => Array.ForEach(registers, r => c.Move(Rdx, r))));
        Assert.Equal(registers.SelectMany(r => (string[])[$"add {Name(r)},0x7f", $"add {Name(r)},0x80", $"add {Name(r)},0xfffffffffffffff8"]),
            Decode(c => Array.ForEach(registers, r =>
            {
                c.Add(r, 127);
                c.Add(r, 128);
                c.Add(r, -8);
            })));
    }

    [Fact]
    public void Addresses_are_written_whatever_their_base_index_and_distance()
    {
        var all = Addresses().ToArray();
        Assert.Equal(all.Select(a => $"mov r10,QWORD PTR {Text(a)}"), Decode(c => Array.ForEach(all, a => c.Load(R10, a))));
        Assert.Equal(all.Select(a => $"mov QWORD PTR {Text(a)},rbx"), Decode(c => Array.ForEach(all, a => c.Store(a, Rbx))));
        Assert.Equal(all.Select(a => $"cmp r8,QWORD PTR {Text(a)}"), Decode(c => Array.ForEach(all, a => c.Compare(R8, a))));
        Assert.Equal(all.Select(a => $"add rsi,QWORD PTR {Text(a)}"), Decode(c => Array.ForEach(all, a => c.Add(Rsi, a))));
        Assert.Equal(all.Select(a => $"dec QWORD PTR {Text(a)}"), Decode(c => Array.ForEach(all, c.Decrement)));
        Assert.Equal(all.SelectMany(a => (string[])[$"prefetcht0 BYTE PTR {Text(a)}", $"prefetcht1 BYTE PTR {Text(a)}"]), Decode(c => Array.ForEach(all, a =>
        {
            c.Prefetch(a);
            c.PrefetchToSecondLevel(a);
        })));
        Assert.Equal(all.Select(a => $"sub r12,QWORD PTR {Text(a)}"), Decode(c => Array.ForEach(all, a => c.Subtract(R12, a))));
        Assert.Equal(all.Select(a => $"lea r9,{Text(a)}"), Decode(c => Array.ForEach(all, a => c.LoadAddress(R9, a))));
    }

    [Fact]
    public void Vector_instructions_compress_their_distances()
    {
        var all = Addresses().ToArray();
        Assert.Equal(all.Select(a => $"vmovdqu32 zmm17,ZMMWORD PTR {Text(a)}"), Decode(c => Array.ForEach(all, a => c.LoadInt32s(new(17), a))));
        Assert.Equal(all.Select(a => $"vmovups ZMMWORD PTR {Text(a)},zmm9"), Decode(c => Array.ForEach(all, a => c.StoreFloats(a, new(9)))));
        Assert.Equal(all.Select(a => $"vpbroadcastd zmm30,DWORD PTR {Text(a)}"), Decode(c => Array.ForEach(all, a => c.BroadcastInt32(new(30), a))));
        Assert.Equal(all.Select(a => $"vbroadcastss zmm8,DWORD PTR {Text(a)}"), Decode(c => Array.ForEach(all, a => c.BroadcastFloat(new(8), a))));
        Assert.Equal(all.Select(a => $"vpmovdb XMMWORD PTR {Text(a)},zmm25"), Decode(c => Array.ForEach(all, a => c.StoreLowBytes(a, new(25)))));
        Assert.Equal(all.Select(a => $"vpmovzxbd zmm19,XMMWORD PTR {Text(a)}"), Decode(c => Array.ForEach(all, a => c.LoadBytesAsInt32s(new(19), a))));
        Assert.Equal(all.Select(a => $"vpbroadcastb zmm5,BYTE PTR {Text(a)}"), Decode(c => Array.ForEach(all, a => c.BroadcastByte(new(5), a))));
        Assert.Equal(all.Select(a => $"vpbroadcastw zmm21,WORD PTR {Text(a)}"), Decode(c => Array.ForEach(all, a => c.BroadcastWord(new(21), a))));
        Assert.Equal(all.Select(a => $"vaddps zmm2,zmm18,ZMMWORD PTR {Text(a)}"), Decode(c => Array.ForEach(all, a => c.AddFloats(new(2), new(18), a))));
        Assert.Equal(all.SelectMany(a => (string[])[$"vmovups YMMWORD PTR {Text(a)},ymm18", $"vextracti64x4 YMMWORD PTR {Text(a)},zmm18,0x1"]),
            Decode(c => Array.ForEach(all, a =>
            {
                c.StoreHalf(a, new(18), 0);
                c.StoreHalf(a, new(18), 1);
            })));
        Assert.Equal(all.SelectMany(a => (string[])[$"vmovups XMMWORD PTR {Text(a)},xmm23", $"vextracti32x4 XMMWORD PTR {Text(a)},zmm23,0x3"]),
            Decode(c => Array.ForEach(all, a =>
            {
                c.StoreQuarter(a, new(23), 0);
                c.StoreQuarter(a, new(23), 3);
            })));
        Assert.Equal(all.SelectMany(a => (string[])
            [
                $"vmovdqu8 YMMWORD PTR {Text(a)}{{k1}},ymm18", $"vmovdqu8 XMMWORD PTR {Text(a)}{{k1}},xmm18", $"kmovw k1,WORD PTR {Text(a)}", $"kmovd k1,DWORD PTR {Text(a)}",
                $"vmovups ZMMWORD PTR {Text(a)}{{k1}},zmm3", $"vmovdqu32 ZMMWORD PTR {Text(a)}{{k1}},zmm3", $"vpmovdb XMMWORD PTR {Text(a)}{{k1}},zmm3", $"vaddps zmm3{{k1}},zmm4,ZMMWORD PTR {Text(a)}",
            ]),
            Decode(c => Array.ForEach(all, a =>
            {
                c.StoreMaskedHalf(a, new(18));
                c.StoreMaskedQuarter(a, new(18));
                c.LoadMask16(a);
                c.LoadMask32(a);
                c.StoreFloats(a, new(3), masked: true);
                c.StoreInt32s(a, new(3), masked: true);
                c.StoreLowBytes(a, new(3), masked: true);
                c.AddFloats(new(3), new(4), a, masked: true);
            })));
        Assert.Equal(["vextracti64x4 ymm17,zmm9,0x1", "vextracti32x4 xmm2,zmm30,0x3"], Decode(c =>
        {
            c.ExtractHalf(new(17), new(9), 1);
            c.ExtractQuarter(new(2), new(30), 3);
        }));
        Assert.Equal(all.Select(a => $"vpmulld zmm24,zmm26,ZMMWORD PTR {Text(a)}"), Decode(c => Array.ForEach(all, a => c.MultiplyInt32s(new(24), new(26), a))));
        Assert.Equal(all.Select(a => $"vpdpbusd zmm3,zmm20,ZMMWORD PTR {Text(a)}"), Decode(c => Array.ForEach(all, a => c.DotProduct(new(3), new(20), a))));
        Assert.Equal(all.Select(a => $"vfmadd231ps zmm31,zmm1,ZMMWORD PTR {Text(a)}"), Decode(c => Array.ForEach(all, a => c.MultiplyAdd(new(31), new(1), a))));
    }

    [Fact]
    public void Vector_instructions_take_every_register()
    {
        var triples = (from a in Enumerable.Range(0, 32) from b in (int[])[0, 7, 8, 15, 16, 31] from d in (int[])[1, 9, 18, 27] select (A: new Zmm(a), B: new Zmm(b), C: new Zmm(d))).ToArray();
        void Same(string name, Action<X64Assembler, Zmm, Zmm, Zmm> write) =>
            Assert.Equal(triples.Select(t => $"{name} zmm{t.A.Number},zmm{t.B.Number},zmm{t.C.Number}"), Decode(c => Array.ForEach(triples, t => write(c, t.A, t.B, t.C))));
        Same("vpdpbusd", (c, x, y, z) => c.DotProduct(x, y, z));
        Same("vfmadd231ps", (c, x, y, z) => c.MultiplyAdd(x, y, z));
        Same("vpxord", (c, x, y, z) => c.Xor(x, y, z));
        Same("vpaddd", (c, x, y, z) => c.AddInt32s(x, y, z));
        Same("vpsubd", (c, x, y, z) => c.SubtractInt32s(x, y, z));
        Same("vaddps", (c, x, y, z) => c.AddFloats(x, y, z));
        Same("vmulps", (c, x, y, z) => c.Multiply(x, y, z));
        Same("vmaxps", (c, x, y, z) => c.Max(x, y, z));
        Same("vminps", (c, x, y, z) => c.Min(x, y, z));
        Assert.Equal(triples.SelectMany(t => (string[])[$"vcvtdq2ps zmm{t.A.Number},zmm{t.B.Number}", $"vcvtps2dq zmm{t.B.Number},zmm{t.C.Number}"]),
            Decode(c => Array.ForEach(triples, t =>
            {
                c.ToFloats(t.A, t.B);
                c.ToInt32s(t.B, t.C);
            })));
        Assert.Equal(["mov ecx,0x80808080", "vpbroadcastd zmm31,ecx", "mov r9d,0x1", "vpbroadcastd zmm2,r9d"], Decode(c =>
        {
            c.BroadcastConstant(new(31), unchecked((int)0x80808080), Rcx);
            c.BroadcastConstant(new(2), 1, R9);
        }));
        Assert.Equal(["vzeroupper", "ret"], Decode(c =>
        {
            c.ZeroUpper();
            c.Return();
        }));
    }

    [Fact]
    public void Jumps_go_where_they_should() => Assert.Equal(
        ["push rax", "nop", "cmp rax,QWORD PTR [rcx]", "jg 0x22", "jge 0x22", "je 0x22", "jmp 0x22", "jl 0x2", "jne 0x2", "jle 0x2", "jns 0x2"],
        Decode(c =>
        {
            c.Push(Rax);
            c.Align(2);
            int target = c.Position;
            c.Compare(Rax, new(Rcx));
            int[] forward = [c.JumpIfGreater(), c.JumpIfNotLess(), c.JumpIfZero(), c.Jump()];
            c.JumpIfLess(target);
            Array.ForEach(forward, c.Land);
            c.JumpIfNotZero(target);
            c.JumpIfNotGreater(target);
            c.JumpIfNotNegative(target);
        }));

    [Fact]
    public void Every_emitted_tile_decodes()
    {
        Assert.SkipUnless(Disassembler.IsPresent, "objdump is not here");
        for (int rows = 1; rows <= TileEmitter.MaxRows; rows++)
            for (int vectors = 1; vectors <= 2; vectors++)
                foreach (TileVariant variant in TileSet.Variants.Where(v => v.HasFlag(TileVariant.LeftHalf) == (vectors == 1)))
                {
                    foreach (bool flips in (bool[])[false, true])
                        foreach (Int8TileResult result in Enum.GetValues<Int8TileResult>())
                            Check(new Int8TileEmitter(rows, vectors, variant, flips, result).Emit(), "vpdpbusd", rows, vectors);
                    Check(new F32TileEmitter(rows, vectors, variant).Emit(), "vfmadd231ps", rows, vectors);
                }

        static void Check(byte[] code, string product, int rows, int vectors)
        {
            var lines = Disassembler.Decode(code);
            Assert.DoesNotContain(lines, l => l.Contains("(bad)", StringComparison.Ordinal));
            Assert.Equal("ret", lines[^1]);
            // Four steps in a turn and one for what is left; a single row has loops with and without fetching ahead.
            Assert.Equal(5 * rows * vectors * (rows == 1 ? 2 : 1), lines.Count(l => l.StartsWith(product, StringComparison.Ordinal)));
            // What is pushed is popped, and no callee-saved register is written without.
            Assert.Equal(lines.Count(l => l.StartsWith("push", StringComparison.Ordinal)), lines.Count(l => l.StartsWith("pop", StringComparison.Ordinal)));
        }
    }
}
