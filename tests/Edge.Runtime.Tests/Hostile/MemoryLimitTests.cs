using Edge.Onnx;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Hostile;

/// <summary>Small files and small inputs that ask for much memory.</summary>
public class MemoryLimitTests
{
    [Fact]
    public void A_range_that_a_run_makes_long_is_refused_before_it_is_made()
    {
        var model = new OnnxGraphBuilder().Input("n", DataType.Int64, 1).Initializer("a", [0L]).Initializer("d", [1L])
            .Node("Range", ["a", "n", "d"], ["y"]).Output("y");
        HostileModel.AssertRefused(nameof(SessionLimits.MaxActivationBytes), model, HostileModel.Longs(2_000_000_000));
    }

    [Theory]
    [InlineData("ConstantOfShape", "s")]
    [InlineData("Expand", "x", "s")]
    [InlineData("Tile", "x", "s")]
    public void A_tensor_that_a_run_makes_large_is_refused(string opType, params string[] inputs)
    {
        var model = new OnnxGraphBuilder().Input("x", DataType.Float32, 1, 1).Input("s", DataType.Int64, 2).Node(opType, inputs, ["y"]).Output("y");
        HostileModel.AssertRefused(nameof(SessionLimits.MaxActivationBytes), model, HostileModel.Floats(1, 1), HostileModel.Longs(30_000, 30_000));
        HostileModel.AssertRefused("more than 2147483647 elements", model, HostileModel.Floats(1, 1), HostileModel.Longs(2_000_000_000, 2_000_000_000));
    }

    [Fact]
    public void A_sequence_that_a_loop_makes_long_is_refused()
    {
        var body = new OnnxGraphBuilder().Input("i", DataType.Int64).Input("go", DataType.Bool);
        var sequence = new TypeProto { Sequence = new SequenceTypeProto { ElemType = TypeProto.OfTensor(ElementType.Float, 512, 512) } };
        body.BuildGraph().Inputs.Add(new ValueInfoProto { Name = "s", Type = sequence });
        body.Node("SequenceInsert", ["s", "x"], ["t"]).Node("Identity", ["go"], ["on"]).Output("on").Output("t");
        var model = new OnnxGraphBuilder().Input("x", DataType.Float32, 512, 512).Node("SequenceEmpty", [], ["e"])
            .Node("Loop", ["", "", "e"], ["q"], AttributeProto.Of("body", body.BuildGraph())).Node("SequenceLength", ["q"], ["n"]).Output("n");
        HostileModel.AssertRefused("a sequence of 16 tensors", model, HostileModel.Floats(512, 512));
    }
}
