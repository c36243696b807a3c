using Edge.Onnx;
using Edge.Runtime.Tests.Passes.Patterns;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Passes;

/// <summary>Casts and expansions that nobody needs.</summary>
public class SimplificationTests
{
    private static string Cast(WrittenOut g, string x, DataType to) => g.Node("Cast", [x], AttributeProto.Of("to", (long)to));

    [Theory]
    [InlineData(DataType.Int32, DataType.Int64, DataType.Int32)]
    [InlineData(DataType.UInt8, DataType.Int32, DataType.UInt8)]
    [InlineData(DataType.Int8, DataType.Float32, DataType.Int8)]
    public void A_cast_there_and_back_is_nothing(DataType from, DataType between, DataType to)
    {
        var g = new WrittenOut(17, 3, 4);
        string x = Cast(g, g.Node("Abs", ["x"]), from);
        g.Becomes([g.Node("Concat", [Cast(g, Cast(g, x, between), to), x], AttributeProto.Of("axis", 1L))], "Abs", "Cast", "Concat");
    }

    [Fact]
    public void Two_casts_over_a_wider_type_are_one()
    {
        var g = new WrittenOut(17, 3, 4);
        string b = g.Node("Greater", ["x", g.Scalar(0)]);
        g.Becomes([Cast(g, Cast(g, b, DataType.Int64), DataType.Float32)], "Greater", "Cast");
    }

    [Theory]
    [InlineData(DataType.Int32, DataType.Float32)]
    [InlineData(DataType.Float16, DataType.Float32)]
    [InlineData(DataType.Bool, DataType.Float32)]
    public void A_cast_that_loses_something_stays(DataType between, DataType to)
    {
        var g = new WrittenOut(17, 3, 4);
        g.Becomes([g.Node("Neg", [Cast(g, Cast(g, "x", between), to)])], "Cast", "Cast", "Neg");
    }

    [Fact]
    public void Integers_that_wrap_around_are_not_saturated_instead()
    {
        var g = new WrittenOut(17, 3, 4);
        string n = Cast(g, g.Node("Abs", ["x"]), DataType.Int32);
        g.Becomes([Cast(g, Cast(g, n, DataType.Float64), DataType.UInt8)], "Abs", "Cast", "Cast", "Cast");
    }

    [Fact]
    public void An_expansion_before_an_operator_that_broadcasts_is_left_out()
    {
        var g = new WrittenOut(17, 3, 4);
        string e = g.Node("Expand", [g.Node("ReduceMax", ["x"], AttributeProto.Of("axes", [1L])), g.Ints(3, 4)]);
        g.Becomes([g.Node("Sub", ["x", e])], "ReduceMax", "Sub");
    }

    [Fact]
    public void An_expansion_that_gives_the_shape_stays()
    {
        var g = new WrittenOut(17, 3, 4);
        string r = g.Node("ReduceMax", ["x"], AttributeProto.Of("axes", [1L])), e = g.Node("Expand", [r, g.Ints(3, 4)]);
        g.Becomes([g.Node("Sub", [r, g.Node("Exp", [e])])], "ReduceMax", "Expand", "Exp", "Sub");
    }
}
