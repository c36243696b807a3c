using Edge.Onnx;
using Edge.Runtime.Tests.Passes.Patterns;
using Xunit;

namespace Edge.Runtime.Tests.Passes;

public class ScaleShiftFusionTests
{
    [Fact]
    public void Constants_multiplied_and_added_are_one_step()
    {
        var g = new WrittenOut(17, 2, 3, 4, 5);
        string m = g.Node("Mul", [g.Node("Exp", ["x"]), g.Constant(1, 3, 1, 1)]);
        string a = g.Node("Sub", [g.Scalar(3), g.Node("Div", [g.Node("Add", [m, g.Constant(2, 1, 3, 1, 1)]), g.Scalar(2)])]);
        g.Becomes([g.Node("Neg", [a])], "Exp", "BatchNormalization", "Neg");
    }

    [Fact]
    public void A_batch_normalisation_takes_them_too()
    {
        var g = new WrittenOut(17, 2, 3, 4);
        string v = g.Node("Exp", [g.Constant(5, 3)]);
        string b = g.Node("BatchNormalization", ["x", g.Constant(2, 3), g.Constant(3, 3), g.Constant(4, 3), v]);
        g.Becomes([g.Node("Mul", [g.Scalar(2), b])], "BatchNormalization");
    }

    [Fact]
    public void They_follow_the_layout_of_the_convolutions_around_them()
    {
        var g = new WrittenOut(17, 1, 4, 5, 3);
        string c = g.Node("Relu", [g.Node("Conv", [g.Node("Transpose", ["x"], AttributeProto.Of("perm", [0L, 3, 1, 2])), g.Constant(1, 4, 3, 1, 1)])]);
        string s = g.Node("Add", [g.Node("Mul", [c, g.Constant(2, 4, 1, 1)]), g.Scalar(2)]);
        string y = g.Node("Conv", [s, g.Constant(3, 2, 4, 3, 3)], AttributeProto.Of("pads", [1L, 1, 1, 1]));
        g.Becomes([g.Node("Transpose", [y], AttributeProto.Of("perm", [0L, 2, 3, 1]))], "Conv", "BatchNormalization", "Conv");
    }

    [Theory]
    [InlineData("one step")]
    [InlineData("another axis")]
    [InlineData("larger")]
    [InlineData("read elsewhere")]
    [InlineData("divided into")]
    public void What_is_no_chain_of_constants_stays(string what)
    {
        var g = new WrittenOut(17, 2, 3, 4);
        string k = what switch { "another axis" => g.Constant(1, 4), "larger" => g.Constant(1, 2, 1, 3, 1), _ => g.Constant(1, 3, 1) };
        string m = what == "divided into" ? g.Node("Div", [k, g.Node("Exp", ["x"])]) : g.Node("Mul", ["x", k]);
        string y = what == "one step" ? g.Node("Neg", [m]) : g.Node("Add", [m, g.Scalar(2)]);
        string[] outputs = what == "read elsewhere" ? [y, g.Node("Neg", [m])] : [y];
        g.Becomes(outputs, what switch
        {
            "one step" => ["Mul", "Neg"],
            "read elsewhere" => ["Mul", "Add", "Neg"],
            "divided into" => ["Exp", "Div", "Add"],
            _ => ["Mul", "Add"],
        });
    }
}
