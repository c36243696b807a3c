using Edge.Onnx;
using Xunit;

namespace Edge.Runtime.Tests.Passes.Patterns;

public class ActivationPatternTests
{
    private static readonly float s_root2 = MathF.Sqrt(2);

    private static WrittenOut Graph(int opset = 17) => new(opset, 2, 3, 5);

    private static string Gate(WrittenOut g, string function, string inner) => g.Node("Add", [g.Node(function, [inner]), g.Scalar(1)]);

    [Theory]
    [InlineData("half·x, gate")]
    [InlineData("x·gate, half")]
    [InlineData("x, half·gate")]
    [InlineData("gate·half, x")]
    [InlineData("gate·x, over two")]
    public void Gelu_is_seen_in_every_order_of_its_factors(string order)
    {
        var g = Graph();
        string gate = Gate(g, "Erf", g.Node("Div", ["x", g.Scalar(s_root2)])), half = g.Scalar(0.5f);
        string y = order switch
        {
            "half·x, gate" => g.Node("Mul", [g.Node("Mul", [half, "x"]), gate]),
            "x·gate, half" => g.Node("Mul", [g.Node("Mul", ["x", gate]), half]),
            "x, half·gate" => g.Node("Mul", ["x", g.Node("Mul", [half, gate])]),
            "gate·half, x" => g.Node("Mul", [g.Node("Mul", [gate, half]), "x"]),
            _ => g.Node("Div", [g.Node("Mul", [gate, "x"]), g.Scalar(2)]),
        };
        g.Becomes([y], "Gelu");
    }

    [Fact]
    public void Gelu_of_a_scaled_value_is_told_from_its_own_constants()
    {
        var g = Graph();
        string x = g.Node("Mul", [g.Node("Tanh", ["x"]), g.Scalar(3)]);
        string gate = Gate(g, "Erf", g.Node("Mul", [g.Scalar(1 / s_root2), x]));
        g.Becomes([g.Node("Mul", [g.Node("Mul", [x, gate]), g.Scalar(0.5f)])], "Tanh", "Mul", "Gelu");
    }

    [Theory]
    [InlineData("Pow")]
    [InlineData("Mul")]
    [InlineData("square")]
    public void Gelu_approximated_by_tanh_is_seen(string cube)
    {
        var g = Graph();
        string c = g.Scalar(0.044715f);
        string inner = cube switch
        {
            "Pow" => g.Node("Add", ["x", g.Node("Mul", [c, g.Node("Pow", ["x", g.Scalar(3)])])]),
            "Mul" => g.Node("Add", [g.Node("Mul", [g.Node("Mul", [g.Node("Mul", ["x", "x"]), "x"]), c]), "x"]),
            _ => g.Node("Mul", ["x", g.Node("Add", [g.Scalar(1), g.Node("Mul", [c, g.Node("Pow", ["x", g.Scalar(2)])])])]),
        };
        string gate = Gate(g, "Tanh", g.Node("Mul", [g.Scalar(0.7978846f), inner]));
        g.Becomes([g.Node("Mul", [g.Node("Mul", [g.Scalar(0.5f), "x"]), gate])], "Gelu");
    }

    [Theory]
    [InlineData(0.5f, 1.5f, 1)]
    [InlineData(0.4f, 1.4142135f, 1)]
    [InlineData(0.5f, 1.4142135f, 2)]
    public void Gelu_with_other_constants_is_another_function(float half, float root, float one)
    {
        var g = Graph();
        string gate = g.Node("Add", [g.Node("Erf", [g.Node("Div", ["x", g.Scalar(root)])]), g.Scalar(one)]);
        g.Becomes([g.Node("Mul", [g.Node("Mul", ["x", gate]), g.Scalar(half)])], "Div", "Erf", "Add", "Mul", "Mul");
    }

    [Fact]
    public void Gelu_of_one_value_gated_by_another_stays()
    {
        var g = Graph();
        string z = g.Node("Neg", ["x"]), gate = Gate(g, "Erf", g.Node("Div", ["x", g.Scalar(s_root2)]));
        g.Becomes([g.Node("Mul", [g.Node("Mul", [z, gate]), g.Scalar(0.5f)])], "Neg", "Div", "Erf", "Add", "Mul", "Mul");
    }

    [Fact]
    public void An_intermediate_value_that_is_read_elsewhere_keeps_the_nodes()
    {
        var g = Graph();
        string erf = g.Node("Erf", [g.Node("Div", ["x", g.Scalar(s_root2)])]);
        string y = g.Node("Mul", [g.Node("Mul", ["x", g.Node("Add", [erf, g.Scalar(1)])]), g.Scalar(0.5f)]);
        g.Becomes([y, g.Node("Neg", [erf])], "Div", "Erf", "Add", "Mul", "Mul", "Neg");
    }

    [Fact]
    public void An_intermediate_value_that_the_model_returns_keeps_the_nodes()
    {
        var g = Graph();
        string gate = g.Node("Sigmoid", ["x"]);
        g.Becomes([g.Node("Mul", ["x", gate]), gate], "Sigmoid", "Mul");
    }

    [Fact]
    public void Constants_that_make_the_result_larger_keep_the_nodes()
    {
        var g = new WrittenOut(17, 5);
        string y = g.Node("Mul", ["x", g.Node("Clip", [g.Node("Add", ["x", g.Constant(1, 1, 1)]), g.Scalar(0), g.Scalar(6)])]);
        g.Becomes([y], "Add", "Clip", "Mul");
    }

    [Theory]
    [InlineData(1f)]
    [InlineData(1.702f)]
    public void A_value_times_its_sigmoid_is_a_Swish(float alpha)
    {
        var g = Graph();
        string inner = alpha == 1 ? "x" : g.Node("Mul", ["x", g.Scalar(alpha)]);
        g.Becomes([g.Node("Mul", [g.Node("Sigmoid", [inner]), "x"])], "Swish");
    }

    [Fact]
    public void A_sigmoid_written_out_is_seen()
    {
        var g = Graph();
        string one = g.Scalar(1), logistic = g.Node("Add", [g.Node("Exp", [g.Node("Neg", ["x"])]), one]);
        g.Becomes([g.Node("Div", [one, logistic])], "Sigmoid");
    }

    [Fact]
    public void A_value_over_its_logistic_is_a_Swish()
    {
        var g = Graph();
        string logistic = g.Node("Add", [g.Scalar(1), g.Node("Exp", [g.Node("Mul", ["x", g.Scalar(-1)])])]);
        g.Becomes([g.Node("Div", ["x", logistic])], "Swish");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Mish_is_seen_with_its_softplus_written_out_or_not(bool whole)
    {
        var g = Graph();
        string softplus = whole ? g.Node("Softplus", ["x"]) : g.Node("Log", [g.Node("Add", [g.Node("Exp", ["x"]), g.Scalar(1)])]);
        g.Becomes([g.Node("Mul", ["x", g.Node("Tanh", [softplus])])], "Mish");
    }

    [Theory]
    [InlineData("x·clip, sixth")]
    [InlineData("x, clip·sixth")]
    [InlineData("x·sixth, clip")]
    [InlineData("HardSigmoid")]
    [InlineData("Relu and Min")]
    [InlineData("Max and Min")]
    public void HardSwish_is_seen_as_exporters_write_it(string form)
    {
        var g = Graph();
        string zero = g.Scalar(0), six = g.Scalar(6), sum = g.Node("Add", ["x", g.Scalar(3)]);
        string clip = form switch
        {
            "Relu and Min" => g.Node("Min", [g.Node("Relu", [sum]), six]),
            "Max and Min" => g.Node("Min", [g.Node("Max", [sum, zero]), six]),
            _ => g.Node("Clip", [sum, zero, six]),
        };
        string y = form switch
        {
            "x, clip·sixth" => g.Node("Mul", ["x", g.Node("Div", [clip, six])]),
            "x·sixth, clip" => g.Node("Mul", [g.Node("Mul", ["x", g.Scalar(1f / 6)]), clip]),
            "HardSigmoid" => g.Node("Mul", ["x", g.Node("HardSigmoid", ["x"], AttributeProto.Of("alpha", 1f / 6))]),
            _ => g.Node("Div", [g.Node("Mul", ["x", clip]), six]),
        };
        g.Becomes([y], "HardSwish");
    }

    [Theory]
    [InlineData(2.5f, 6)]
    [InlineData(3, 5)]
    public void HardSwish_with_other_constants_is_another_function(float offset, float top)
    {
        var g = Graph();
        string clip = g.Node("Clip", [g.Node("Add", ["x", g.Scalar(offset)]), g.Scalar(0), g.Scalar(top)]);
        g.Becomes([g.Node("Div", [g.Node("Mul", ["x", clip]), g.Scalar(6)])], "Add", "Clip", "Mul", "Div");
    }

    [Fact]
    public void HardSigmoid_written_out_takes_any_slope_and_offset()
    {
        var g = Graph();
        string line = g.Node("Add", [g.Node("Mul", ["x", g.Scalar(0.2f)]), g.Scalar(0.4f)]);
        g.Becomes([g.Node("Clip", [line, g.Scalar(0), g.Scalar(1)])], "HardSigmoid");
    }

    [Fact]
    public void Clipping_alone_stays_clipping()
    {
        var g = Graph();
        g.Becomes([g.Node("Clip", ["x", g.Scalar(0), g.Scalar(1)])], "Clip");
    }

    [Theory]
    [InlineData(0.1f, true)]
    [InlineData(0.3f, false)]
    public void The_greater_of_a_value_and_a_part_of_it_is_a_LeakyRelu(float alpha, bool first)
    {
        var g = Graph();
        string part = g.Node("Mul", ["x", g.Scalar(alpha)]);
        g.Becomes([g.Node("Max", first ? [part, "x"] : ["x", part])], "LeakyRelu");
    }

    [Theory]
    [InlineData(1.5f)]
    [InlineData(-0.5f)]
    public void The_greater_of_a_value_and_a_multiple_of_it_is_none(float alpha)
    {
        var g = Graph();
        g.Becomes([g.Node("Max", ["x", g.Node("Mul", ["x", g.Scalar(alpha)])])], "Mul", "Max");
    }

    [Theory]
    [InlineData("Swish")]
    [InlineData("HardSwish")]
    [InlineData("HardSigmoid")]
    public void What_was_written_out_moves_into_the_convolution_before_it(string activation)
    {
        var g = new WrittenOut(17, 1, 6, 5, 3);
        string c = g.Node("Conv", [g.Node("Transpose", ["x"], AttributeProto.Of("perm", [0L, 3, 1, 2])), g.Constant(1, 4, 3, 1, 1)]);
        string clip() => g.Node("Clip", [g.Node("Add", [c, g.Scalar(3)]), g.Scalar(0), g.Scalar(6)]);
        string y = activation switch
        {
            "Swish" => g.Node("Mul", [c, g.Node("Sigmoid", [c])]),
            "HardSwish" => g.Node("Div", [g.Node("Mul", [c, clip()]), g.Scalar(6)]),
            _ => g.Node("Div", [clip(), g.Scalar(6)]),
        };
        g.Becomes([g.Node("Transpose", [y], AttributeProto.Of("perm", [0L, 2, 3, 1]))], "Conv");
    }
}
