using Edge.Onnx;
using Edge.Runtime.Tests.Sessions;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Control;

public class ControlFlowTests
{
    private static Tensor Bool(bool value) => Tensor.Create<bool>(new Shape(), [value]);

    private static Tensor Scalar(long value) => Tensor.Create<long>(new Shape(), [value]);

    private static AttributeProto Graph(string name, OnnxGraphBuilder graph) => AttributeProto.Of(name, graph.BuildGraph());

    /// <summary>A Loop over one state <c>s</c> of type float, stacking <c>s</c> of each iteration.</summary>
    private static OnnxGraphBuilder LoopModel(Action<OnnxGraphBuilder> body, GraphDim[] state, bool scan = true)
    {
        var inner = new OnnxGraphBuilder().Input("i", DataType.Int64).Input("go", DataType.Bool).Input("s", DataType.Float32, state);
        body(inner);
        inner.Output("more", DataType.Bool).Output("next", DataType.Float32, state);
        if (scan) inner.Output("row", DataType.Float32, state);
        return new OnnxGraphBuilder()
            .Input("m", DataType.Int64).Input("c", DataType.Bool).Input("x", DataType.Float32, state).Input("w", DataType.Float32, 3, 3)
            .Node("Loop", ["m", "c", "x"], scan ? ["last", "rows"] : ["last"], Graph("body", inner))
            .Output("last");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void If_takes_the_branch_that_the_run_says_and_captures_what_is_around(bool condition)
    {
        var proto = new OnnxGraphBuilder().Input("c", DataType.Bool).Input("x", DataType.Float32, 2, 3).Initializer("w", new float[] { 1, 2, 3, 4, 5, 6, 7, 8, 9 }, 3, 3)
            .Node("Relu", ["x"], ["r"])
            .Node("If", ["c"], ["y"],
                Graph("then_branch", new OnnxGraphBuilder().Node("MatMul", ["r", "w"], ["t"]).Output("t", DataType.Float32, 2, 3)),
                Graph("else_branch", new OnnxGraphBuilder().Node("Sub", ["r", "x"], ["e"]).Output("e", DataType.Float32, 2, 3)))
            .Node("Exp", ["y"], ["z"]).Output("z").Build();
        EngineComparison.AssertAgrees(proto, [Bool(condition), EngineComparison.Random(1, 2, 3)]);
    }

    [Fact]
    public void If_may_return_another_shape_in_each_branch()
    {
        var proto = new OnnxGraphBuilder().Input("c", DataType.Bool).Input("x", DataType.Float32, 2, 3)
            .Node("If", ["c"], ["y"],
                Graph("then_branch", new OnnxGraphBuilder().Node("Transpose", ["x"], ["t"]).Output("t", DataType.Float32, -1, -1)),
                Graph("else_branch", new OnnxGraphBuilder().Node("Identity", ["x"], ["e"]).Output("e", DataType.Float32, -1, -1)))
            .Node("Softmax", ["y"], ["z"]).Output("z").Build();
        foreach (bool c in (bool[])[true, false]) EngineComparison.AssertAgrees(proto, [Bool(c), EngineComparison.Random(1, 2, 3)]);
    }

    /// <summary>Each branch for inputs of its own size, as voice detectors have one for each sampling rate.</summary>
    [Fact]
    public void Each_branch_may_be_for_inputs_of_another_size()
    {
        var proto = new OnnxGraphBuilder().Input("c", DataType.Bool).Input("x", DataType.Float32, 2, "n")
            .Initializer("w3", new float[9], 3, 3).Initializer("w4", new float[16], 4, 4)
            .Node("If", ["c"], ["y"],
                Graph("then_branch", new OnnxGraphBuilder().Node("MatMul", ["x", "w3"], ["t"]).Output("t", DataType.Float32, 2, -1)),
                Graph("else_branch", new OnnxGraphBuilder().Node("MatMul", ["x", "w4"], ["e"]).Output("e", DataType.Float32, 2, -1)))
            .Output("y").Build();
        using var session = new InferenceSession(Model.FromProto(proto, "test"));
        Tensor three = EngineComparison.Random(1, 2, 3), four = EngineComparison.Random(2, 2, 4);
        Assert.Equal(new Shape(2, 3), session.Run(Bool(true), three)[0].Shape);
        Assert.Equal(new Shape(2, 4), session.Run(Bool(false), four)[0].Shape);
        string message = Assert.Throws<ModelException>(() => session.Run(Bool(false), three)).Message;
        Assert.Contains("else_branch/MatMul_0': [2,3] and [4,4] cannot be multiplied", message, StringComparison.Ordinal);
        Assert.Throws<ModelException>(() => session.Run(Bool(true), EngineComparison.Random(3, 2, 5)));
        Assert.Equal(new Shape(2, 3), session.Run(Bool(true), three)[0].Shape);
    }

    [Fact]
    public void A_branch_that_is_known_is_inlined()
    {
        var proto = new OnnxGraphBuilder().Input("x", DataType.Float32, 2, 3).Initializer("c", new[] { true })
            .Node("If", ["c"], ["y"],
                Graph("then_branch", new OnnxGraphBuilder().Node("Relu", ["x"], ["t"]).Output("t", DataType.Float32, 2, 3)),
                Graph("else_branch", new OnnxGraphBuilder().Node("Neg", ["x"], ["e"]).Output("e", DataType.Float32, 2, 3)))
            .Output("y").Build();
        using var session = new InferenceSession(Model.FromProto(proto, "test"));
        Assert.Equal("Relu", Assert.Single(session.Describe().Steps).OpType);
        Assert.Equal([0f, 0, 5], session.Run(Tensor.Create<float>(new Shape(2, 3), [-1, 0, 5, 1, 2, 3]))[0].AsSpan<float>()[..3].ToArray());
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(7, true)]
    [InlineData(7, false)]
    public void Loop_carries_states_and_stacks_rows(long trips, bool start)
    {
        var proto = LoopModel(b => b.Node("Identity", ["go"], ["more"]).Node("MatMul", ["s", "w"], ["p"]).Node("Tanh", ["p"], ["next"]).Node("Identity", ["next"], ["row"]), [2, 3]).Output("rows").Build();
        EngineComparison.AssertAgrees(proto, [Scalar(trips), Bool(start), EngineComparison.Random(1, 2, 3), EngineComparison.Random(2, 3, 3)]);
    }

    [Fact]
    public void Loop_stops_when_its_body_says_so()
    {
        var proto = LoopModel(b => b.Initializer("limit", new float[] { 20 }).Initializer("two", new float[] { 2 })
            .Node("Mul", ["s", "two"], ["next"]).Node("ReduceMax", ["next"], ["max"], AttributeProto.Of("keepdims", 0)).Node("Less", ["max", "limit"], ["m1"])
            .Node("Reshape", ["m1", "none"], ["more"]).Initializer("none", Array.Empty<long>(), 0).Node("Identity", ["s"], ["row"]), [3]).Output("rows").Build();
        EngineComparison.AssertAgrees(proto, [Scalar(1000), Bool(true), Tensor.Create<float>(new Shape(3), [1, 0.5f, -1]), EngineComparison.Random(2, 3, 3)]);
    }

    [Fact]
    public void A_state_may_grow_with_every_iteration()
    {
        var proto = LoopModel(b => b.Initializer("one", new float[] { 1 }).Node("Identity", ["go"], ["more"]).Node("ReduceSum", ["s"], ["sum"])
            .Node("Concat", ["s", "sum"], ["next"], AttributeProto.Of("axis", 0)), [-1], scan: false).Build();
        EngineComparison.AssertAgrees(proto, [Scalar(12), Bool(true), Tensor.Create<float>(new Shape(1), [1]), EngineComparison.Random(2, 3, 3)]);
    }

    [Fact]
    public void States_may_change_places()
    {
        var body = new OnnxGraphBuilder().Input("i", DataType.Int64).Input("go", DataType.Bool).Input("a", DataType.Float32, 2).Input("b", DataType.Float32, 2)
            .Node("Identity", ["go"], ["more"]).Node("Identity", ["b"], ["a1"]).Node("Identity", ["a"], ["b1"])
            .Output("more", DataType.Bool).Output("a1", DataType.Float32, 2).Output("b1", DataType.Float32, 2);
        var proto = new OnnxGraphBuilder().Input("m", DataType.Int64).Input("x", DataType.Float32, 2).Input("y", DataType.Float32, 2)
            .Node("Loop", ["m", "", "x", "y"], ["p", "q"], Graph("body", body)).Output("p").Output("q").Build();
        foreach (int trips in (int[])[1, 2, 3, 4]) EngineComparison.AssertAgrees(proto, [Scalar(trips), EngineComparison.Random(1, 2), EngineComparison.Random(2, 2)]);
    }

    [Fact]
    public void A_loop_builds_a_sequence_and_concatenates_it()
    {
        var body = new OnnxGraphBuilder().Input("i", DataType.Int64).Input("go", DataType.Bool);
        body.BuildGraph().Inputs.Add(new ValueInfoProto { Name = "list", Type = new TypeProto { Sequence = new SequenceTypeProto { ElemType = TypeProto.OfTensor(ElementType.Float) } } });
        body.Node("Identity", ["go"], ["more"]).Node("Gather", ["x", "i"], ["row"]).Node("Exp", ["row"], ["e"]).Node("SequenceInsert", ["list", "e"], ["longer"]).Output("more", DataType.Bool);
        body.BuildGraph().Outputs.Add(new ValueInfoProto { Name = "longer", Type = new TypeProto { Sequence = new SequenceTypeProto { ElemType = TypeProto.OfTensor(ElementType.Float) } } });
        var proto = new OnnxGraphBuilder().Input("m", DataType.Int64).Input("x", DataType.Float32, 5, 3).Initializer("second", new long[] { 1 })
            .Node("SequenceEmpty", [], ["empty"]).Node("Loop", ["m", "", "empty"], ["all"], Graph("body", body))
            .Node("ConcatFromSequence", ["all"], ["flat"], AttributeProto.Of("axis", 0)).Node("ConcatFromSequence", ["all"], ["stacked"], AttributeProto.Of("axis", 1), AttributeProto.Of("new_axis", 1))
            .Node("SequenceLength", ["all"], ["n"]).Node("SequenceAt", ["all", "second"], ["at"]).Node("Neg", ["at"], ["minus"])
            .Output("flat").Output("stacked").Output("n").Output("minus").Build();
        EngineComparison.AssertAgrees(proto, [Scalar(4), EngineComparison.Random(1, 5, 3)]);
    }

    [Fact]
    public void Loops_and_branches_nest_and_capture_through_each_other()
    {
        var branch = new OnnxGraphBuilder().Node("MatMul", ["s", "w"], ["t"]).Output("t", DataType.Float32, 2, 3);
        var other = new OnnxGraphBuilder().Node("Sub", ["s", "x"], ["e"]).Output("e", DataType.Float32, 2, 3);
        var proto = LoopModel(b => b.Initializer("two", new long[] { 2 }).Initializer("zero", new long[] { 0 }).Node("Identity", ["go"], ["more"])
            .Node("Mod", ["i", "two"], ["odd"]).Node("Equal", ["odd", "zero"], ["even1"]).Node("Squeeze", ["even1"], ["even"])
            .Node("If", ["even"], ["next"], Graph("then_branch", branch), Graph("else_branch", other)).Node("Neg", ["next"], ["row"]), [2, 3]).Output("rows").Build();
        EngineComparison.AssertAgrees(proto, [Scalar(6), Bool(true), EngineComparison.Random(1, 2, 3), EngineComparison.Random(2, 3, 3)]);
    }

    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(1, 1, 0, 1)]
    [InlineData(-1, 0, 1, 0)]
    public void Scan_reads_and_writes_along_any_axis_from_either_end(long inputAxis, long inputReversed, long outputAxis, long outputReversed)
    {
        var body = new OnnxGraphBuilder().Input("s", DataType.Float32, 4).Input("row", DataType.Float32, 4)
            .Node("Add", ["s", "row"], ["next"]).Node("Mul", ["next", "k"], ["out"]).Output("next", DataType.Float32, 4).Output("out", DataType.Float32, 4);
        var proto = new OnnxGraphBuilder().Input("s0", DataType.Float32, 4).Input("x", DataType.Float32, 4, 4).Initializer("k", new float[] { 3 })
            .Node("Scan", ["s0", "x"], ["last", "rows"], Graph("body", body), AttributeProto.Of("num_scan_inputs", 1),
                AttributeProto.Of("scan_input_axes", [inputAxis]), AttributeProto.Of("scan_input_directions", [inputReversed]),
                AttributeProto.Of("scan_output_axes", [outputAxis]), AttributeProto.Of("scan_output_directions", [outputReversed]))
            .Output("last").Output("rows").Build();
        EngineComparison.AssertAgrees(proto, [EngineComparison.Random(1, 4), EngineComparison.Random(2, 4, 4)]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Scan_of_operator_set_8_goes_through_a_batch_of_sequences(long reversed) =>
        EngineComparison.AssertAgrees(BatchedScan(reversed), [Tensor.Create<long>(new Shape(3), [5, 2, 3]), EngineComparison.Random(1, 3, 4), EngineComparison.Random(2, 3, 5, 4)]);

    /// <summary>ONNX Runtime takes no sequence without steps.</summary>
    [Fact]
    public void A_sequence_without_steps_leaves_its_state_and_rows_of_zeros()
    {
        Tensor state = EngineComparison.Random(1, 3, 4), x = EngineComparison.Random(2, 3, 5, 4);
        using var session = new InferenceSession(Model.FromProto(BatchedScan(0), "scan"), new SessionOptions { Threads = 1 });
        Tensor[] Run(params long[] steps) => [.. session.Run(Tensor.Create<long>(new Shape(3), steps), state, x).Select(t => t.Clone())];
        Tensor[] all = Run(5, 2, 3), none = Run(0, 2, 3);
        Assert.Equal(state.AsSpan<float>()[..4], none[0].AsSpan<float>()[..4]);
        Assert.Equal(all[0].AsSpan<float>()[4..], none[0].AsSpan<float>()[4..]);
        Assert.Equal(new float[20], none[1].AsSpan<float>()[..20]);
        Assert.Equal(all[1].AsSpan<float>()[20..], none[1].AsSpan<float>()[20..]);
    }

    private static ModelProto BatchedScan(long reversed)
    {
        var body = new OnnxGraphBuilder(8).Input("s", DataType.Float32, 4).Input("row", DataType.Float32, 4)
            .Node("Add", ["s", "row"], ["next"]).Node("Neg", ["next"], ["out"]).Output("next", DataType.Float32, 4).Output("out", DataType.Float32, 4);
        return new OnnxGraphBuilder(8).Input("n", DataType.Int64, 3).Input("s0", DataType.Float32, 3, 4).Input("x", DataType.Float32, 3, 5, 4)
            .Node("Scan", ["n", "s0", "x"], ["last", "rows"], Graph("body", body), AttributeProto.Of("num_scan_inputs", 1), AttributeProto.Of("directions", [reversed]))
            .Output("last").Output("rows").Build();
    }

    [Fact]
    public void A_loop_that_does_not_end_is_stopped()
    {
        var proto = LoopModel(b => b.Node("Identity", ["go"], ["more"]).Node("Neg", ["s"], ["next"]), [3], scan: false).Build();
        using var session = new InferenceSession(Model.FromProto(proto, "endless"), new SessionOptions { Limits = new SessionLimits { MaxLoopIterations = 100 } });
        var message = Assert.Throws<ModelException>(() => session.Run(Scalar(long.MaxValue), Bool(true), EngineComparison.Random(1, 3), EngineComparison.Random(2, 3, 3))).Message;
        Assert.Contains("endless: Loop 'Loop_0': the loop does not end after 100 iterations", message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_operator_that_is_missing_in_a_branch_is_found_at_load()
    {
        var proto = new OnnxGraphBuilder().Input("c", DataType.Bool).Input("x", DataType.Float32, 2)
            .Node("If", ["c"], ["y"],
                Graph("then_branch", new OnnxGraphBuilder().Node("Relu", ["x"], ["t"]).Output("t", DataType.Float32, 2)),
                Graph("else_branch", new OnnxGraphBuilder().Node("Nonsense", ["x"], ["e"]).Output("e", DataType.Float32, 2)))
            .Output("y").Build();
        var message = Assert.Throws<ModelException>(() => Model.FromProto(proto, "test")).Message;
        Assert.Contains("Nonsense 'If_0.else_branch/Nonsense_0': the operator is not supported", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_branch_that_does_not_fit_the_shapes_matters_only_if_it_is_taken()
    {
        var proto = new OnnxGraphBuilder().Input("c", DataType.Bool).Input("x", DataType.Float32, "n", 4).Initializer("w", new float[] { 1, 2, 3, 4, 5, 6 }, 6, 1)
            .Node("If", ["c"], ["y"],
                Graph("then_branch", new OnnxGraphBuilder().Node("Relu", ["x"], ["t"]).Output("t", DataType.Float32, -1, -1)),
                Graph("else_branch", new OnnxGraphBuilder().Node("MatMul", ["x", "w"], ["e"]).Output("e", DataType.Float32, -1, -1)))
            .Output("y").Build();
        using var session = new InferenceSession(Model.FromProto(proto, "test"));
        var x = Tensor.Create<float>(new Shape(1, 4), [-1, 2, -3, 4]);
        Assert.Equal([0f, 2, 0, 4], session.Run(Bool(true), x)[0].AsSpan<float>().ToArray());
        Assert.Contains("one branch only: MatMul 'If_0.else_branch/MatMul_0'", session.Describe().Steps[0].Kernel, StringComparison.Ordinal);
        Assert.Contains("MatMul 'If_0.else_branch/MatMul_0'", Assert.Throws<ModelException>(() => session.Run(Bool(false), x)).Message, StringComparison.Ordinal);
        Assert.Equal([0f, 2, 0, 4], session.Run(Bool(true), x)[0].AsSpan<float>().ToArray());
    }

    [Fact]
    public void A_mistake_in_a_branch_is_found_when_the_session_is_made()
    {
        var proto = new OnnxGraphBuilder().Input("c", DataType.Bool).Input("x", DataType.Float32, 2)
            .Node("If", ["c"], ["y"],
                Graph("then_branch", new OnnxGraphBuilder().Node("Relu", ["x"], ["t"]).Output("t", DataType.Float32, 2)),
                Graph("else_branch", new OnnxGraphBuilder().Node("Relu", ["gone"], ["e"]).Output("e", DataType.Float32, 2)))
            .Output("y").Build();
        var message = Assert.Throws<ModelException>(() => new InferenceSession(Model.FromProto(proto, "test"))).Message;
        Assert.Contains("Relu 'If_0.else_branch/Relu_0' reads 'gone', which nothing before it writes", message, StringComparison.Ordinal);
    }
}
