using Edge.Onnx;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Attention;

public class GroupQueryAttentionTests
{
    private const double Close = 3e-5;
    private const int Size = 16;

    [Theory]
    [InlineData(7, 0, 0, false, false, -1)]
    [InlineData(7, 0, 0, true, false, -1)]
    [InlineData(7, 0, 0, true, true, 3)]
    [InlineData(1, 6, 6, false, false, -1)]
    [InlineData(1, 6, 6, true, false, -1)]
    [InlineData(1, 6, 12, true, true, -1)]
    [InlineData(1, 9, 9, false, true, 4)]
    [InlineData(4, 5, 5, true, false, -1)]
    [InlineData(4, 5, 5, false, true, 2)]
    public void A_prompt_and_what_follows_agree_with_ONNX_Runtime(int queries, int past, int buffer, bool rotary, bool packed, int window)
    {
        var draw = new Draw(queries + past);
        const int Heads = 4, KvHeads = 2;
        int batch = past > 0 && queries > 1 ? 1 : 2, total = past + queries;
        var test = new OperatorCase("GroupQueryAttention", 1, "com.microsoft");
        if (packed) test.Input(draw.Float(batch, queries, (Heads + 2 * KvHeads) * Size)).Input(null).Input(null);
        else test.Input(draw.Float(batch, queries, Heads * Size)).Input(draw.Float(batch, queries, KvHeads * Size)).Input(draw.Float(batch, queries, KvHeads * Size));
        test.Input(past > 0 ? draw.Float(batch, KvHeads, buffer, Size) : null).Input(past > 0 ? draw.Float(batch, KvHeads, buffer, Size) : null);
        // A token may be the last of a shorter sequence than the longest.
        int[] lengths = [.. Enumerable.Range(0, batch).Select(b => total - 1 - (queries == 1 ? b : 0))];
        test.Input(Tensor.Create<int>(new Shape(batch), lengths)).Constant(Tensor.Create<int>(new Shape(1), [total]));
        if (rotary) test.Constant(draw.Tensor(DataType.Float32, -1, 1, 20, Size / 2)).Constant(draw.Tensor(DataType.Float32, -1, 1, 20, Size / 2)).With(AttributeProto.Of("do_rotary", 1L));
        test.With(AttributeProto.Of("num_heads", (long)Heads), AttributeProto.Of("kv_num_heads", (long)KvHeads), AttributeProto.Of("local_window_size", (long)window));
        test.Outputs(3).EverywhereWithOnnxRuntime(Close, Close * 4);
    }

    [Fact]
    public void The_length_of_the_cache_may_come_with_the_run()
    {
        var draw = new Draw(8);
        var test = new OperatorCase("GroupQueryAttention", 1, "com.microsoft").Input(draw.Float(1, 3, 2 * Size)).Input(draw.Float(1, 3, Size)).Input(draw.Float(1, 3, Size)).Input(null).Input(null)
            .Input(Tensor.Create<int>(new Shape(1), [2])).Input(Tensor.Create<int>(new Shape(1), [3])).With(AttributeProto.Of("num_heads", 2L), AttributeProto.Of("kv_num_heads", 1L), AttributeProto.Of("softcap", 1.5f));
        test.Outputs(3).EverywhereWithOnnxRuntime(Close, Close * 4);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        static Tensor Zeros(params int[] dims) => Tensor.Create<float>(new Shape(dims));
        static Tensor Int(int value) => Tensor.Create<int>(new Shape(1), [value]);
        static void Refuses(string message, OperatorCase test) => Assert.Contains(message, test.Refusal(), StringComparison.Ordinal);
        static OperatorCase Case(int length, int total, long heads = 2) => new OperatorCase("GroupQueryAttention", 1, "com.microsoft").Input(Zeros(1, 1, 8)).Input(Zeros(1, 1, 4)).Input(Zeros(1, 1, 4))
            .Input(Zeros(1, 1, 2, 4)).Input(Zeros(1, 1, 2, 4)).Input(Int(length)).Input(Int(total)).With(AttributeProto.Of("num_heads", heads), AttributeProto.Of("kv_num_heads", 1L));

        Refuses("seqlens_k 3 does not fit 2 rows of the cache and 1 new ones", Case(3, 3));
        Refuses("total_sequence_length 0 is less than the 1 queries", Case(0, 0));
        Refuses("query [1,1,8] does not divide into 3 heads", Case(2, 3, heads: 3));
        Refuses("do_rotary 1 needs cos_cache and sin_cache", Case(2, 3).With(AttributeProto.Of("do_rotary", 1L)));
    }
}
