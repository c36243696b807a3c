using Edge.Onnx;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.RandomNumbers;

public class RandomOperatorTests
{
    private const int Count = 20_000;

    [Fact]
    public void Uniform_numbers_fill_their_range_evenly()
    {
        double[] v = Numbers(Fill("RandomUniform", AttributeProto.Of("low", -2f), AttributeProto.Of("high", 6f)));
        Assert.All(v, x => Assert.InRange(x, -2, 6));
        // Eight bins of 2,500 each, give or take six standard deviations.
        foreach (var bin in v.GroupBy(x => Math.Floor(x)).Where(b => b.Key < 6)) Assert.InRange(bin.Count(), 2500 - 6 * 47, 2500 + 6 * 47);
    }

    [Fact]
    public void Normal_numbers_have_their_mean_and_deviation()
    {
        double[] v = Numbers(Fill("RandomNormal", AttributeProto.Of("mean", 3f), AttributeProto.Of("scale", 2f)));
        double mean = v.Average(), deviation = Math.Sqrt(v.Average(x => (x - mean) * (x - mean)));
        Assert.Equal(3, mean, 0.1);
        Assert.Equal(2, deviation, 0.1);
        Assert.Equal(0.683, v.Count(x => Math.Abs(x - 3) < 2) / (double)Count, 0.02);
    }

    [Fact]
    public void A_seed_says_which_numbers_are_drawn_and_every_run_draws_the_same()
    {
        Tensor one = Fill("RandomNormal", AttributeProto.Of("seed", 1f)), again = Fill("RandomNormal", AttributeProto.Of("seed", 1f)), two = Fill("RandomNormal", AttributeProto.Of("seed", 2f));
        TensorAssert.SameBits(one, again, "RandomNormal");
        Assert.False(one.Bytes.SequenceEqual(two.Bytes));
        TensorAssert.SameBits(Fill("RandomNormal"), Fill("RandomNormal"), "RandomNormal without a seed");
    }

    [Fact]
    public void Shape_and_type_may_be_those_of_an_input()
    {
        Tensor x = new Draw(1).Tensor(DataType.Float64, 0, 1, 3, 5);
        Assert.Equal((DataType.Float64, x.Shape), Kind(new OperatorCase("RandomNormalLike", 22).Input(x)));
        Assert.Equal((DataType.Float32, x.Shape), Kind(new OperatorCase("RandomUniformLike", 22).Input(x).With(AttributeProto.Of("dtype", (long)DataType.Float32))));
        Assert.Equal((DataType.Float16, x.Shape), Kind(new OperatorCase("RandomNormalLike", 22).Input(x).With(AttributeProto.Of("dtype", (long)DataType.Float16))));
        Assert.Contains("dtype int32 is not supported", new OperatorCase("RandomNormalLike", 22).Input(x).With(AttributeProto.Of("dtype", (long)DataType.Int32)).Refusal());
    }

    [Fact]
    public void Bernoulli_draws_ones_as_often_as_it_should()
    {
        Tensor p = Tensor.Create(DataType.Float32, new Shape(3, Count));
        for (int i = 0; i < p.Count; i++) p.AsSpan<float>()[i] = (i / Count) switch { 0 => 0, 1 => 0.3f, _ => 1 };
        foreach (DataType type in (DataType[])[DataType.Float32, DataType.Bool, DataType.Int64])
        {
            Tensor y = new OperatorCase("Bernoulli", 15).Input(p).With(AttributeProto.Of("dtype", (long)type)).OnEveryIsa()[0];
            Assert.Equal(type, y.Type);
            double[] v = [.. Enumerable.Range(0, y.Count).Select(i => TensorAssert.At(y, i))];
            Assert.All(v[..Count], x => Assert.Equal(0, x));
            Assert.Equal(0.3, v[Count..(2 * Count)].Average(), 0.02);
            Assert.All(v[(2 * Count)..], x => Assert.Equal(1, x));
        }
    }

    [Fact]
    public void Multinomial_draws_each_class_as_often_as_it_should()
    {
        // 0.1, 0.6 and 0.3, then only the first class; not normalised.
        Tensor logits = Tensor.Create<float>(new Shape(2, 3), [MathF.Log(1), MathF.Log(6), MathF.Log(3), 5, float.NegativeInfinity, -1000]);
        foreach (DataType type in (DataType[])[DataType.Int32, DataType.Int64])
        {
            Tensor y = new OperatorCase("Multinomial", 7).Input(logits).With(AttributeProto.Of("sample_size", (long)Count), AttributeProto.Of("dtype", (long)type)).OnEveryIsa()[0];
            double[] v = [.. Enumerable.Range(0, y.Count).Select(i => TensorAssert.At(y, i))];
            for (int k = 0; k < 3; k++) Assert.Equal(new[] { 0.1, 0.6, 0.3 }[k], v[..Count].Count(x => x == k) / (double)Count, 0.02);
            Assert.All(v[Count..], x => Assert.Equal(0, x));
        }
    }

    private static Tensor Fill(string opType, params AttributeProto[] attributes) =>
        new OperatorCase(opType, 22).With(AttributeProto.Of("shape", [(long)Count])).With(attributes).OnEveryIsa()[0];

    private static (DataType Type, Shape Shape) Kind(OperatorCase test) => test.OnEveryIsa()[0] is var y ? (y.Type, y.Shape) : default;

    private static double[] Numbers(Tensor t) => Array.ConvertAll(t.AsSpan<float>().ToArray(), v => (double)v);
}
