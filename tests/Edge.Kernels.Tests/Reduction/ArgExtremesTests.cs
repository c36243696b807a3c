using System.Numerics;
using Edge.Kernels.Reduction;
using Xunit;

namespace Edge.Kernels.Tests.Reduction;

public unsafe class ArgExtremesTests
{
    private static readonly int[] s_lengths = [1, 2, 7, 8, 9, 15, 16, 17, 21, 31, 32, 33, 64, 100];

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public void Rows_and_columns_of_numbers_have_the_place_that_looking_at_one_by_one_finds(bool greatest, bool last)
    {
        // Few values: ties, both zeros among them. Then infinities and NaN, at any place.
        float[] values = [-1, -0f, 0, 2, 3, float.PositiveInfinity, float.NegativeInfinity, float.NaN];
        foreach (int kinds in (int[])[5, 7, 8]) Check(greatest, last, (float[] x, Random random) => { for (int i = 0; i < x.Length; i++) x[i] = values[random.Next(kinds)]; });
        Check(greatest, last, (float[] x, Random random) => { for (int i = 0; i < x.Length; i++) x[i] = random.NextSingle() - 0.5f; });
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public void So_have_bytes_and_wider_integers(bool greatest, bool last)
    {
        foreach (bool few in (bool[])[true, false]) Check(greatest, last, few);
    }

    private static void Check(bool greatest, bool last, bool few)
    {
        Check(greatest, last, (byte[] x, Random random) => { for (int i = 0; i < x.Length; i++) x[i] = (byte)(few ? 126 + random.Next(4) : random.Next(256)); });
        Check(greatest, last, (sbyte[] x, Random random) => { for (int i = 0; i < x.Length; i++) x[i] = (sbyte)(few ? random.Next(4) - 2 : random.Next(256)); });
        Check(greatest, last, (int[] x, Random random) => { for (int i = 0; i < x.Length; i++) x[i] = few ? random.Next(4) - 2 : random.Next(); });
    }

    private static void Check<T>(bool greatest, bool last, Action<T[], Random> fill) where T : unmanaged, INumber<T>
    {
        var random = new Random(1);
        foreach (int length in s_lengths)
            foreach (int inner in (int[])[1, 2, 15, 16, 17, 40])
            {
                const int outer = 3;
                var x = new T[outer * length * inner];
                fill(x, random);
                long[] y = new long[outer * inner + 1];
                Array.Fill(y, -7);
                // As threads cut it: anywhere.
                int cut = random.Next(outer * inner);
                fixed (T* from = x)
                fixed (long* to = y)
                {
                    ArgExtremes.Run(from, to, 0, cut, length, inner, greatest, last);
                    ArgExtremes.Run(from, to, cut, outer * inner, length, inner, greatest, last);
                }

                for (int set = 0; set < outer * inner; set++)
                    Assert.True(Place(x.AsSpan(set / inner * length * inner + set % inner), length, inner, greatest, last) == y[set], $"{typeof(T).Name}, {length} of stride {inner}: set {set}");
                Assert.Equal(-7, y[^1]);
            }
    }

    private static int Place<T>(ReadOnlySpan<T> x, int length, int stride, bool greatest, bool last) where T : INumber<T>
    {
        int place = 0;
        for (int k = 1; k < length; k++)
        {
            T v = x[k * stride], extreme = x[place * stride];
            if (greatest ? v > extreme : v < extreme) place = k;
            else if (last && v == extreme) place = k;
        }

        return place;
    }
}
