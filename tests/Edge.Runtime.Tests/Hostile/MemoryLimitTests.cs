using Edge.Onnx;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Hostile;

/// <summary>Small files and small inputs that ask for much memory.</summary>
public class MemoryLimitTests
{
    [Fact]
    public void Inputs_count_before_anything_is_made_for_them()
    {
        // Found by fuzzing: a table of a billion offsets was made for 149 bytes of file.
        var model = new OnnxGraphBuilder().Input("x", DataType.Float32, 1 << 28, 2, 2).Node("ReduceL2", ["x"], ["y"], AttributeProto.Of("keepdims", 0)).Output("y");
        Assert.Equal(
            "test: the inputs take 4,294,967,296 bytes; SessionLimits.MaxActivationBytes allows 1,073,741,824",
            Assert.Throws<ModelException>(() => new InferenceSession(Model.FromProto(model.Build(), "test"))).Message);
    }

    [Fact]
    public void Outputs_count_together()
    {
        var model = new OnnxGraphBuilder().Input("x", DataType.Float32, 1000);
        for (int i = 0; i < 5; i++) model.Node("Add", ["x", "x"], [$"y{i}"]).Output($"y{i}");
        var options = new SessionOptions { Optimize = false, Limits = new SessionLimits { MaxActivationBytes = 10_000 } };
        Assert.Equal(
            "test: the outputs take 20,000 bytes; SessionLimits.MaxActivationBytes allows 10,000",
            Assert.Throws<ModelException>(() => new InferenceSession(Model.FromProto(model.Build(), "test"), options)).Message);
    }

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

    /// <summary>A megabyte each, and none of it in the file.</summary>
    [Fact]
    public void Results_that_are_computed_at_once_are_bounded_together()
    {
        const int Count = 200;
        var model = new OnnxGraphBuilder().Input("x", DataType.Float32, 1).Initializer("s", new long[] { 1 << 18 });
        for (int i = 0; i < Count; i++) model.Node("ConstantOfShape", ["s"], [$"c{i}"]).Node("Add", [i == 0 ? "x" : $"y{i - 1}", $"c{i}"], [$"y{i}"]);
        model.Output($"y{Count - 1}");

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(new Shape(1 << 18), HostileModel.Run(model, HostileModel.Floats(1))[0].Shape);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
    }

    /// <summary>Each is allowed; a thousand of them are not.</summary>
    [Fact]
    public void Tensors_that_a_run_makes_large_are_bounded_together()
    {
        var model = new OnnxGraphBuilder().Input("s", DataType.Int64, 1);
        for (int i = 0; i < 40; i++) model.Node("ConstantOfShape", ["s"], [$"c{i}"]).Output($"c{i}");
        HostileModel.AssertRefused("four times as much as one may", model, HostileModel.Longs(2 << 20));
    }

    /// <summary>A row of padding used to be as long as all steps of the window together.</summary>
    [Theory]
    [InlineData(1 << 20, 1)]
    [InlineData(1 << 27, 1)]
    [InlineData(int.MaxValue, 1)]
    [InlineData(1, 1 << 27)]
    public void A_depthwise_convolution_takes_no_memory_for_steps_that_it_does_not_take(int stride, int dilation)
    {
        var x = Tensor.Create<float>(new Shape(1, 8, 1, 6));
        x.AsSpan<float>().Fill(1);
        var model = new OnnxGraphBuilder().Input("x", DataType.Float32, 1, 8, 1, 6).Initializer("w", Enumerable.Repeat(2f, 8).ToArray(), 8, 1, 1, 1)
            .Node("Conv", ["x", "w"], ["y"], AttributeProto.Of("group", 8), AttributeProto.Of("strides", 1L, stride), AttributeProto.Of("dilations", 1L, dilation)).Output("y");
        using var loaded = Model.Load(model.ToBytes(), "hostile.onnx");
        using var session = new InferenceSession(loaded, new SessionOptions { Threads = 1, Limits = HostileModel.Limits });
        Assert.All(session.Run(x)[0].AsSpan<float>().ToArray(), y => Assert.Equal(2, y));
        Assert.InRange(session.Describe().PackedBytes, 0, 1 << 20);
    }

    [Fact]
    public void A_tensor_without_elements_has_no_billion_parts()
    {
        var model = new OnnxGraphBuilder().Input("s", DataType.Int64, 2).Node("ConstantOfShape", ["s"], ["x"])
            .Node("SplitToSequence", ["x"], ["q"]).Node("SequenceLength", ["q"], ["n"]).Output("n");
        HostileModel.AssertRefused("parts are not supported", model, HostileModel.Longs(2_000_000_000, 0));
    }

    /// <summary>Antialiasing stretches the filter by as much as the picture shrinks.</summary>
    [Fact]
    public void A_filter_has_no_more_weights_than_memory_has_room_for()
    {
        var model = new OnnxGraphBuilder(21).Input("x", DataType.Float32, 1, 1, 4, 4).Initializer("s", new float[] { 1, 1, 1e-30f, 1 })
            .Initializer("z", new long[] { 1, 1, 1, 4 }).Node("Resize", ["x", "", "s"], ["y"], AttributeProto.Of("mode", "cubic"), AttributeProto.Of("antialias", 1))
            .Node("Resize", ["x", "", "", "z"], ["w"], AttributeProto.Of("mode", "cubic"), AttributeProto.Of("antialias", 1)).Output("w").Output("y");
        Assert.Empty(HostileModel.Run(model, HostileModel.Floats(1, 1, 4, 4))[1].Bytes.ToArray());
        var wide = new OnnxGraphBuilder(21).Input("x", DataType.Float32, 1, 1, 1 << 20, 1).Initializer("z", new long[] { 1, 1, 100, 1 })
            .Node("Resize", ["x", "", "", "z"], ["y"], AttributeProto.Of("mode", "cubic"), AttributeProto.Of("antialias", 1)).Output("y");
        Assert.Equal(new Shape(1, 1, 100, 1), HostileModel.Run(wide, HostileModel.Floats(1, 1, 1 << 20, 1))[0].Shape);
    }

    [Theory]
    [InlineData("nearest")]
    [InlineData("linear")]
    public void Resizing_to_nothing_takes_no_memory_for_the_other_axes(string mode)
    {
        var model = new OnnxGraphBuilder(21).Input("x", DataType.Float32, 1, 1, 4, 4).Initializer("s", new float[] { 1, 1, 4e8f, 0.01f })
            .Node("Resize", ["x", "", "s"], ["y"], AttributeProto.Of("mode", mode)).Output("y");
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(0, HostileModel.Run(model, HostileModel.Floats(1, 1, 4, 4))[0].Count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
    }
}
