using Edge.Onnx;
using Edge.Runtime.Tests.Sessions;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Attention;

/// <summary>What the operators of transformers and normalisations allocate in a run, which is nothing.</summary>
[Collection("alone")]
public class TransformerAllocationTests
{
    private const int Length = 12, Heads = 3, Size = 8, Hidden = Heads * Size;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_run_allocates_nothing(int threads)
    {
        const string Microsoft = "com.microsoft";
        AttributeProto heads = AttributeProto.Of("num_heads", (long)Heads);
        AttributeProto[] both = [AttributeProto.Of("q_num_heads", (long)Heads), AttributeProto.Of("kv_num_heads", (long)Heads)];
        var b = new OnnxGraphBuilder(27).Input("x", DataType.Float32, 1, Length, Hidden).Input("one", DataType.Float32, 1, 1, Hidden).Input("past", DataType.Float32, 1, Heads, 5, Size)
            .Input("lengths", DataType.Int32, 1).Input("picture", DataType.Float32, 1, 4, 6, 6)
            .Initializer("s", Values(Hidden), Hidden).Initializer("s4", Values(4), 4).Initializer("w", Values(Hidden * 3 * Hidden), Hidden, 3 * Hidden).Initializer("bias", Values(3 * Hidden), 3 * Hidden)
            .Initializer("m", Values(Hidden * Hidden), Hidden, Hidden).Initializer("table", Values(Length * Size / 2), Length, Size / 2).Initializer("positions", Positions(), 1, Length)
            .Initializer("total", [6], 1).Initializer("taps", Values(Length * 3), Length, 1, 3);
        b.Node("LayerNormalization", ["x", "s", "s"], ["ln"]).Node("RMSNormalization", ["ln", "s"], ["rms"]).Node(Microsoft, "SkipLayerNormalization", ["rms", "x", "s"], ["skip"])
            .Node("GroupNormalization", ["picture", "s4", "s4"], ["g"], AttributeProto.Of("num_groups", 2L)).Node("InstanceNormalization", ["g", "s4", "s4"], ["i"])
            .Node("MeanVarianceNormalization", ["i"], ["mvn"]).Node("LpNormalization", ["mvn"], ["lp"]).Node("LRN", ["lp"], ["lrn"], AttributeProto.Of("size", 3L))
            .Node("RotaryEmbedding", ["skip", "table", "table", "positions"], ["r"], heads)
            .Node("Attention", ["r", "x", "x", "", "past", "past"], ["a", "k", "v"], [.. both, AttributeProto.Of("is_causal", 1L)])
            .Node(Microsoft, "MultiHeadAttention", ["a", "x", "x", "bias"], ["mha"], heads)
            .Node(Microsoft, "Attention", ["mha", "w", "bias"], ["pa"], heads)
            .Node(Microsoft, "GroupQueryAttention", ["one", "one", "one", "past", "past", "lengths", "total"], ["gqa", "gk", "gv"], heads, AttributeProto.Of("kv_num_heads", (long)Heads))
            .Node(Microsoft, "FusedMatMul", ["pa", "x"], ["f"], AttributeProto.Of("transB", 1L), AttributeProto.Of("alpha", 0.5f))
            .Node("Einsum", ["f", "x"], ["e"], AttributeProto.Of("equation", "bij,bjd->bid")).Node("Einsum", ["e", "m"], ["e2"], AttributeProto.Of("equation", "bid,de->bei"))
            .Node(Microsoft, "BiasGelu", ["pa", "s"], ["gelu"])
            .Node("LinearAttention", ["gelu", "x", "x"], ["la", "state"], [.. both, AttributeProto.Of("update_rule", "linear")])
            .Node("CausalConvWithState", ["la", "taps"], ["c"]);
        foreach (string y in (string[])["lrn", "k", "gqa", "gk", "e2", "state", "c"]) b.Output(y);
        using var session = new InferenceSession(Model.FromProto(b.Build(), "test"), new SessionOptions { Threads = threads });
        Tensor[] inputs = [EngineComparison.Random(1, 1, Length, Hidden), EngineComparison.Random(2, 1, 1, Hidden), EngineComparison.Random(3, 1, Heads, 5, Size), Tensor.Create<int>(new Shape(1), [5]), EngineComparison.Random(4, 1, 4, 6, 6)];
        Assert.Equal(0, AllocationTests.Allocated(() => session.Run(inputs)));
    }

    private static float[] Values(int count) => EngineComparison.Random(count, count).AsSpan<float>().ToArray();

    private static long[] Positions() => [.. Enumerable.Range(0, Length).Select(i => (long)i)];
}
