using Edge.Onnx;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Sessions;

public class InferenceSessionTests
{
    private static ModelProto Sum() => new OnnxGraphBuilder().Input("a", DataType.Float32, "n", 3).Input("b", DataType.Float32, "n", 3)
        .Node("Add", ["a", "b"], ["s"]).Node("Relu", ["s"], ["y"]).Output("y", DataType.Float32, "n", 3).Build();

    private static Tensor Of(float value, params int[] dims)
    {
        var t = Tensor.Create<float>(new Shape(dims));
        t.AsSpan<float>().Fill(value);
        return t;
    }

    [Fact]
    public void A_session_runs_models_with_free_dimensions_for_each_shape_it_is_given()
    {
        using var session = new InferenceSession(Model.FromProto(Sum(), "sum"));
        for (int n = 1; n <= 7; n++)
        {
            var y = session.Run(Of(1, n, 3), Of(n, n, 3))[0];
            Assert.Equal(new Shape(n, 3), y.Shape);
            Assert.All(y.AsSpan<float>().ToArray(), v => Assert.Equal(n + 1, v));
        }

        Assert.Equal(4, session.Run(Of(1, 2, 3), Of(3, 2, 3))[0].AsSpan<float>()[0]);
    }

    [Fact]
    public void An_output_can_be_fed_back_as_the_next_input()
    {
        // The new state is written before the old one is read for the last time.
        var proto = new OnnxGraphBuilder().Input("state", DataType.Float32, [4]).Initializer("one", [1f], 1)
            .Node("Add", ["state", "one"], ["next"]).Node("Mul", ["state", "next"], ["y"]).Output("next").Output("y").Build();
        using var session = new InferenceSession(Model.FromProto(proto, "test"));
        var state = Of(0, 4);
        for (int i = 0; i < 5; i++)
        {
            var outputs = session.Run(state);
            Assert.Equal(i * (i + 1), outputs[1].AsSpan<float>()[3]);
            state = outputs[0];
        }
    }

    [Fact]
    public void Borrowed_memory_without_slack_is_fine_as_input()
    {
        float[] values = [-1, 2, -3];
        using var session = new InferenceSession(Model.FromProto(Sum(), "sum"));
        unsafe
        {
            fixed (float* p = values)
            {
                var borrowed = Tensor.Borrow(DataType.Float32, new Shape(1, 3), p, null);
                Assert.Equal([0, 4, 0], session.Run(borrowed, borrowed)[0].AsSpan<float>().ToArray());
            }
        }
    }

    [Fact]
    public void Outputs_that_are_inputs_or_constants_or_the_same_value_are_copied()
    {
        var proto = new OnnxGraphBuilder().Input("x", DataType.Float32, [2]).Initializer("k", [7f, 8], 2)
            .Node("Identity", ["x"], ["a"]).Node("Identity", ["k"], ["b"]).Node("Relu", ["x"], ["c"]).Node("Identity", ["c"], ["d"])
            .Output("a").Output("b").Output("c").Output("d").Build();
        using var session = new InferenceSession(Model.FromProto(proto, "test"));
        var x = Of(3, 2);
        var y = session.Run(x);
        x.AsSpan<float>().Fill(-9);
        Assert.Equal([3, 7, 3, 3], y.Select(t => t.AsSpan<float>()[0]));
        Assert.Equal(4, y.Select(AddressOf).Distinct().Count());
    }

    private static unsafe nint AddressOf(Tensor t) => (nint)t.Data;

    [Fact]
    public void A_wrong_number_of_inputs_is_refused_with_what_the_model_takes()
    {
        using var session = new InferenceSession(Model.FromProto(Sum(), "sum.onnx"));
        var e = Assert.Throws<ModelException>(() => session.Run(Of(1, 1, 3)));
        Assert.Equal("sum.onnx: 1 inputs were given; the model takes 2: a: float[n,3]; b: float[n,3]", e.Message);
    }

    [Fact]
    public void A_null_input_is_refused_with_what_the_model_declares()
    {
        using var session = new InferenceSession(Model.FromProto(Sum(), "sum.onnx"));
        var e = Assert.Throws<ModelException>(() => session.Run(Of(1, 1, 3), null!));
        Assert.Equal("sum.onnx: input 1 is null; the model declares b: float[n,3]", e.Message);
    }

    [Fact]
    public void A_wrong_shape_is_refused_with_what_the_model_declares()
    {
        using var session = new InferenceSession(Model.FromProto(Sum(), "sum.onnx"));
        var e = Assert.Throws<ModelException>(() => session.Run(Of(1, 1, 3), Of(1, 1, 4)));
        Assert.Equal("sum.onnx: input 1 is float[1,4]; the model declares b: float[n,3]", e.Message);
    }

    [Fact]
    public void A_wrong_type_is_refused_with_what_the_model_declares()
    {
        using var session = new InferenceSession(Model.FromProto(Sum(), "sum.onnx"));
        var e = Assert.Throws<ModelException>(() => session.Run(Tensor.Create<int>(new Shape(1, 3)), Of(1, 1, 3)));
        Assert.Equal("sum.onnx: input 0 is int32[1,3]; the model declares a: float[n,3]", e.Message);
    }

    [Fact]
    public void Shapes_that_do_not_go_together_are_refused_with_the_node()
    {
        using var session = new InferenceSession(Model.FromProto(Sum(), "sum.onnx"));
        var e = Assert.Throws<ModelException>(() => session.Run(Of(1, 2, 3), Of(1, 5, 3)));
        Assert.StartsWith("sum.onnx: Add 'Add_0': ", e.Message, StringComparison.Ordinal);
        // And the session is as good as before.
        Assert.Equal(2, session.Run(Of(1, 2, 3), Of(1, 2, 3))[0].AsSpan<float>()[0]);
    }

    [Fact]
    public void An_unknown_operator_is_refused_at_load_with_its_node()
    {
        var proto = new OnnxGraphBuilder().Input("x", DataType.Float32, [2]).Node("Frobnicate", ["x"], ["y"]).Output("y").Build();
        var e = Assert.Throws<ModelException>(() => Model.FromProto(proto, "m.onnx"));
        Assert.Equal("m.onnx: Frobnicate 'Frobnicate_0': the operator is not supported; `edge operators` lists those that are", e.Message);
    }

    [Fact]
    public void An_attribute_that_an_operator_does_not_know_is_refused()
    {
        var proto = new OnnxGraphBuilder().Input("x", DataType.Float32, [2]).Node("Relu", ["x"], ["y"], AttributeProto.Of("slope", 1f)).Output("y").Build();
        var e = Assert.Throws<ModelException>(() => new InferenceSession(Model.FromProto(proto, "m.onnx")));
        Assert.Contains("attribute 'slope' is not supported", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_internal_operator_or_attribute_is_not_for_models()
    {
        var lookup = new OnnxGraphBuilder().Opset("edge", 1).Input("x", DataType.UInt8, [2]).Node("edge", "Lookup", ["x", "x"], ["y"]).Output("y").Build();
        Assert.Throws<ModelException>(() => Model.FromProto(lookup, "m.onnx"));
        var fused = new OnnxGraphBuilder().Input("x", DataType.Float32, [1, 1, 2, 2]).Initializer("w", [1f], 1, 1, 1, 1)
            .Node("Conv", ["x", "w"], ["y"], AttributeProto.Of("channels_last", 1L)).Output("y").Build();
        Assert.Throws<ModelException>(() => new InferenceSession(Model.FromProto(fused, "m.onnx")));
    }

    [Fact]
    public void An_operator_set_from_the_future_is_refused()
    {
        var proto = new OnnxGraphBuilder(opset: 99).Input("x", DataType.Float32, [2]).Node("Relu", ["x"], ["y"]).Output("y").Build();
        var e = Assert.Throws<ModelException>(() => Model.FromProto(proto, "m.onnx"));
        Assert.Contains("opset 99 is not supported", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_asks_for_too_much_memory_is_refused_before_any_is_taken()
    {
        var proto = new OnnxGraphBuilder().Input("n", DataType.Float32, [1, 1]).Initializer("shape", [20000L, 20000], 2)
            .Node("Expand", ["n", "shape"], ["e"]).Node("Relu", ["e"], ["y"]).Output("y").Build();
        var e = Assert.Throws<ModelException>(() => new InferenceSession(Model.FromProto(proto, "m.onnx")));
        Assert.StartsWith("m.onnx: Expand 'Expand_0': output", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_session_keeps_its_model_alive()
    {
        using var session = Open();
        Assert.Equal(2, session.Run(Of(1, 1, 3), Of(1, 1, 3))[0].AsSpan<float>()[0]);

        static InferenceSession Open()
        {
            using var model = Model.FromProto(Sum(), "sum");
            return new InferenceSession(model);
        }
    }

    [Fact]
    public void A_disposed_session_says_so()
    {
        var session = new InferenceSession(Model.FromProto(Sum(), "sum"));
        session.Dispose();
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(() => session.Run(Of(1, 1, 3), Of(1, 1, 3)));
    }

    [Fact]
    public void Profiling_names_every_step_and_its_kernel()
    {
        using var session = new InferenceSession(Model.FromProto(Sum(), "sum"), new SessionOptions { Profile = true });
        Assert.Empty(session.Profile());
        session.Run(Of(1, 1, 3), Of(1, 1, 3));
        Assert.Equal(["Add", "Relu"], session.Profile().Select(p => p.OpType));
        Assert.All(session.Profile(), p => Assert.NotEqual("", p.Kernel));
    }
}
