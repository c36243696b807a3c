using Edge.Onnx;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Hostile;

/// <summary>Small files that ask for much work.</summary>
public class WorkLimitTests
{
    /// <summary>Each loop alone is allowed; six in each other run a million times.</summary>
    [Fact]
    public void Loops_in_loops_draw_on_one_budget()
    {
        var body = new OnnxGraphBuilder().Node("Neg", ["x"], ["last"]);
        for (int depth = 0; depth < 6; depth++)
        {
            var around = new OnnxGraphBuilder();
            var graph = body.Input($"i{depth}", DataType.Int64).Input($"g{depth}", DataType.Bool).Node("Identity", [$"g{depth}"], [$"on{depth}"]).Output($"on{depth}").BuildGraph();
            graph.Outputs.Add(new ValueInfoProto { Name = depth == 0 ? "last" : $"rows{depth}" });
            around.Node("Loop", ["m", ""], [$"rows{depth + 1}"], AttributeProto.Of("body", graph));
            body = around;
        }

        var model = body.Input("x", DataType.Float32, 1).Initializer("m", new long[] { 10 }).Output("rows6");
        HostileModel.AssertRefused(nameof(SessionLimits.MaxLoopIterations), model, HostileModel.Floats(1));
    }

    [Fact]
    public void A_scan_over_nothing_ends()
    {
        var body = new OnnxGraphBuilder().Input("a", DataType.Float32, 0).Node("Neg", ["a"], ["b"]).Output("b").BuildGraph();
        var model = new OnnxGraphBuilder().Input("s", DataType.Int64, 2).Node("ConstantOfShape", ["s"], ["w"])
            .Node("Scan", ["w"], ["y"], AttributeProto.Of("num_scan_inputs", 1), AttributeProto.Of("body", body)).Output("y");
        HostileModel.AssertRefused(nameof(SessionLimits.MaxLoopIterations), model, HostileModel.Longs(2_000_000_000, 0));
    }

    [Fact]
    public void A_run_ends_in_time()
    {
        var body = new OnnxGraphBuilder().Input("i", DataType.Int64).Input("g", DataType.Bool).Input("a", DataType.Float32, 1)
            .Node("Identity", ["g"], ["on"]).Node("Neg", ["a"], ["b"]).Output("on").Output("b").BuildGraph();
        var model = new OnnxGraphBuilder().Input("x", DataType.Float32, 1).Node("Loop", ["", "", "x"], ["y"], AttributeProto.Of("body", body)).Output("y");
        var limits = new SessionLimits { MaxLoopIterations = long.MaxValue, MaxRunTime = TimeSpan.FromMilliseconds(50) };
        var e = Assert.Throws<ModelException>(() => HostileModel.Run(model, limits, HostileModel.Floats(1)));
        Assert.Contains(nameof(SessionLimits.MaxRunTime), e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MaxPool")]
    [InlineData("AveragePool")]
    [InlineData("LpPool")]
    public void Windows_as_large_as_the_picture_are_refused(string opType)
    {
        var model = new OnnxGraphBuilder().Input("x", DataType.Float32, 1, 1, 1024, 1024)
            .Node(opType, ["x"], ["y"], AttributeProto.Of("kernel_shape", 1023L, 1023), AttributeProto.Of("pads", 500L, 500, 500, 500)).Output("y");
        var limits = HostileModel.Limits with { MaxNodeWork = 1_000_000_000 };
        var e = Assert.Throws<ModelException>(() => HostileModel.Run(model, limits, HostileModel.Floats(1, 1, 1024, 1024)));
        Assert.Contains(nameof(SessionLimits.MaxNodeWork), e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_convolution_by_constants_alone_is_refused_before_it_takes_an_hour()
    {
        var model = new OnnxGraphBuilder().Input("x", DataType.Float32, 1).Initializer("s", new long[] { 1, 1, 200_000 }).Node("ConstantOfShape", ["s"], ["w"])
            .Node("Conv", ["w", "w"], ["c"], AttributeProto.Of("pads", 100_000L, 100_000)).Node("Add", ["c", "x"], ["y"]).Output("y");
        HostileModel.AssertRefused("Conv", model, HostileModel.Floats(1));
    }

    /// <summary>Found one after the other, without recursion; looked up, not searched for.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Functions_may_be_many(bool nested)
    {
        const int Count = 20_000;
        var builder = new OnnxGraphBuilder().Opset("local", 1).Input("x", DataType.Float32, 1);
        for (int i = 0; i < (nested ? 1 : 500); i++) builder.Node("local", $"f{i}", ["x"], [$"y{i}"]);
        builder.Output("y0");
        var proto = builder.Build();
        for (int i = 0; i < Count; i++)
        {
            var call = new NodeProto { OpType = nested && i < Count - 1 ? $"f{i + 1}" : "Neg", Domain = nested && i < Count - 1 ? "local" : "", Inputs = ["a"], Outputs = ["b"] };
            proto.Functions.Add(new FunctionProto { Name = $"f{i}", Domain = "local", Inputs = ["a"], Outputs = ["b"], Nodes = [call] });
        }

        var thread = new Thread(() =>
        {
            using var model = Model.FromProto(proto, "hostile.onnx");
            var options = new SessionOptions { Threads = 1, Limits = HostileModel.Limits };
            if (nested) Assert.Contains(nameof(SessionLimits.MaxSubgraphDepth), Assert.Throws<ModelException>(() => new InferenceSession(model, options)).Message, StringComparison.Ordinal);
            else new InferenceSession(model, options).Dispose();
        }, 256 << 10);
        thread.Start();
        thread.Join();
    }
}
