using Edge.Onnx;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Attention;

/// <summary>The attentions of ONNX Runtime's own domain.</summary>
public class ContributedAttentionTests
{
    private const double Close = 3e-5;
    private const string Microsoft = "com.microsoft";

    [Theory]
    [MemberData(nameof(AttentionOperatorTests.Seeds), 30, MemberType = typeof(AttentionOperatorTests))]
    public void A_random_MultiHeadAttention_agrees_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(seed);
        int batch = draw.Int(1, 3), heads = draw.Int(1, 3), queries = draw.Int(1, 20), added = draw.Int(1, 20), size = draw.Int(1, 10), past = draw.Int(0, 1) * draw.Int(1, 5);
        bool cross = draw.Int(0, 3) == 0, causal = draw.Int(0, 3) == 0;
        if (cross) past = 0;
        if (causal) added = queries;
        // With a cache, ONNX Runtime wants values of the keys' size.
        int valueSize = past > 0 || cross ? size : draw.Int(1, 10), keys = past + added;
        bool bias = !cross && draw.Int(0, 1) == 0;
        var test = new OperatorCase("MultiHeadAttention", 1, Microsoft).Input(draw.Float(batch, queries, heads * size));
        test.Input(cross ? draw.Float(batch, heads, added, size) : draw.Float(batch, added, heads * size));
        test.Input(cross ? draw.Float(batch, heads, added, size) : draw.Float(batch, added, heads * valueSize));
        test.Input(bias ? draw.Float(heads * (2 * size + valueSize)) : null);
        test.Input(draw.Int(0, 3) switch
        {
            0 => draw.Tensor(DataType.Int32, 1, keys, batch),
            1 => draw.Tensor(DataType.Int32, 0, 1, batch, keys),
            2 => draw.Tensor(DataType.Int32, 0, 1, batch, queries, keys),
            _ => null,
        });
        test.Input(draw.Int(0, 1) == 0 ? draw.Float(draw.Int(0, 1) == 0 ? 1 : batch, draw.Int(0, 1) == 0 ? 1 : heads, queries, keys) : null);
        if (past > 0) test.Input(draw.Float(batch, heads, past, size)).Input(draw.Float(batch, heads, past, valueSize)).Outputs(3);
        test.With(AttributeProto.Of("num_heads", (long)heads));
        if (causal) test.With(AttributeProto.Of("unidirectional", 1L));
        if (draw.Int(0, 2) == 0) test.With(AttributeProto.Of("scale", 0.3f));
        test.EverywhereWithOnnxRuntime(Close, Close * 4);
    }

    [Fact]
    public void Packed_operands_are_what_they_are_apart()
    {
        var draw = new Draw(2);
        const int Batch = 2, Length = 5, Heads = 3, Size = 4;
        Tensor[] parts = [draw.Float(Batch, Length, Heads, 1, Size), draw.Float(Batch, Length, Heads, 1, Size), draw.Float(Batch, Length, Heads, 1, Size)];
        Tensor[] flat = [.. parts.Select(p => p.Reshape(new Shape(Batch, Length, Heads * Size)))];
        Tensor Pack(params Tensor[] of)
        {
            var test = new OperatorCase("Concat").With(AttributeProto.Of("axis", 3L));
            foreach (Tensor t in of) test.Input(t);
            return test.Run()[0];
        }

        OperatorCase Case() => new OperatorCase("MultiHeadAttention", 1, Microsoft).With(AttributeProto.Of("num_heads", (long)Heads));
        Tensor expected = Case().Input(flat[0]).Input(flat[1]).Input(flat[2]).Run()[0];
        TensorAssert.SameBits(expected, Case().Input(Pack(parts)).Run()[0], "packed queries, keys and values");
        TensorAssert.SameBits(expected, Case().Input(flat[0]).Input(Pack(parts[1], parts[2])).Run()[0], "packed keys and values");
    }

    [Theory]
    [MemberData(nameof(AttentionOperatorTests.Seeds), 30, MemberType = typeof(AttentionOperatorTests))]
    public void A_random_Attention_with_its_projection_agrees_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(seed);
        int batch = draw.Int(1, 3), heads = draw.Int(1, 3), queries = draw.Int(1, 20), inner = draw.Int(1, 24), size = draw.Int(1, 10), past = draw.Int(0, 1) * draw.Int(1, 5);
        int valueSize = past > 0 || draw.Int(0, 1) == 0 ? size : draw.Int(1, 10), keys = past + queries, width = heads * (2 * size + valueSize);
        bool causal = draw.Int(0, 3) == 0, constant = draw.Int(0, 3) != 0;
        Tensor weights = draw.Tensor(DataType.Float32, -1, 1, inner, width), bias = draw.Float(width);
        var test = new OperatorCase("Attention", 1, Microsoft).Input(draw.Float(batch, queries, inner));
        test = constant ? test.Constant(weights) : test.Input(weights);
        test = draw.Int(0, 3) != 0 ? test.Constant(bias) : test.Input(bias);
        test.Input(draw.Int(0, 4) switch
        {
            0 => draw.Tensor(DataType.Int32, 1, keys, batch),
            1 => draw.Tensor(DataType.Int32, 0, 1, batch, keys),
            2 when !causal => draw.Tensor(DataType.Int32, 0, 1, batch, queries, keys),
            3 => Ends(draw, batch, keys),
            _ => null,
        });
        test.Input(past > 0 ? draw.Float(2, batch, heads, past, size) : null);
        // ONNX Runtime takes a cache or a bias.
        test.Input(past == 0 && draw.Int(0, 1) == 0 ? draw.Float(draw.Int(0, 1) == 0 ? 1 : batch, heads, queries, keys) : null);
        test.With(AttributeProto.Of("num_heads", (long)heads), AttributeProto.Of("qkv_hidden_sizes", [(long)heads * size, heads * size, heads * valueSize]));
        if (causal) test.With(AttributeProto.Of("unidirectional", 1L));
        if (past > 0) test.Outputs(2);
        test.EverywhereWithOnnxRuntime(Close, Close * 10);
    }

    [Theory]
    [MemberData(nameof(AttentionOperatorTests.Seeds), 24, MemberType = typeof(AttentionOperatorTests))]
    public void A_random_QAttention_agrees_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(seed);
        int batch = draw.Int(1, 2), heads = draw.Int(1, 3), queries = draw.Int(1, 12), inner = draw.Int(1, 24), size = draw.Int(1, 10), past = draw.Int(0, 1) * draw.Int(1, 5);
        int keys = past + queries, width = 3 * heads * size;
        DataType weights = draw.Int(0, 1) == 0 ? DataType.Int8 : DataType.UInt8;
        bool perColumn = draw.Int(0, 2) == 0 && weights == DataType.Int8, zeroPoints = draw.Int(0, 2) != 0, late = draw.Int(0, 1) == 0;
        var test = new OperatorCase("QAttention", 1, Microsoft).Input(draw.Bytes(DataType.UInt8, batch, queries, inner)).Constant(draw.Bytes(weights, inner, width)).Constant(draw.Float(width));
        Tensor scale = Draw.Scalar(0.013f), zero = Draw.Zero(DataType.UInt8, 117);
        test = late ? test.Input(scale) : test.Constant(scale);
        test.Constant(perColumn ? draw.Tensor(DataType.Float32, 0.001, 0.02, width) : Draw.Scalar(0.007f));
        test.Input(draw.Int(0, 1) == 0 ? draw.Tensor(DataType.Int32, 0, 1, batch, keys) : null);
        test = !zeroPoints ? test.Constant(null) : late ? test.Input(zero) : test.Constant(zero);
        test.Constant(!zeroPoints ? null : perColumn ? draw.Bytes(weights, width) : Draw.Zero(weights, 3));
        test.Input(past > 0 ? draw.Float(2, batch, heads, past, size) : null);
        test.With(AttributeProto.Of("num_heads", (long)heads));
        if (draw.Int(0, 2) == 0) test.With(AttributeProto.Of("unidirectional", 1L));
        test.Outputs(past > 0 ? 2 : 1).EverywhereWithOnnxRuntime(Close, Close * 10);
    }

    [Fact]
    public void What_is_not_supported_is_refused()
    {
        static Tensor Zeros(params int[] dims) => Tensor.Create<float>(new Shape(dims));
        static OperatorCase Case(string op) => new OperatorCase(op, 1, Microsoft).With(AttributeProto.Of("num_heads", 2L));
        static void Refuses(string message, OperatorCase test) => Assert.Contains(message, test.Refusal(), StringComparison.Ordinal);

        Refuses("query [1,2,5] does not divide into num_heads 2", Case("MultiHeadAttention").Input(Zeros(1, 2, 5)).Input(Zeros(1, 2, 5)).Input(Zeros(1, 2, 5)));
        Refuses("do not fit each other", Case("MultiHeadAttention").Input(Zeros(1, 2, 4)).Input(Zeros(1, 3, 4)).Input(Zeros(1, 2, 4)));
        Refuses("key is left out", Case("MultiHeadAttention").Input(Zeros(1, 2, 12)));
        Refuses("bias [4] must be [12]", Case("MultiHeadAttention").Input(Zeros(1, 2, 4)).Input(Zeros(1, 2, 4)).Input(Zeros(1, 2, 4)).Input(Zeros(4)));
        Refuses("a mask of shape [3] is not supported", Case("MultiHeadAttention").Input(Zeros(1, 2, 4)).Input(Zeros(1, 2, 4)).Input(Zeros(1, 2, 4)).Input(null).Input(Tensor.Create<int>(new Shape(3))));
        Refuses("weights [4,13] do not divide", Case("Attention").Input(Zeros(1, 2, 4)).Input(Zeros(4, 13)).Input(Zeros(13)));
        Refuses("do_rotary 1 is not supported", Case("Attention").Input(Zeros(1, 2, 4)).Input(Zeros(4, 12)).Input(Zeros(12)).With(AttributeProto.Of("do_rotary", 1L)));
    }

    /// <summary>Ends, then starts, of what is attended to.</summary>
    private static Tensor Ends(Draw draw, int batch, int keys)
    {
        Tensor mask = draw.Tensor(DataType.Int32, 0, 0, 2 * batch);
        for (int b = 0; b < batch; b++)
        {
            mask.AsSpan<int>()[b] = draw.Int(1, keys);
            mask.AsSpan<int>()[batch + b] = draw.Int(0, mask.AsSpan<int>()[b] - 1);
        }

        return mask;
    }
}
