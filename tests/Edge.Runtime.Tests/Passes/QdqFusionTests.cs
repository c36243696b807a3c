using Edge.Onnx;
using Edge.Runtime.Tests.Sessions;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Passes;

/// <summary>What is fused, and that it computes what the model says, to within one step of the last scale (0.05).</summary>
public class QdqFusionTests
{
    private const float Last = 0.05f;

    public static TheoryData<DataType> Types { get; } = new(DataType.UInt8, DataType.Int8);

    private static void AssertFuses(ModelProto proto, Tensor input, params string[] plan)
    {
        Assert.Equal(plan, QdqGraph.Plan(proto));
        // One step of the range that random inputs take.
        EngineComparison.AssertWithinStep(proto, [input], Last);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_convolution_and_its_clipping_become_one_integer_operator(DataType type)
    {
        var g = new QdqGraph(type, 1, 3, 6, 5);
        string c = g.Node("Conv", [g.Round("x"), g.Weights(1, 4, 3, 3, 3)], AttributeProto.Of("pads", [1L, 1, 1, 1]));
        var proto = g.Build(g.Round(g.Node("Relu", [c]), Last, 20));
        AssertFuses(proto, QdqGraph.Input(1, 3, 6, 5), "QuantizeLinear", "QLinearConv", "DequantizeLinear");
    }

    [Fact]
    public void A_convolution_whose_result_stays_float_multiplies_integers_all_the_same()
    {
        var g = new QdqGraph(DataType.UInt8, 1, 3, 6, 5);
        var proto = g.Build(g.Node("Conv", [g.Round("x"), g.Weights(1, 4, 3, 3, 3)]));
        AssertFuses(proto, QdqGraph.Input(1, 3, 6, 5), "QuantizeLinear", "QConvFloat");
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_product_of_two_activations_multiplies_integers(DataType type)
    {
        var g = new QdqGraph(type, 2, 3, 5, 8);
        string a = g.Round("x"), b = g.Round(g.Node("Tanh", [a]), 0.008f, 128);
        string t = g.Node("Transpose", [b], AttributeProto.Of("perm", [0L, 1, 3, 2]));
        var proto = g.Build(g.Round(g.Node("Relu", [g.Node("MatMul", [a, t])]), Last));
        AssertFuses(proto, QdqGraph.Input(2, 3, 5, 8), "QuantizeLinear", "Lookup", "QLinearMatMul", "DequantizeLinear");
    }

    [Fact]
    public void A_product_of_two_activations_that_stays_float_computes_in_float()
    {
        var g = new QdqGraph(DataType.UInt8, 2, 5, 5);
        string a = g.Round("x"), b = g.Round(g.Node("Tanh", [a]), 0.008f, 128);
        var proto = g.Build(g.Node("MatMul", [a, b]));
        Assert.Equal(["QuantizeLinear", "DequantizeLinear", "Lookup", "DequantizeLinear", "MatMul"], QdqGraph.Plan(proto));
        EngineComparison.AssertAgrees(proto, [QdqGraph.Input(2, 5, 5)]);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_product_with_weights_becomes_an_integer_convolution_over_rows(DataType type)
    {
        var g = new QdqGraph(type, 6, 8);
        var proto = g.Build(g.Round(g.Node("Gemm", [g.Round("x"), g.Weights(1, 5, 8)], AttributeProto.Of("transB", 1L)), Last));
        AssertFuses(proto, QdqGraph.Input(6, 8), "QuantizeLinear", "QLinearConv", "DequantizeLinear");
    }

    [Fact]
    public void Movement_passes_integers_through()
    {
        var g = new QdqGraph(DataType.UInt8, 1, 4, 6, 6);
        string p = g.Node("MaxPool", [g.Round("x")], AttributeProto.Of("kernel_shape", [2L, 2]), AttributeProto.Of("strides", [2L, 2]));
        string r = g.Node("Reshape", [g.Round(p), g.Constant([1L, -1])]);
        AssertFuses(g.Build(g.Round(r)), QdqGraph.Input(1, 4, 6, 6), "QuantizeLinear", "MaxPool", "DequantizeLinear");
    }

    [Fact]
    public void Heads_are_taken_back_to_the_models_layout_as_bytes_and_where_they_are_concatenated()
    {
        var g = new QdqGraph(DataType.UInt8, 1, 3, 6, 5);
        string x = g.Round("x");
        string Head(int seed, long channels) => g.Round(g.Node("Conv", [x, g.Weights(seed, channels, 3, 3, 3)], AttributeProto.Of("pads", [1L, 1, 1, 1])), Last, 90 + seed);
        ModelProto proto = g.Build(g.Node("Reshape", [g.Node("Concat", [Head(1, 4), Head(2, 7)], AttributeProto.Of("axis", 1L)), g.Constant([1L, 11, -1])]));
        AssertFuses(proto, QdqGraph.Input(1, 3, 6, 5), "QuantizeLinear", "QLinearConv", "DequantizeLinear", "QLinearConv", "DequantizeLinear");
        using var session = new InferenceSession(Model.FromProto(proto, "test"));
        // Of the input and of each head.
        Assert.Equal(["transpose_1", "transpose_1", "transpose_1"], session.Describe().Steps.Where(s => s.OpType == "Transpose").Select(s => s.Kernel));
    }

    [Theory]
    [InlineData("ArgMax", 1L)]
    [InlineData("ArgMin", 2L)]
    public void The_place_of_an_extreme_is_that_of_the_integer(string op, long axis)
    {
        foreach (DataType type in (DataType[])[DataType.UInt8, DataType.Int8])
        {
            var g = new QdqGraph(type, 1, 21, 6, 6);
            ModelProto proto = g.Build(g.Node(op, [g.Round("x")], AttributeProto.Of("axis", axis)));
            Assert.Equal(["QuantizeLinear", op], QdqGraph.Plan(proto));
            EngineComparison.AssertAgrees(proto, [QdqGraph.Input(1, 21, 6, 6)]);
        }
    }

    [Fact]
    public void Movement_with_other_parameters_behind_it_requantizes()
    {
        var g = new QdqGraph(DataType.UInt8, 1, 4, 6, 6);
        string p = g.Node("MaxPool", [g.Round("x")], AttributeProto.Of("kernel_shape", [2L, 2]));
        AssertFuses(g.Build(g.Round(p, Last, 90)), QdqGraph.Input(1, 4, 6, 6), "QuantizeLinear", "MaxPool", "Requantize", "DequantizeLinear");
    }

    [Theory]
    [InlineData("Add")]
    [InlineData("Mul")]
    public void Arithmetic_between_two_tensors_becomes_its_integer_form(string op)
    {
        var g = new QdqGraph(DataType.UInt8, 1, 4, 6, 6);
        string a = g.Round("x"), b = g.Round(g.Node("Relu", [a]), 0.01f, 0);
        var proto = g.Build(g.Round(g.Node(op, [a, b]), Last));
        AssertFuses(proto, QdqGraph.Input(1, 4, 6, 6), "QuantizeLinear", "Lookup", "QLinear" + op, "DequantizeLinear");
    }

    [Fact]
    public void Any_function_of_one_tensor_becomes_a_table()
    {
        var g = new QdqGraph(DataType.Int8, 2, 50);
        string x = g.Round("x");
        string silu = g.Node("Mul", [x, g.Node("Sigmoid", [x])]);
        string scaled = g.Node("Add", [g.Node("Mul", [silu, g.Constant(0.5f)]), g.Constant(0.25f)]);
        AssertFuses(g.Build(g.Round(scaled, Last)), QdqGraph.Input(2, 50), "QuantizeLinear", "Lookup", "DequantizeLinear");
    }

    [Fact]
    public void Concatenation_takes_inputs_of_different_scales()
    {
        var g = new QdqGraph(DataType.UInt8, 1, 4, 5, 5);
        string a = g.Round("x"), b = g.Round(g.Node("Tanh", [a]), 0.008f, 128);
        AssertFuses(g.Build(g.Round(g.Node("Concat", [a, b], AttributeProto.Of("axis", 1L)), Last, 110)),
            QdqGraph.Input(1, 4, 5, 5), "QuantizeLinear", "Lookup", "QLinearConcat", "DequantizeLinear");
    }

    [Fact]
    public void Global_average_pooling_becomes_its_integer_form()
    {
        var g = new QdqGraph(DataType.UInt8, 1, 4, 5, 5);
        AssertFuses(g.Build(g.Round(g.Node("GlobalAveragePool", [g.Round("x")]), 0.01f, 100)), QdqGraph.Input(1, 4, 5, 5),
            "QuantizeLinear", "QLinearGlobalAveragePool", "DequantizeLinear");
    }

    [Fact]
    public void What_has_no_integer_form_computes_in_float()
    {
        var g = new QdqGraph(DataType.UInt8, 1, 8);
        var proto = g.Build(g.Round(g.Node("Softmax", [g.Round("x")]), 1f / 256, 0));
        AssertFuses(proto, QdqGraph.Input(1, 8), "QuantizeLinear", "DequantizeLinear", "Softmax", "QuantizeLinear", "DequantizeLinear");
    }

    [Fact]
    public void A_float_reader_in_between_keeps_the_float_value()
    {
        var g = new QdqGraph(DataType.UInt8, 1, 3, 6, 5);
        string c = g.Node("Conv", [g.Round("x"), g.Weights(1, 4, 3, 3, 3)]);
        string rounded = g.Round(c, Last);
        var proto = g.Build(g.Node("Add", [c, rounded]));
        EngineComparison.AssertWithinStep(proto, [QdqGraph.Input(1, 3, 6, 5)], Last);
    }
}
