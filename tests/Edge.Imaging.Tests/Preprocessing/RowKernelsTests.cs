using CsCheck;
using Edge.Imaging.Resampling;
using Xunit;

namespace Edge.Imaging.Tests.Preprocessing;

/// <summary>The vector loops against one element at a time, bit for bit, at every length around the vector widths.</summary>
public sealed class RowKernelsTests
{
    private static Gen<float> Any => Gen.Float[-300, 300];

    [Fact]
    public void Combining_rows_gives_the_bits_of_the_formula() =>
        (from length in Gen.Int[1, 70]
         from taps in Gen.Int[1, 5]
         from rows in Any.Array[length * taps]
         from weights in Gen.Float[0, 1].Array[taps]
         from subtract in Any.Array[length]
         from multiply in Any.Array[length]
         select (length, taps, rows, weights, subtract, multiply)).Sample(c =>
        {
            int[] offsets = [.. Enumerable.Range(0, c.taps).Select(k => k * c.length)];
            float[] actual = new float[c.length];
            RowKernels.Combine(c.rows, offsets, c.weights, c.subtract, c.multiply, actual);
            for (int i = 0; i < c.length; i++)
            {
                float sum = c.rows[i] * c.weights[0];
                for (int k = 1; k < c.taps; k++)
                {
                    float product = c.rows[offsets[k] + i] * c.weights[k];
                    sum += product;
                }
                float expected = (sum - c.subtract[i]) * c.multiply[i];
                if (BitConverter.SingleToInt32Bits(expected) != BitConverter.SingleToInt32Bits(actual[i])) return false;
            }
            return true;
        });

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Resampling_three_channels_gives_the_bits_of_one_at_a_time(int pixelBytes) =>
        (from source in Gen.Int[1, 40]
         from target in Gen.Int[1, 40]
         from mode in Gen.Enum<Interpolation>()
         from bytes in Gen.Byte.Array[40 * 4]
         from slack in Gen.Int[0, 4]
         select (source, target, mode, bytes, slack)).Sample(c =>
        {
            var taps = new Taps();
            taps.Build(0, c.source, c.target, 0, c.target, c.mode);
            float[] interleaved = new float[3 * c.target + 1], single = new float[c.target];
            // The row may end with its last pixel or go on.
            ReadOnlySpan<byte> row = c.bytes.AsSpan(0, Math.Min(c.bytes.Length, c.source * pixelBytes + c.slack));
            RowKernels.Resample3(row, 0, pixelBytes, taps, c.target, interleaved);
            for (int channel = 0; channel < 3; channel++)
            {
                byte[] plane = [.. Enumerable.Range(0, c.source).Select(x => c.bytes[x * pixelBytes + channel])];
                RowKernels.Resample1(plane, 0, taps, c.target, single);
                for (int x = 0; x < c.target; x++)
                {
                    if (BitConverter.SingleToInt32Bits(single[x]) != BitConverter.SingleToInt32Bits(interleaved[3 * x + channel])) return false;
                }
            }
            return true;
        });
}
