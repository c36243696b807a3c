using Edge.Onnx;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Attention;

public class AttentionOperatorTests
{
    private const double Close = 3e-5;

    public static IEnumerable<TheoryDataRow<int>> Seeds(int count) => Enumerable.Range(1, count).Select(i => new TheoryDataRow<int>(i));

    [Theory]
    [MemberData(nameof(Seeds), 40)]
    public void A_random_attention_agrees_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(seed);
        bool flat = draw.Int(0, 1) == 0, past = draw.Int(0, 2) == 0;
        int batch = draw.Int(1, 3), kvHeads = draw.Int(1, 3), heads = kvHeads * draw.Int(1, 3), queries = draw.Int(1, 40), added = draw.Int(1, 45);
        int size = draw.Int(1, 20), valueSize = draw.Int(1, 20), before = past ? draw.Int(1, 9) : 0, keys = before + added;
        // ONNX Runtime wants causal queries to have as many keys.
        bool causal = draw.Int(0, 2) == 0;
        if (causal) keys = before + (added = queries);
        var test = new OperatorCase("Attention", 23);
        int[] q = flat ? [batch, queries, heads * size] : [batch, heads, queries, size];
        int[] k = flat ? [batch, added, kvHeads * size] : [batch, kvHeads, added, size];
        int[] v = flat ? [batch, added, kvHeads * valueSize] : [batch, kvHeads, added, valueSize];
        test.Input(draw.Float(q)).Input(draw.Float(k)).Input(draw.Float(v));
        if (flat) test.With(AttributeProto.Of("q_num_heads", (long)heads), AttributeProto.Of("kv_num_heads", (long)kvHeads));
        int[][] masks = [[queries, keys], [batch, 1, queries, keys], [batch, heads, queries, keys], [1, heads, queries, keys]];
        bool masked = past || draw.Int(0, 1) == 0;
        int[] mask = masks[draw.Int(0, 3)];
        if (masked) test.Input(draw.Int(0, 1) == 0 ? Allowing(draw, mask) : draw.Float(mask));
        if (past) test.Input(draw.Float(batch, kvHeads, before, size)).Input(draw.Float(batch, kvHeads, before, valueSize));
        if (causal) test.With(AttributeProto.Of("is_causal", 1L));
        if (!masked && draw.Int(0, 2) == 0) test.With(AttributeProto.Of("softcap", 1.5f));
        if (draw.Int(0, 2) == 0) test.With(AttributeProto.Of("scale", 0.21f));
        if (past) test.Outputs(3);
        test.EverywhereWithOnnxRuntime(Close, Close * 4);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_scores_are_those_of_the_definition_at_each_stage(long mode)
    {
        var draw = new Draw(3);
        const int Queries = 5, Keys = 7, Size = 4;
        Tensor q = draw.Float(1, 1, Queries, Size), k = draw.Float(1, 1, Keys, Size), v = draw.Float(1, 1, Keys, Size), mask = draw.Float(Queries, Keys);
        var results = new OperatorCase("Attention", 23).Input(q).Input(k).Input(v).Input(mask).OutputNames("y0", "", "", "y3")
            .With(AttributeProto.Of("qk_matmul_output_mode", mode), AttributeProto.Of("softcap", 1.5f), AttributeProto.Of("is_causal", 1L)).Run();
        for (int i = 0; i < Queries; i++)
        {
            double[] scores = [.. Enumerable.Range(0, Keys).Select(j => Enumerable.Range(0, Size).Sum(p => (double)q.AsSpan<float>()[i * Size + p] * k.AsSpan<float>()[j * Size + p]) / 2)];
            if (mode >= 1) scores = [.. scores.Select(s => 1.5 * Math.Tanh(s / 1.5))];
            if (mode >= 2) scores = [.. scores.Select((s, j) => j > i ? double.NegativeInfinity : s + mask.AsSpan<float>()[i * Keys + j])];
            if (mode >= 3) scores = [.. scores.Select(s => Math.Exp(s) / scores.Sum(Math.Exp))];
            for (int j = 0; j < Keys; j++) Assert.Equal(scores[j], results[1].AsSpan<float>()[i * Keys + j], 1e-5);
        }
    }

    [Fact]
    public void Many_queries_are_taken_in_blocks()
    {
        var draw = new Draw(4);
        // One head on two threads, and more scores than one block holds.
        new OperatorCase("Attention", 23).Input(draw.Float(1, 1, 300, 8)).Input(draw.Float(1, 1, 1000, 8)).Input(draw.Float(1, 1, 1000, 8)).EverywhereWithOnnxRuntime(Close, Close * 4);
    }

    [Theory]
    [InlineData(64, 64, 0f)]
    [InlineData(5, 37, 1.5f)]
    [InlineData(16, 3, 0f)]
    [InlineData(33, 130, 2f)]
    public void A_single_query_gives_the_same_bytes_everywhere(int size, int valueSize, float softcap)
    {
        // It goes through no matrix product, whose last bits may differ.
        var draw = new Draw(size);
        const int Keys = 83;
        Tensor q = draw.Float(2, 4, 1, size), k = draw.Float(2, 2, Keys, size), v = draw.Float(2, 2, Keys, valueSize), mask = Allowing(draw, [2, 1, 1, Keys]);
        AttributeProto cap = AttributeProto.Of("softcap", softcap);
        Tensor masked = new OperatorCase("Attention", 23).Input(q).Input(k).Input(v).Input(mask).With(cap).OnEveryIsa()[0];
        new OperatorCase("Attention", 23).Input(q).Input(k).Input(v).Input(draw.Float(1, 4, 1, 1)).With(cap).OnEveryIsa();
        Tensor bias = Tensor.Create<float>(mask.Shape, Array.ConvertAll(mask.AsSpan<bool>().ToArray(), allowed => allowed ? 0 : float.NegativeInfinity));
        TensorAssert.SameBits(masked, new OperatorCase("Attention", 23).Input(q).Input(k).Input(v).Input(bias).With(cap).Run()[0], "a bias of −∞ for a mask");
    }

    [Fact]
    public void Keys_that_are_not_there_are_not_attended_to()
    {
        var draw = new Draw(5);
        const int Size = 4;
        Tensor q = draw.Float(2, 2, 3, Size), k = draw.Float(2, 2, 6, Size), v = draw.Float(2, 2, 6, Size);
        var padded = new OperatorCase("Attention", 24).Input(q).Input(k).Input(v).Input(null).Input(null).Input(null)
            .Input(Tensor.Create<long>(new Shape(2), [4, 6])).With(AttributeProto.Of("is_causal", 1L)).Run()[0];
        // The same as masks: query i of batch b attends to the keys up to i + present[b] − 3.
        Tensor mask = Tensor.Create(DataType.Bool, new Shape(2, 1, 3, 6));
        for (int b = 0; b < 2; b++)
            for (int i = 0; i < 3; i++)
                for (int j = 0; j < 6; j++) mask.AsSpan<bool>()[(b * 3 + i) * 6 + j] = j <= i + (b == 0 ? 4 : 6) - 3;
        TensorAssert.Close(new OperatorCase("Attention", 24).Input(q).Input(k).Input(v).Input(mask).Run()[0], padded, 1e-6, 1e-6, 0);
    }

    [Fact]
    public void A_short_mask_hides_the_keys_behind_it_since_opset_24()
    {
        var draw = new Draw(6);
        Tensor q = draw.Float(1, 1, 2, 4), k = draw.Float(1, 1, 5, 4), v = draw.Float(1, 1, 5, 4), mask = draw.Float(2, 3);
        Tensor whole = Tensor.Create<float>(new Shape(2, 5));
        for (int i = 0; i < 10; i++) whole.AsSpan<float>()[i] = i % 5 < 3 ? mask.AsSpan<float>()[i / 5 * 3 + i % 5] : float.NegativeInfinity;
        Tensor expected = new OperatorCase("Attention", 24).Input(q).Input(k).Input(v).Input(whole).Run()[0];
        TensorAssert.Close(expected, new OperatorCase("Attention", 24).Input(q).Input(k).Input(v).Input(mask).Run()[0], 1e-6, 1e-6, 0);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        static OperatorCase Case(int[] q, int[] k, int[] v, params AttributeProto[] attributes) =>
            new OperatorCase("Attention", 23).Input(Tensor.Create<float>(new Shape(q))).Input(Tensor.Create<float>(new Shape(k))).Input(Tensor.Create<float>(new Shape(v))).With(attributes);

        static void Refuses(string message, OperatorCase test) => Assert.Contains(message, test.Refusal(), StringComparison.Ordinal);

        Refuses("'q_num_heads' is required and missing", Case([1, 2, 8], [1, 2, 8], [1, 2, 8]));
        Refuses("do not divide into 4 and 2 heads", Case([1, 2, 6], [1, 2, 8], [1, 2, 8], AttributeProto.Of("q_num_heads", 4L), AttributeProto.Of("kv_num_heads", 2L)));
        Refuses("must all have rank 3, or all rank 4", Case([1, 2, 3, 4], [1, 2, 12], [1, 2, 12]));
        Refuses("3 heads of queries cannot share 2 heads of keys", Case([1, 3, 2, 4], [1, 2, 2, 4], [1, 2, 2, 4]));
        Refuses("do not fit each other", Case([1, 2, 2, 4], [1, 2, 2, 5], [1, 2, 2, 5]));
        Refuses("attention to nothing is not defined", Case([1, 2, 2, 4], [1, 2, 0, 4], [1, 2, 0, 4]));
        Refuses("attention to nothing is not defined", Case([1, 2, 2, 4], [1, 2, 3, 4], [1, 2, 3, 0]));
        Refuses("does not broadcast to the scores [1,2,2,3]", Case([1, 2, 2, 4], [1, 2, 3, 4], [1, 2, 3, 4]).Input(Tensor.Create<float>(new Shape(2, 2))));
        Refuses("qk_matmul_output_mode 4 is not supported", Case([1, 2, 2, 4], [1, 2, 3, 4], [1, 2, 3, 4], AttributeProto.Of("qk_matmul_output_mode", 4L)));
    }

    /// <summary>A mask that allows at least the first key to each query.</summary>
    private static Tensor Allowing(Draw draw, int[] dims)
    {
        Tensor mask = draw.Tensor(DataType.Bool, 0, 1, dims);
        for (int i = 0; i < mask.Count; i += dims[^1]) mask.AsSpan<bool>()[i] = true;
        return mask;
    }
}
