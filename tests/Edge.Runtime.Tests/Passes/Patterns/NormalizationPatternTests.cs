using Edge.Onnx;
using Xunit;

namespace Edge.Runtime.Tests.Passes.Patterns;

public class NormalizationPatternTests
{
    private const float Epsilon = 1e-3f;

    private static WrittenOut Graph(int opset = 17) => new(opset, 2, 3, 8);

    private static string Mean(WrittenOut g, string x, params long[] axes) => g.Node("ReduceMean", [x], AttributeProto.Of("axes", axes));

    private static string Deviation(WrittenOut g, params long[] axes) => g.Node("Sub", ["x", Mean(g, "x", axes)]);

    private static string Square(WrittenOut g, string d, bool pow) => pow ? g.Node("Pow", [d, g.Scalar(2)]) : g.Node("Mul", [d, d]);

    private static string Root(WrittenOut g, string variance) => g.Node("Sqrt", [g.Node("Add", [variance, g.Scalar(Epsilon)])]);

    private static string InverseRoot(WrittenOut g, string variance, string form) => form switch
    {
        "Reciprocal" => g.Node("Reciprocal", [Root(g, variance)]),
        "Div" => g.Node("Div", [g.Scalar(1), Root(g, variance)]),
        _ => g.Node("Pow", [g.Node("Add", [g.Scalar(Epsilon), variance]), g.Scalar(-0.5f)]),
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Layer_normalisation_as_PyTorch_writes_it(bool pow)
    {
        var g = Graph();
        string d = Deviation(g, -1);
        string n = g.Node("Div", [d, Root(g, Mean(g, Square(g, d, pow), -1))]);
        g.Becomes([g.Node("Add", [g.Node("Mul", [n, g.Constant(1, 8)]), g.Constant(2, 8)])], "LayerNormalization");
    }

    [Theory]
    [InlineData("Reciprocal")]
    [InlineData("Div")]
    [InlineData("Pow")]
    public void Layer_normalisation_that_multiplies_by_the_inverse(string form)
    {
        var g = Graph();
        string d = Deviation(g, 2);
        string n = g.Node("Mul", [InverseRoot(g, Mean(g, Square(g, d, pow: false), 2), form), d]);
        g.Becomes([g.Node("Add", [g.Constant(2, 8), g.Node("Mul", [g.Constant(1, 1, 1, 8), n])])], "LayerNormalization");
    }

    [Theory]
    [InlineData("Reciprocal")]
    [InlineData("Pow")]
    public void Layer_normalisation_as_Keras_writes_it(string form)
    {
        var g = Graph();
        string mean = Mean(g, "x", 2), d = g.Node("Sub", ["x", mean]);
        string s = g.Node("Mul", [InverseRoot(g, Mean(g, Square(g, d, pow: false), 2), form), g.Constant(1, 8)]);
        string shift = g.Node("Sub", [g.Constant(2, 8), g.Node("Mul", [mean, s])]);
        g.Becomes([g.Node("Add", [g.Node("Mul", ["x", s]), shift])], "LayerNormalization");
    }

    [Fact]
    public void The_mean_may_be_taken_twice_and_over_several_axes()
    {
        var g = Graph();
        string a = Deviation(g, -2, -1), b = Deviation(g, -2, -1);
        g.Becomes([g.Node("Div", [a, Root(g, Mean(g, Square(g, b, pow: true), 1, 2))])], "LayerNormalization");
    }

    [Fact]
    public void A_scale_without_an_offset_and_an_offset_without_a_scale_are_taken_over()
    {
        var g = Graph();
        string d = Deviation(g, -1), n = g.Node("Div", [d, Root(g, Mean(g, Square(g, d, pow: true), -1))]);
        string e = g.Node("Neg", ["x"]), f = g.Node("Sub", [e, Mean(g, e, -1)]), o = g.Node("Div", [f, Root(g, Mean(g, Square(g, f, pow: true), -1))]);
        g.Becomes([g.Node("Mul", [n, g.Constant(1, 8)]), g.Node("Add", [o, g.Constant(2, 8)])], "Neg", "LayerNormalization", "LayerNormalization");
    }

    [Fact]
    public void Axes_may_be_an_input()
    {
        var g = Graph(18);
        string d = g.Node("Sub", ["x", g.Node("ReduceMean", ["x", g.Ints(-1)])]);
        g.Becomes([g.Node("Div", [d, Root(g, g.Node("ReduceMean", [Square(g, d, pow: true), g.Ints(2)]))])], "LayerNormalization");
    }

    [Fact]
    public void Another_axis_than_the_last_stays_written_out()
    {
        var g = Graph();
        string d = Deviation(g, 1);
        g.Becomes([g.Node("Div", [d, Root(g, Mean(g, Square(g, d, pow: true), 1))])], "ReduceMean", "Sub", "Pow", "ReduceMean", "Add", "Sqrt", "Div");
    }

    [Fact]
    public void Means_over_different_axes_are_no_normalisation()
    {
        var g = Graph();
        string d = Deviation(g, 2);
        g.Becomes([g.Node("Div", [d, Root(g, Mean(g, Square(g, d, pow: false), 1, 2))])], "ReduceMean", "Sub", "RMSNormalization");
    }

    [Fact]
    public void A_deviation_that_the_model_returns_is_still_computed()
    {
        var g = Graph();
        string d = Deviation(g, 2);
        g.Becomes([g.Node("Div", [d, Root(g, Mean(g, Square(g, d, pow: false), 2))]), d], "ReduceMean", "Sub", "RMSNormalization");
    }

    [Fact]
    public void A_scale_that_a_run_brings_stays_a_product()
    {
        var g = Graph();
        string d = Deviation(g, 2);
        string n = g.Node("Div", [d, Root(g, Mean(g, Square(g, d, pow: false), 2))]);
        g.Becomes([g.Node("Mul", [n, g.Node("Neg", ["x"])])], "LayerNormalization", "Neg", "Mul");
    }

    [Theory]
    [InlineData("over the root")]
    [InlineData("Reciprocal")]
    [InlineData("Pow")]
    [InlineData("scale first")]
    public void Root_mean_square_normalisation_is_seen(string form)
    {
        var g = Graph();
        string square = Mean(g, Square(g, "x", pow: true), -1), gamma = g.Constant(1, 8);
        string y = form switch
        {
            "over the root" => g.Node("Mul", [g.Node("Div", ["x", Root(g, square)]), gamma]),
            "scale first" => g.Node("Mul", ["x", g.Node("Mul", [gamma, InverseRoot(g, square, "Reciprocal")])]),
            _ => g.Node("Mul", [gamma, g.Node("Mul", ["x", InverseRoot(g, square, form)])]),
        };
        g.Becomes([g.Node("Add", [y, g.Constant(2, 8)])], "RMSNormalization", "Add");
    }
}
