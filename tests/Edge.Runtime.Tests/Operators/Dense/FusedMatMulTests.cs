using Edge.Onnx;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Dense;

public class FusedMatMulTests
{
    private const double Close = 2e-5;
    private const string Microsoft = "com.microsoft";

    [Theory]
    [MemberData(nameof(MatMulOperatorTests.Seeds), 40, MemberType = typeof(MatMulOperatorTests))]
    public void A_random_product_agrees_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(seed);
        int m = draw.Int(1, 9), k = draw.Int(1, 30), n = draw.Int(1, 33), p = draw.Int(2, 4), q = draw.Int(1, 3);
        bool transA = draw.Int(0, 1) == 0, transB = draw.Int(0, 1) == 0, batchA = draw.Int(0, 3) == 0, batchB = draw.Int(0, 3) == 0;
        int[] a = transA ? [k, m] : [m, k], b = transB ? [n, k] : [k, n];
        // Weights alone, a matrix for each product, or one that repeats; ONNX Runtime exchanges axes only of equal ranks.
        int[] batch = batchA || batchB ? [p, q] : draw.Int(0, 2) switch { 0 => [], 1 => [p, q], _ => [q] };
        a = batchA ? [a[0], p, q, a[1]] : [p, q, .. a];
        b = batchB ? [b[0], .. batch, b[1]] : [.. batch, .. b];
        var test = new OperatorCase("FusedMatMul", 1, Microsoft).Input(draw.Tensor(DataType.Float32, -1, 1, a));
        Tensor right = draw.Tensor(DataType.Float32, -1, 1, b);
        test = draw.Int(0, 1) == 0 ? test.Constant(right) : test.Input(right);
        test.With(AttributeProto.Of("transA", transA ? 1L : 0), AttributeProto.Of("transB", transB ? 1L : 0));
        if (batchA || batchB) test.With(AttributeProto.Of("transBatchA", batchA ? 1L : 0), AttributeProto.Of("transBatchB", batchB ? 1L : 0));
        if (draw.Int(0, 1) == 0) test.With(AttributeProto.Of("alpha", -0.7f));
        test.EverywhereWithOnnxRuntime(Close, Close * 40);
    }

    [Fact]
    public void TransposeMatMul_is_its_former_name()
    {
        var draw = new Draw(1);
        Tensor a = draw.Float(2, 4, 3), b = draw.Float(2, 5, 4);
        AttributeProto[] attributes = [AttributeProto.Of("transA", 1L), AttributeProto.Of("transB", 1L), AttributeProto.Of("alpha", 2f)];
        Tensor expected = new OperatorCase("FusedMatMul", 1, Microsoft).Input(a).Input(b).With(attributes).Run()[0];
        TensorAssert.SameBits(expected, new OperatorCase("TransposeMatMul", 1, Microsoft).Input(a).Input(b).With(attributes).Run()[0], "TransposeMatMul");
        Assert.Equal(new Shape(2, 3, 5), expected.Shape);
    }

    [Fact]
    public void Operands_that_do_not_fit_are_refused() => Assert.Contains("[4,3] and [4,5] cannot be multiplied: inner dimensions 3 and 4 differ",
        new OperatorCase("FusedMatMul", 1, Microsoft).Input(Tensor.Create<float>(new Shape(3, 4))).Input(Tensor.Create<float>(new Shape(4, 5))).With(AttributeProto.Of("transA", 1L)).Refusal(),
        StringComparison.Ordinal);
}
