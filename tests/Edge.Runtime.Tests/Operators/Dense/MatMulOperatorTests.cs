using Edge.Onnx;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Dense;

public class MatMulOperatorTests
{
    private const double Close = 2e-5;

    public static IEnumerable<TheoryDataRow<int>> Seeds(int count) => Enumerable.Range(1, count).Select(i => new TheoryDataRow<int>(i));

    [Theory]
    [MemberData(nameof(Seeds), 40)]
    public void A_random_product_agrees_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(seed);
        var (a, b) = Operands(draw);
        OperatorCase test = new OperatorCase("MatMul").Input(draw.Tensor(DataType.Float32, -1, 1, a));
        Tensor right = draw.Tensor(DataType.Float32, -1, 1, b);
        test = draw.Int(0, 1) == 0 ? test.Constant(right) : test.Input(right);
        test.EverywhereWithOnnxRuntime(Close, Close * 40);
    }

    [Theory]
    [MemberData(nameof(Seeds), 60)]
    public void A_random_Gemm_agrees_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(seed);
        int m = draw.Int(1, 9), k = draw.Int(1, 40), n = draw.Int(1, 33);
        bool transA = draw.Int(0, 1) == 0, transB = draw.Int(0, 1) == 0;
        OperatorCase test = new OperatorCase("Gemm", opset: draw.Int(0, 1) == 0 ? 7 : 13).Input(draw.Tensor(DataType.Float32, -1, 1, transA ? [k, m] : [m, k]));
        Tensor b = draw.Tensor(DataType.Float32, -1, 1, transB ? [n, k] : [k, n]);
        test = draw.Int(0, 1) == 0 ? test.Constant(b) : test.Input(b);
        int[][] shapes = [[m, n], [n], [1, n], [m, 1], [1], []];
        Tensor c = draw.Tensor(DataType.Float32, -1, 1, shapes[draw.Int(0, 5)]);
        test = draw.Int(0, 1) == 0 ? test.Constant(c) : test.Input(c);
        test.With(AttributeProto.Of("transA", transA ? 1L : 0), AttributeProto.Of("transB", transB ? 1L : 0));
        if (draw.Int(0, 1) == 0) test.With(AttributeProto.Of("alpha", 0.5f), AttributeProto.Of("beta", draw.Int(0, 2) == 0 ? 0f : -1.5f));
        test.EverywhereWithOnnxRuntime(Close, Close * k);
    }

    [Theory]
    [InlineData(DataType.Float64)]
    [InlineData(DataType.Int32)]
    [InlineData(DataType.Int64)]
    public void Products_of_other_types_agree_with_ONNX_Runtime(DataType type)
    {
        var draw = new Draw(1);
        new OperatorCase("MatMul").Input(draw.Tensor(type, -9, 9, 2, 3, 4)).Input(draw.Tensor(type, -9, 9, 4, 5)).EverywhereWithOnnxRuntime(1e-12, 1e-12);
    }

    [Fact]
    public void A_product_over_nothing_is_zero() =>
        new OperatorCase("MatMul").Input(Tensor.Create<float>(new Shape(3, 0))).Input(Tensor.Create<float>(new Shape(0, 2)))
            .EverywhereWith([Tensor.Create<float>(new Shape(3, 2))]);

    [Fact]
    public void Operands_that_do_not_fit_are_refused()
    {
        string message = new OperatorCase("MatMul").Input(Tensor.Create<float>(new Shape(3, 4))).Input(Tensor.Create<float>(new Shape(5, 2))).Refusal();
        Assert.Equal("MatMul 'MatMul_0': [3,4] and [5,2] cannot be multiplied: inner dimensions 4 and 5 differ", message);
    }

    private static (int[] A, int[] B) Operands(Draw draw)
    {
        int m = draw.Int(1, 9), k = draw.Int(1, 40), n = draw.Int(1, 33), p = draw.Int(2, 4), q = draw.Int(2, 5);
        return draw.Int(0, 8) switch
        {
            0 => ([k], [k, n]),
            1 => ([m, k], [k]),
            2 => ([k], [k]),
            3 => ([p, m, k], [k, n]),
            4 => ([p, m, k], [p, k, n]),
            5 => ([p, 1, m, k], [1, q, k, n]),
            6 => ([q, m, k], [p, q, k, n]),
            7 => ([p, q, m, k], [k]),
            _ => ([m, k], [k, n]),
        };
    }
}
