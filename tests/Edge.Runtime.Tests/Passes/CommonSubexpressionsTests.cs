using Edge.Onnx;
using Edge.Runtime.Tests.Passes.Patterns;
using Xunit;

namespace Edge.Runtime.Tests.Passes;

public class CommonSubexpressionsTests
{
    private static AttributeProto Axis(long axis) => AttributeProto.Of("axis", axis);

    [Fact]
    public void What_is_computed_twice_is_computed_once()
    {
        var g = new WrittenOut(17, 2, 3);
        string a = g.Node("Add", [g.Node("Softmax", ["x"], Axis(1)), g.Scalar(2)]), b = g.Node("Add", [g.Node("Softmax", ["x"], Axis(1)), g.Scalar(2)]);
        g.Becomes([g.Node("Concat", [a, b], Axis(1))], "Softmax", "Add", "Concat");
    }

    [Fact]
    public void Another_attribute_constant_or_order_is_another_result()
    {
        var g = new WrittenOut(17, 3, 3);
        string a = g.Node("Softmax", ["x"], Axis(0)), b = g.Node("Softmax", ["x"], Axis(1));
        string c = g.Node("Sub", [a, b]), d = g.Node("Sub", [b, a]), e = g.Node("Add", [a, g.Scalar(2)]), f = g.Node("Add", [a, g.Scalar(3)]);
        g.Becomes([g.Node("Concat", [c, d, e, f], Axis(1))], "Softmax", "Softmax", "Sub", "Sub", "Add", "Add", "Concat");
    }

    [Fact]
    public void Each_output_of_the_model_keeps_its_own_memory()
    {
        var g = new WrittenOut(17, 3, 3);
        g.Becomes([g.Node("Exp", ["x"]), g.Node("Exp", ["x"])], "Exp", "Exp");
    }
}
