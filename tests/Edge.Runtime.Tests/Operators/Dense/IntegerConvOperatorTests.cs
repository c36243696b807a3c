using Edge.Onnx;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Dense;

/// <summary>Integer convolutions against their definition, byte for byte, and against ONNX Runtime.</summary>
public class IntegerConvOperatorTests
{
    public static IEnumerable<TheoryDataRow<int>> Seeds(int count) => Enumerable.Range(1, count).Select(i => new TheoryDataRow<int>(i));

    [Theory]
    [MemberData(nameof(Seeds), 60)]
    public void QLinearConv_is_its_definition_on_every_instruction_set(int seed)
    {
        var draw = new Draw(seed);
        var operands = QuantizedConvOperands.Random(draw);
        OperatorCase test = operands.QLinearConv(parametersAtRunTime: draw.Int(0, 3) == 0);
        test.EverywhereWith([operands.Requantized()]);
    }

    [Theory]
    [MemberData(nameof(Seeds), 20)]
    public void QLinearConv_agrees_with_ONNX_Runtime_within_a_step(int seed)
    {
        var draw = new Draw(seed + 1000);
        var operands = QuantizedConvOperands.Random(draw, oracle: true);
        Tensor ours = operands.QLinearConv(parametersAtRunTime: false).Run()[0];
        Tensor theirs = operands.QLinearConv(parametersAtRunTime: false).RunOnnxRuntime()[0];
        int differ = TensorAssert.Close(theirs, ours, 0, 0, steps: 1);
        Assert.True(differ <= ours.Count / 100, $"{differ} of {ours.Count} differ");
    }

    [Theory]
    [MemberData(nameof(Seeds), 40)]
    public void ConvInteger_is_its_definition_whether_or_not_the_zero_point_is_known(int seed)
    {
        var draw = new Draw(seed + 2000);
        var operands = QuantizedConvOperands.Random(draw);
        operands.ConvInteger(zeroPointAtRunTime: draw.Int(0, 1) == 0, weightsAtRunTime: draw.Int(0, 3) == 0).EverywhereWith([operands.Accumulators()]);
    }

    [Fact]
    public void A_wrong_number_of_weight_scales_is_refused()
    {
        Tensor x = Tensor.Create<byte>(new Shape(1, 2, 4, 4)), w = Tensor.Create<sbyte>(new Shape(4, 2, 1, 1));
        string message = new OperatorCase("QLinearConv").Input(x).Constant(Draw.Scalar(1)).Constant(Draw.Zero(DataType.UInt8, 0))
            .Constant(w).Constant(Tensor.Create<float>(new Shape(3))).Constant(Draw.Zero(DataType.Int8, 0))
            .Constant(Draw.Scalar(1)).Constant(Draw.Zero(DataType.UInt8, 0)).Refusal();
        Assert.Equal("QLinearConv 'QLinearConv_0': w_scale of shape [3] is not supported; supported: one number, or one for each of 4 output channels", message);
    }
}
