using Edge.Kernels.Generic.Gemm;
using Edge.Kernels.SelfTest;
using Xunit;

namespace Edge.Kernels.Tests.Dense;

public unsafe class ByteSumTests
{
    [Fact]
    public void Any_number_of_bytes_is_added_up()
    {
        var random = new Random(1);
        for (int count = 0; count <= 70; count++)
            foreach (byte flip in (byte[])[0, 0x80, 0xFF])
            {
                using GuardedMemory x = new(count);
                random.NextBytes(x.Bytes);
                uint expected = 0;
                foreach (byte b in x.Bytes) expected += (byte)(b ^ flip);
                Assert.Equal(expected, ByteSum.Of(x.Data, count, flip));
            }
    }

    [Fact]
    public void Rows_of_several_taps_are_added_up_less_what_zeros_are()
    {
        const int taps = 3, count = 7, stride = 45, zero = 11;
        byte** addresses = stackalloc byte*[taps];
        int* sums = stackalloc int[count];
        foreach (int elements in (int[])[1, 3, 4, 5, 8, 9, 15, 16, 17, 40])
        {
            using GuardedMemory x = new(taps * count * stride);
            new Random(elements).NextBytes(x.Bytes);
            for (int tap = 0; tap < taps; tap++) addresses[tap] = x.Data + tap * count * stride;
            RowSums.OfEquidistant(new TileRows(addresses, stride), taps, elements, offset: 2, count, flip: 0x80, zero, sums);
            for (int r = 0; r < count; r++)
            {
                int expected = -zero;
                for (int tap = 0; tap < taps; tap++)
                    for (int i = 0; i < elements; i++) expected += (byte)(x.Data[tap * count * stride + r * stride + 2 + i] ^ 0x80);
                Assert.Equal(expected, sums[r]);
            }
        }
    }
}
