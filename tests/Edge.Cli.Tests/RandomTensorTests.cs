using Edge.Quantization.Metrics;
using Edge.Cli.Commands;
using Edge.Tensors;

namespace Edge.Cli.Tests;

public sealed class RandomTensorTests
{
    public static IEnumerable<TheoryDataRow<DataType>> Types => Enum.GetValues<DataType>().Where(t => t.Size() > 0 && t != DataType.String).Select(t => new TheoryDataRow<DataType>(t));

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_numeric_type_gets_finite_values_that_differ(DataType type)
    {
        Tensor t = RandomTensors.Create(type, new Shape(64), new Random(1));
        Assert.True(t.Bytes.ContainsAnyExcept(t.Bytes[0]));
        if (type.PackedBits() > 0) return;
        Assert.All(TensorNumbers.Of(t), v => Assert.InRange(v, -128, 255));
    }
}
