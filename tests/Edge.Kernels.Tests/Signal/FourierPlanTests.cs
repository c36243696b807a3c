using System.Numerics;
using Edge.Kernels.Signal;
using Xunit;

namespace Edge.Kernels.Tests.Signal;

public unsafe class FourierPlanTests
{
    /// <summary>Every length up to 70, then ones with each radix, many passes, and great prime factors.</summary>
    public static IEnumerable<TheoryDataRow<int>> Lengths() =>
        Enumerable.Range(1, 70).Concat([97, 128, 169, 243, 256, 320, 400, 480, 509, 512, 625, 1000, 1001, 1013, 1024, 2048]).Select(n => new TheoryDataRow<int>(n));

    [Theory]
    [MemberData(nameof(Lengths))]
    public void A_transform_is_its_definition(int n)
    {
        var random = new Random(n);
        Complex[] x = [.. Enumerable.Range(0, n).Select(_ => new Complex(random.NextDouble() * 2 - 1, random.NextDouble() * 2 - 1))];
        AssertClose(Definition(x), Transform(x));
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void The_transform_of_real_numbers_is_half_of_the_complex_one(int n)
    {
        var random = new Random(n);
        double[] x = [.. Enumerable.Range(0, n).Select(_ => random.NextDouble() * 2 - 1)];
        var plan = new RealFourierPlan(n);
        double[] re = [.. x], im = new double[n], scratch = new double[plan.ScratchDoubles];
        fixed (double* r = re, i = im, s = scratch) plan.Run(r, i, s);
        Complex[] half = [.. Enumerable.Range(0, n / 2 + 1).Select(k => new Complex(re[k], im[k]))];
        AssertClose([.. Definition([.. x.Select(v => new Complex(v, 0))]).Take(n / 2 + 1)], half);
    }

    [Fact]
    public void Parts_exchanged_it_is_the_inverse()
    {
        foreach (int n in (int[])[1, 12, 64, 97])
        {
            Complex[] x = [.. Enumerable.Range(0, n).Select(i => new Complex(i, -2 * i))];
            Complex[] back = [.. Transform([.. Transform(x).Select(v => new Complex(v.Imaginary, v.Real))]).Select(v => new Complex(v.Imaginary, v.Real) / n)];
            AssertClose(x, back);
        }
    }

    [Fact]
    public void A_length_without_elements_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new FourierPlan(0));

    private static Complex[] Transform(Complex[] x)
    {
        var plan = new FourierPlan(x.Length);
        double[] re = [.. x.Select(v => v.Real)], im = [.. x.Select(v => v.Imaginary)], scratch = new double[plan.ScratchDoubles];
        fixed (double* r = re, i = im, s = scratch) plan.Run(r, i, s);
        return [.. re.Zip(im, (a, b) => new Complex(a, b))];
    }

    private static Complex[] Definition(Complex[] x)
    {
        var y = new Complex[x.Length];
        for (int k = 0; k < y.Length; k++)
            for (int n = 0; n < x.Length; n++) y[k] += x[n] * Complex.FromPolarCoordinates(1, -2 * Math.PI * ((long)k * n % x.Length) / x.Length);
        return y;
    }

    private static void AssertClose(Complex[] expected, Complex[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double largest = expected.Max(v => v.Magnitude);
        for (int i = 0; i < expected.Length; i++)
            Assert.True((expected[i] - actual[i]).Magnitude <= 1e-12 * largest, $"element {i} is {actual[i]} instead of {expected[i]}");
    }
}
