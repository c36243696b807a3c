using Edge.Onnx;
using Edge.Runtime.Tests.Sessions;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Streaming;

[Collection("alone")]
public class StreamingAllocationTests
{
    [Theory]
    [InlineData("silero_vad")]
    [InlineData("silero_vad at 8 kHz")]
    [InlineData("silero_vad_16k_op15")]
    [InlineData("dtln")]
    [InlineData("cwru_bigru")]
    [InlineData("cmapss_lstm")]
    [InlineData("sww")]
    [InlineData("bidi_lstm")]
    public void A_step_allocates_nothing_after_warming_up(string name)
    {
        foreach (int threads in (int[])[1, 2])
        {
            var (session, step) = StreamedModels.Get(name).Start(threads);
            using (session) Assert.Equal(0, AllocationTests.Allocated(step));
        }
    }

    /// <summary>Weights of an input, 40 sequences in both directions on two threads.</summary>
    [Theory]
    [InlineData("LSTM", 4)]
    [InlineData("GRU", 3)]
    [InlineData("RNN", 1)]
    public void Weights_of_an_input_are_packed_without_allocating(string opType, int gates)
    {
        var proto = new OnnxGraphBuilder().Input("x", DataType.Float32, [9, 40, 5]).Input("w", DataType.Float32, [2, gates * 33, 5]).Input("r", DataType.Float32, [2, gates * 33, 33])
            .Node(opType, ["x", "w", "r"], ["y"], AttributeProto.Of("direction", "bidirectional")).Output("y").Build();
        using var session = new InferenceSession(Model.FromProto(proto, "test"), new SessionOptions { Threads = 2 });
        Tensor x = EngineComparison.Random(1, 9, 40, 5), w = EngineComparison.Random(2, 2, gates * 33, 5), r = EngineComparison.Random(3, 2, gates * 33, 33);
        Assert.Equal(0, AllocationTests.Allocated(() => session.Run(x, w, r)));
    }

    [Fact]
    public void Dynamically_quantized_nodes_allocate_nothing()
    {
        const string Microsoft = "com.microsoft";
        var proto = new OnnxGraphBuilder().Input("x", DataType.Float32, [9, 4, 5])
            .Initializer("w", new sbyte[5 * 32], 1, 5, 32).Initializer("r", new sbyte[8 * 32], 1, 8, 32).Initializer("b", new byte[8 * 3], 8, 3).Initializer("s", new[] { 0.1f }, 1)
            .Node(Microsoft, "DynamicQuantizeLSTM", ["x", "w", "r", "", "", "", "", "", "s", "", "s"], ["h"])
            .Node(Microsoft, "DynamicQuantizeMatMul", ["h", "b", "s"], ["y"]).Output("y").Build();
        using var session = new InferenceSession(Model.FromProto(proto, "test"), new SessionOptions { Threads = 2 });
        var x = EngineComparison.Random(1, 9, 4, 5);
        Assert.Equal(0, AllocationTests.Allocated(() => session.Run(x)));
    }
}
