using Edge.Kernels.Dense;
using Edge.Kernels.Emit;
using Edge.Kernels.Emit.Depthwise;
using Edge.Kernels.Tests.Dense;
using Xunit;
using static Edge.Kernels.Emit.X64Register;

namespace Edge.Kernels.Tests.Emit;

/// <summary>What depthwise code is written with, and what is written, read back by a disassembler.</summary>
public class DepthwiseCodeTests
{
    private static string[] Decode(Action<X64Assembler> write)
    {
        Assert.SkipUnless(Disassembler.IsPresent, "objdump is not here");
        var code = new X64Assembler();
        write(code);
        return Disassembler.Decode(code.ToArray());
    }

    [Fact]
    public void Instructions_on_bytes_and_words_decode()
    {
        Zmm a = new(1), b = new(18), d = new(31);
        Assert.Equal(
            ["vpunpcklbw zmm1,zmm18,zmm31", "vpunpckhbw zmm31,zmm1,zmm18", "vpunpcklwd zmm18,zmm31,zmm1", "vpunpckhwd zmm1,zmm1,zmm31",
                "vpackssdw zmm1,zmm18,zmm31", "vpacksswb zmm31,zmm1,zmm18", "vpackuswb zmm18,zmm31,zmm1", "vpaddsw zmm1,zmm18,zmm31",
                "vpmaxsb zmm1,zmm18,zmm31", "vpmaxub zmm31,zmm1,zmm18", "vpminsb zmm18,zmm31,zmm1", "vpminub zmm1,zmm18,zmm31",
                "vpermd zmm1,zmm18,zmm31", "vpshufb zmm31,zmm1,zmm18", "vmovaps zmm18,zmm31"],
            Decode(c =>
            {
                c.InterleaveLowBytes(a, b, d);
                c.InterleaveHighBytes(d, a, b);
                c.InterleaveLowWords(b, d, a);
                c.InterleaveHighWords(a, a, d);
                c.PackInt32s(a, b, d);
                c.PackInt16s(d, a, b, signed: true);
                c.PackInt16s(b, d, a, signed: false);
                c.AddInt16sSaturating(a, b, d);
                c.MaxBytes(a, b, d, signed: true);
                c.MaxBytes(d, a, b, signed: false);
                c.MinBytes(b, d, a, signed: true);
                c.MinBytes(a, b, d, signed: false);
                c.PermuteInt32s(a, b, d);
                c.PermuteBytes(d, a, b);
                c.Move(b, d);
            }));
    }

    [Fact]
    public void Quarters_masks_and_constants_decode() => Assert.Equal(
        ["vbroadcasti32x4 zmm18,XMMWORD PTR [rdi+0x30]", "vinserti32x4 zmm18,zmm1,XMMWORD PTR [rdi+0x100],0x2", "vinserti32x4 zmm1,zmm18,xmm31,0x3",
            "mov eax,0x1f", "kmovw k1,eax", "vmovups zmm18{k1}{z},ZMMWORD PTR [rdi+0x40]", "vmovups ZMMWORD PTR [rsi-0x40]{k1},zmm31",
            "vmulps zmm1,zmm18,ZMMWORD PTR [rdx+0x80]", "vpxord zmm31,zmm1,ZMMWORD PTR [rdx]", "mov r9d,0x7", "add r8,0x0", "je 0x5e"],
        Decode(c =>
        {
            Zmm a = new(1), b = new(18), d = new(31);
            c.BroadcastQuarter(b, new(Rdi, 48));
            c.InsertQuarter(b, a, new X64Address(Rdi, 256), 2);
            c.InsertQuarter(a, b, d, 3);
            c.SetMask(5);
            c.LoadFloatsMasked(b, new(Rdi, 64));
            c.StoreFloatsMasked(new(Rsi, -64), d);
            c.Scale(a, b, new X64Address(Rdx, 128));
            c.Xor(d, a, new X64Address(Rdx));
            c.Set(R9, 7);
            c.Add(R8, 0);
            c.Land(c.JumpIfZero());
        }).Select(l => l.StartsWith("je", StringComparison.Ordinal) ? "je 0x5e" : l));

    [Fact]
    public void Permutations_of_all_bytes_decode() => Assert.Equal(
        ["vpermb zmm1,zmm18,zmm31", "vpermb zmm18,zmm31,ZMMWORD PTR [rdi+0x40]", "vpermt2b zmm31,zmm1,ZMMWORD PTR [rdi+0x30]", "vmovups ymm18,YMMWORD PTR [rdi+0x20]"],
        Decode(c =>
        {
            Zmm a = new(1), b = new(18), d = new(31);
            c.PermuteAllBytes(a, b, d);
            c.PermuteAllBytes(b, d, new X64Address(Rdi, 64));
            c.PermuteBytesOfTwo(d, a, new(Rdi, 48));
            c.LoadHalf(b, new(Rdi, 32));
        }));

    [Theory]
    [InlineData(8, 3, 4, 8)]
    [InlineData(16, 3, 4, 16)]
    [InlineData(24, 3, 4, 16)]
    [InlineData(24, 3, 4, 8)]
    [InlineData(32, 3, 4, 16)]
    [InlineData(64, 3, 0, 16)]
    [InlineData(12, 3, 4, 12)]
    [InlineData(10, 3, 0, 10)]
    public void Pixels_of_few_channels_are_taken_out_of_the_registers_that_hold_them(int channels, int kernel, int pixels, int lanes)
    {
        DepthwiseTiling tiling = Int8TapGroups.TilingOf(Geometries.Square(20, channels, channels, kernel, 1, group: channels))!;
        PixelRun? run = PixelRun.Of(tiling, lanes);
        Assert.Equal(pixels, run?.Pixels ?? 0);
        if (run is null) return;
        int bytes = (pixels - 1) * channels + lanes;
        for (int lane = 0; lane < lanes; lane++)
            for (int p = 0; p < pixels; p++)
            {
                int at = run.Order[4 * lane + p];
                Assert.Equal(p * channels + lane, at < 64 ? at : at - 64 + bytes - 64);
            }
    }

    [Fact]
    public void Strips_decode_and_multiply_as_often_as_taps_lie_inside()
    {
        Assert.SkipUnless(Disassembler.IsPresent, "objdump is not here");
        ConvGeometry g = Geometries.Square(9, 80, 80, 3, 1, group: 80);
        DepthwiseTiling tiling = DepthwiseF32Emitter.TilingOf(g)!;
        foreach (RowStrip strip in tiling.Strips)
        {
            string[] lines = Disassembler.Decode(new DepthwiseF32Emitter(tiling, strip, Activation.Relu, 16).Emit());
            Assert.DoesNotContain(lines, l => l.Contains("(bad)", StringComparison.Ordinal));
            Assert.Equal("ret", lines[^1]);
            // Columns 4, 4 and 1 with three taps each, less one tap on the left and one on the right.
            int rows = Enumerable.Range(0, strip.Rows).Sum(r => Enumerable.Range(r, 3).Count(strip.Holds));
            Assert.Equal(rows * (3 * 9 - 2), lines.Count(l => l.StartsWith("vfmadd231ps", StringComparison.Ordinal)));
        }
        var types = new Int8DepthwiseTypes(true, -3, true, 5, -100, 100);
        tiling = Int8TapGroups.TilingOf(g)!;
        var weights = new short[80 * 9];
        var small = new Int8TapWeights(tiling, weights.ToArray());
        weights[9 + 4] = 200;
        var large = new Int8TapWeights(tiling, weights);
        foreach (RowStrip strip in tiling.Strips)
        {
            var products = new List<int>();
            foreach (Int8TapWeights w in (Int8TapWeights[])[small, large])
                foreach (byte[] code in (byte[][])[new WideDepthwiseInt8Emitter(tiling, strip, w, types).Emit(), new NarrowDepthwiseInt8Emitter(tiling, strip, w, types, 7, permutesBytes: false).Emit()])
                {
                    string[] lines = Disassembler.Decode(code);
                    Assert.DoesNotContain(lines, l => l.Contains("(bad)", StringComparison.Ordinal));
                    Assert.Equal("ret", lines[^1]);
                    products.Add(lines.Count(l => l.StartsWith("vpdpbusd", StringComparison.Ordinal)));
                }

            // One kernel row of three has weights that are no int8, and only their groups are multiplied twice.
            Assert.InRange(products[2], products[0] + 1, products[0] * 3 / 2);
            Assert.InRange(products[3], products[1] + 1, products[1] * 3 / 2);
        }
    }
}
