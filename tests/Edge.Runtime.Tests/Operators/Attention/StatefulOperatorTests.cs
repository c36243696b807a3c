using Edge.Onnx;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Attention;

/// <summary>Operators that carry a state from run to run: what they say of a whole sequence is what they say of its parts, one after the other.</summary>
public class StatefulOperatorTests
{
    [Theory]
    [InlineData("linear")]
    [InlineData("gated")]
    [InlineData("delta")]
    [InlineData("gated_delta")]
    public void Linear_attention_goes_on_where_it_stopped(string rule)
    {
        var draw = new Draw(rule.Length);
        const int Batch = 2, Length = 6, Heads = 4, KvHeads = 2, Size = 5, Values = 19;
        bool gated = rule.StartsWith("gated", StringComparison.Ordinal), delta = rule.EndsWith("delta", StringComparison.Ordinal);
        Tensor[] sequence =
        [
            draw.Tensor(DataType.Float32, -1, 1, Batch, Length, Heads * Size), draw.Tensor(DataType.Float32, -1, 1, Batch, Length, KvHeads * Size), draw.Float(Batch, Length, KvHeads * Values),
            draw.Tensor(DataType.Float32, -1, 0, Batch, Length, KvHeads * Size), draw.Tensor(DataType.Float32, 0, 0.3, Batch, Length, 1), draw.Tensor(DataType.Float32, 0, 1, Batch, Length, KvHeads * Size),
        ];

        IReadOnlyList<Tensor> Run(int from, int to, Tensor? state)
        {
            Tensor[] part = [.. sequence.Select(t => Part(t, from, to))];
            var test = new OperatorCase("LinearAttention", 27).Input(part[0]).Input(part[1]).Input(part[2]).Input(state).Input(gated ? part[3] : null).Input(delta ? part[4] : null);
            if (delta) test.Input(part[5]);
            return test.Outputs(2).With(AttributeProto.Of("q_num_heads", (long)Heads), AttributeProto.Of("kv_num_heads", (long)KvHeads), AttributeProto.Of("update_rule", rule)).OnEveryIsa();
        }

        var whole = Run(0, Length, null);
        var first = Run(0, 4, null);
        var second = Run(4, Length, first[1]);
        TensorAssert.SameBits(whole[1], second[1], "the state");
        TensorAssert.SameBits(Part(whole[0], 0, 4), first[0], "the first part");
        TensorAssert.SameBits(Part(whole[0], 4, Length), second[0], "the second part");
    }

    [Theory]
    [InlineData("none")]
    [InlineData("silu")]
    public void A_causal_convolution_goes_on_where_it_stopped(string activation)
    {
        var draw = new Draw(2);
        const int Length = 43, Taps = 4;
        Tensor x = draw.Float(2, 3, Length), weights = draw.Float(3, 1, Taps), bias = draw.Float(3);
        IReadOnlyList<Tensor> Run(Tensor part, Tensor? state) => new OperatorCase("CausalConvWithState", 27).Input(part).Constant(weights).Constant(bias).Input(state)
            .With(AttributeProto.Of("activation", activation)).Outputs(2).OnEveryIsa();

        static Tensor Cut(Tensor t, int from, int to) => new OperatorCase("Slice").Input(t).Constant(Longs(from)).Constant(Longs(to)).Constant(Longs(2)).Run()[0];
        var whole = Run(x, null);
        var first = Run(Cut(x, 0, 2), null);
        var second = Run(Cut(x, 2, Length), first[1]);
        TensorAssert.SameBits(whole[1], second[1], "the state");
        TensorAssert.SameBits(Cut(whole[0], 2, Length), second[0], "the second part");

        // Without an activation it is a convolution padded in front.
        if (activation != "none") return;
        Tensor conv = new OperatorCase("Conv").Input(x).Constant(weights).Constant(bias).With(AttributeProto.Of("group", 3L), AttributeProto.Of("pads", [Taps - 1L, 0])).Run()[0];
        TensorAssert.Close(conv, whole[0], 1e-5, 1e-5, 0);
    }

    [Theory]
    [InlineData(DataType.Float32)]
    [InlineData(DataType.UInt8)]
    public void A_cache_is_written_where_the_indices_say(DataType type)
    {
        Tensor cache = new Draw(1).Tensor(type, 0, 9, 2, 3, 5, 2), update = new Draw(2).Tensor(type, 10, 19, 2, 3, 2, 2);
        Tensor y = new OperatorCase("TensorScatter", 24).Input(cache).Input(update).Input(Longs(4, 1)).With(AttributeProto.Of("mode", "circular")).OnEveryIsa()[0];
        for (int i = 0; i < y.Count; i++)
        {
            var (batch, row) = (i / 30, i / 2 % 5);
            int written = (row - (batch == 0 ? 4 : 1) + 5) % 5;
            Assert.Equal(written < 2 ? TensorAssert.At(update, (i / 10 * 2 + written) * 2 + i % 2) : TensorAssert.At(cache, i), TensorAssert.At(y, i));
        }
    }

    [Fact]
    public void A_circular_cache_takes_any_index()
    {
        Tensor cache = new Draw(1).Tensor(DataType.Float32, 0, 9, 2, 3, 5, 2), update = new Draw(2).Tensor(DataType.Float32, 10, 19, 2, 3, 2, 2);
        Tensor At(params long[] indices) => new OperatorCase("TensorScatter", 24).Input(cache).Input(update).Input(Longs(indices)).With(AttributeProto.Of("mode", "circular")).Run()[0];
        Assert.Equal(At(2, 1).Bytes, At(long.MaxValue, 6).Bytes);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        static Tensor Zeros(params int[] dims) => Tensor.Create<float>(new Shape(dims));
        static void Refuses(string message, OperatorCase test) => Assert.Contains(message, test.Refusal(), StringComparison.Ordinal);
        static OperatorCase Linear(string rule) => new OperatorCase("LinearAttention", 27).Input(Zeros(1, 2, 8)).Input(Zeros(1, 2, 4)).Input(Zeros(1, 2, 4))
            .With(AttributeProto.Of("q_num_heads", 2L), AttributeProto.Of("kv_num_heads", 1L), AttributeProto.Of("update_rule", rule));

        Refuses("update_rule 'gated' needs decay", Linear("gated"));
        Refuses("update_rule 'delta' needs beta", Linear("delta"));
        Refuses("update_rule 'other' is not supported", Linear("other"));
        Refuses("past_state [1,1,4,3] must be [1,1,4,4]", Linear("linear").Input(Zeros(1, 1, 4, 3)));
        Refuses("weight [3,1,2] must be [2,1,taps]", new OperatorCase("CausalConvWithState", 27).Input(Zeros(1, 2, 4)).Input(Zeros(3, 1, 2)));
        Refuses("activation 'tanh' is not supported", new OperatorCase("CausalConvWithState", 27).Input(Zeros(1, 2, 4)).Input(Zeros(2, 1, 2)).With(AttributeProto.Of("activation", "tanh")));
        Refuses("write index 3 is outside [0, 2]", new OperatorCase("TensorScatter", 24).Input(Zeros(1, 3, 4)).Input(Zeros(1, 1, 4)).Input(Longs(3)));
        Refuses("update [1,4,4] does not fit cache [1,3,4]", new OperatorCase("TensorScatter", 24).Input(Zeros(1, 3, 4)).Input(Zeros(1, 4, 4)));
    }

    private static Tensor Longs(params long[] values) => Tensor.Create<long>(new Shape(values.Length), values);

    private static Tensor Part(Tensor t, int from, int to) => new OperatorCase("Slice").Input(t).Constant(Longs(from)).Constant(Longs(to)).Constant(Longs(1)).Run()[0];
}
