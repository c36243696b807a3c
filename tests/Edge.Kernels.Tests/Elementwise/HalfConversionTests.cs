using Edge.Kernels.Elementwise;
using Xunit;

namespace Edge.Kernels.Tests.Elementwise;

public sealed unsafe class HalfConversionTests
{
    private const int Patterns = 65536;

    [Fact]
    public void Every_float16_widens_exactly_and_comes_back()
    {
        // One more than a multiple of the vectors: the last goes another way.
        ushort[] x = [.. Enumerable.Range(0, Patterns + 1).Select(i => (ushort)i)];
        float[] y = new float[x.Length];
        ushort[] back = new ushort[x.Length];
        fixed (ushort* px = x, pb = back)
        fixed (float* py = y)
        {
            HalfConversion.WidenFloat16(px, py, x.Length);
            HalfConversion.NarrowToFloat16(py, pb, x.Length);
        }

        for (int i = 0; i < x.Length; i++)
        {
            float want = (float)BitConverter.UInt16BitsToHalf(x[i]);
            if (float.IsNaN(want))
            {
                Assert.True(float.IsNaN(y[i]) && Half.IsNaN(BitConverter.UInt16BitsToHalf(back[i])));
                continue;
            }

            Assert.Equal(BitConverter.SingleToInt32Bits(want), BitConverter.SingleToInt32Bits(y[i]));
            Assert.Equal(x[i], back[i]);
        }
    }

    [Fact]
    public void Every_bfloat16_is_the_upper_half_and_comes_back()
    {
        ushort[] x = [.. Enumerable.Range(0, Patterns + 1).Select(i => (ushort)i)];
        float[] y = new float[x.Length];
        ushort[] back = new ushort[x.Length];
        fixed (ushort* px = x, pb = back)
        fixed (float* py = y)
        {
            HalfConversion.WidenBFloat16(px, py, x.Length);
            HalfConversion.NarrowToBFloat16(py, pb, x.Length);
        }

        for (int i = 0; i < x.Length; i++)
        {
            Assert.Equal((uint)x[i] << 16, BitConverter.SingleToUInt32Bits(y[i]));
            Assert.Equal(float.IsNaN(y[i]) ? x[i] | 0x40 : x[i], back[i]);
        }
    }

    [Fact]
    public void A_float32_rounds_to_the_nearest_even_float16()
    {
        // Numbers of every magnitude, and those around the middle between two neighbours.
        List<float> x = [];
        for (ulong bits = 0; bits <= uint.MaxValue; bits += 40009) x.Add(BitConverter.UInt32BitsToSingle((uint)bits));
        for (int i = 0; i < 0x7C00; i++)
        {
            double middle = ((double)BitConverter.UInt16BitsToHalf((ushort)i) + (i == 0x7BFF ? 65536 : (double)BitConverter.UInt16BitsToHalf((ushort)(i + 1)))) / 2;
            x.AddRange([(float)middle, MathF.BitIncrement((float)middle), MathF.BitDecrement((float)middle), -(float)middle]);
        }

        float[] from = [.. x];
        ushort[] y = new ushort[from.Length];
        fixed (float* px = from)
        fixed (ushort* py = y) HalfConversion.NarrowToFloat16(px, py, from.Length);
        for (int i = 0; i < from.Length; i++)
        {
            ushort want = BitConverter.HalfToUInt16Bits((Half)from[i]);
            if (want != y[i] && !(float.IsNaN(from[i]) && Half.IsNaN(BitConverter.UInt16BitsToHalf(y[i])))) Assert.Fail($"{from[i]:R} is {y[i]:X4} instead of {want:X4}");
        }
    }
}
