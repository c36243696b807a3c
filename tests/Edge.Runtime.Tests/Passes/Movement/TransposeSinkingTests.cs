using Edge.Onnx;
using Edge.Runtime.Tests.Passes.Patterns;
using Edge.Runtime.Tests.Sessions;
using Xunit;

namespace Edge.Runtime.Tests.Passes.Movement;

public class TransposeSinkingTests
{
    private static readonly AttributeProto s_there = AttributeProto.Of("perm", [0L, 3, 1, 2]);
    private static readonly AttributeProto s_back = AttributeProto.Of("perm", [0L, 2, 3, 1]);

    private static WrittenOut Graph() => new(17, 2, 4, 5, 3);

    [Fact]
    public void Transpositions_around_elementwise_steps_cancel()
    {
        var g = Graph();
        string t = g.Node("Exp", [g.Node("Transpose", ["x"], s_there)]);
        string c = g.Node("Clip", [g.Node("Mul", [t, g.Constant(1, 4, 5)]), g.Scalar(0), g.Scalar(1)]);
        string p = g.Node("PRelu", [g.Node("Sub", [g.Constant(2, 3, 1, 1), c]), g.Constant(3, 3, 1, 5)]);
        g.Becomes([g.Node("Transpose", [p], s_back)], "Exp", "Mul", "Clip", "Sub", "PRelu");
    }

    [Fact]
    public void Transpositions_that_do_not_cancel_are_one_copy()
    {
        var g = Graph();
        string t = g.Node("Exp", [g.Node("Transpose", ["x"], s_there)]);
        g.Becomes([g.Node("Neg", [g.Node("Transpose", [t], AttributeProto.Of("perm", [1L, 0, 2, 3]))])], "Exp", "Transpose", "Neg");
    }

    [Fact]
    public void Of_many_transpositions_on_the_way_none_is_left()
    {
        var g = Graph();
        string at = "x";
        for (int i = 0; i < 6; i++) at = g.Node(i % 2 == 0 ? "Tanh" : "Neg", [g.Node("Transpose", [at], i % 2 == 0 ? s_there : s_back)]);
        g.Becomes([at], "Tanh", "Neg", "Tanh", "Neg", "Tanh", "Neg");
    }

    [Fact]
    public void A_transposition_that_no_other_follows_stays_where_it_is()
    {
        var g = Graph();
        string t = g.Node("Exp", [g.Node("Transpose", ["x"], s_there)]);
        g.Becomes([g.Node("Softmax", [t], AttributeProto.Of("axis", 1L))], "Transpose", "Exp", "Softmax");
    }

    [Fact]
    public void What_others_read_on_the_way_keeps_its_order()
    {
        var g = Graph();
        string t = g.Node("Exp", [g.Node("Transpose", ["x"], s_there)]);
        g.Becomes([g.Node("Transpose", [t], s_back), g.Node("Softmax", [t], AttributeProto.Of("axis", 1L))], "Transpose", "Exp", "Transpose", "Softmax");
    }

    [Fact]
    public void Operands_transposed_alike_are_transposed_once_behind()
    {
        var g = Graph();
        string a = g.Node("Transpose", ["x"], s_there), b = g.Node("Transpose", [g.Input("z", EngineComparison.Random(3, 1, 4, 1, 3))], s_there);
        g.Becomes([g.Node("Softmax", [g.Node("Add", [a, b])], AttributeProto.Of("axis", 1L))], "Add", "Transpose", "Softmax");
    }

    [Fact]
    public void Operands_transposed_differently_stay()
    {
        var g = new WrittenOut(17, 3, 3, 3);
        string a = g.Node("Transpose", ["x"], AttributeProto.Of("perm", [1L, 0, 2])), b = g.Node("Transpose", ["x"], AttributeProto.Of("perm", [0L, 2, 1]));
        g.Becomes([g.Node("Add", [a, b])], "Transpose", "Transpose", "Add");
    }
}
