using System.Runtime.CompilerServices;
using Edge.Kernels;
using Edge.Onnx;
using Edge.Runtime.Execution;
using Edge.Runtime.Import;
using Edge.Runtime.Passes;
using Edge.Runtime.Planning;
using Edge.Runtime.Tests.Operators;
using Edge.Runtime.Tests.Sessions;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Planning;

public sealed class PackedWeightsTests
{
    [Theory]
    [InlineData("MatMul")]
    [InlineData("Gemm")]
    [InlineData("Conv")]
    [InlineData("ConvTranspose")]
    public void Widened_weights_are_given_up_once_they_are_packed(string op)
    {
        ExecutionPlan plan = Build(op, out WeakReference weights);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(weights.IsAlive);
        plan.Dispose();
    }

    [Fact]
    public void Weights_that_another_node_reads_stay()
    {
        var draw = new Draw(71);
        Tensor x = draw.Float(6, 6);
        ModelProto proto = new OnnxGraphBuilder().Input("x", DataType.Float32, [6, 6]).Initializer("w", draw.Float(6, 6).AsSpan<float>().ToArray(), 6, 6)
            .Node("MatMul", ["x", "w"], ["m"]).Node("Add", ["m", "w"], ["a"]).Node("Gather", ["w", "i"], ["g"]).Initializer("i", new[] { 1L, 3L })
            .Node("MatMul", ["a", "w"], ["y"]).Output("y").Output("g").Build();
        EngineComparison.AssertAgrees(proto, [x]);
    }

    /// <summary>Apart, so that nothing of the graph is left on the stack.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ExecutionPlan Build(string op, out WeakReference weights)
    {
        bool picture = op.StartsWith("Conv", StringComparison.Ordinal);
        int[] dims = picture ? [64, 64, 3, 3] : [64, 64];
        ModelProto proto = new OnnxGraphBuilder().Input("x", DataType.Float32, (long[])(picture ? [1, 64, 8, 8] : [8, 64]))
            .Initializer("w", new Half[dims.Aggregate(1, (p, d) => p * d)], [.. dims.Select(d => (long)d)])
            .Node("Cast", ["w"], ["f"], AttributeProto.Of("to", (long)DataType.Float32)).Node(op, ["x", "f"], ["y"]).Output("y").Build();
        PlanSettings settings = new(KernelCatalog.Available[0], 1, true, new SessionLimits());
        var graph = GraphImporter.Import(Model.FromProto(proto, "packed"), [picture ? new Shape(1, 64, 8, 8) : new Shape(8, 64)], settings);
        PassPipeline.Optimize(graph, settings);
        weights = new WeakReference(graph.Nodes.Single(n => n.OpType == op).Inputs[1]!.Constant);
        return PlanBuilder.Build(graph, settings);
    }
}
