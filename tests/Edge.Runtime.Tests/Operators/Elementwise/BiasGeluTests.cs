using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Elementwise;

public class BiasGeluTests
{
    private const string Microsoft = "com.microsoft";

    [Fact]
    public void Both_agree_with_ONNX_Runtime()
    {
        var draw = new Draw(1);
        Tensor x = draw.Float(2, 3, 37), bias = draw.Float(37);
        new OperatorCase("BiasGelu", 1, Microsoft).Input(x).Constant(bias).AgreesWithOnnxRuntime(1e-5, 1e-6);
        new OperatorCase("FastGelu", 1, Microsoft).Input(x).Input(bias).AgreesWithOnnxRuntime(1e-5, 2e-6);
        new OperatorCase("FastGelu", 1, Microsoft).Input(x).AgreesWithOnnxRuntime(1e-5, 2e-6);
    }

    [Fact]
    public void A_bias_of_another_length_is_refused() => Assert.Contains("bias [3] must be [4]",
        new OperatorCase("BiasGelu", 1, Microsoft).Input(Tensor.Create<float>(new Shape(2, 4))).Input(Tensor.Create<float>(new Shape(3))).Refusal(), StringComparison.Ordinal);
}
