using Edge.Onnx;
using Edge.Runtime.Tests.Sessions;
using Edge.Tensors;
using Xunit;
using static Edge.Runtime.Tests.Architectures.ExportedModel;

namespace Edge.Runtime.Tests.Architectures;

/// <summary>Transformers in the words of their exporters, against ONNX Runtime on every kernel set, shape after shape in one session.</summary>
public class TransformerTests
{
    private const float Lowest = float.MinValue;

    private static Tensor Tokens(int seed, int below, params int[] dims)
    {
        var random = new Random(seed);
        var t = Tensor.Create<long>(new Shape(dims));
        foreach (ref long v in t.AsSpan<long>()) v = random.Next(below);
        return t;
    }

    /// <summary>BERT of torch 1.x: attention, LayerNorm and Gelu written out, the mask an addend.</summary>
    private static ModelProto Bert(int opset)
    {
        const long Width = 32, Heads = 4, Depth = 8;
        ExportedModel m = new(opset);
        m.Input("input_ids", DataType.Int64, "batch", "sequence");
        m.Input("attention_mask", DataType.Int64, "batch", "sequence");
        string mask = m.Op("Unsqueeze", [m.Op("Unsqueeze", ["attention_mask", m.Ints(1)]), m.Ints(2)]);
        mask = m.Op("Mul", [m.Op("Sub", [m.Float(1), m.Op("Cast", [mask], AttributeProto.Of("to", 1L))]), m.Float(Lowest)]);
        string positions = m.Weights([.. Enumerable.Range(0, 64).Select(i => (long)i)], 1, 64);
        positions = m.Slice(positions, m.Ints(0), m.Op("Unsqueeze", [m.Size("input_ids", 1), m.Ints(0)]), 1);
        string x = m.Op("Add", [m.Op("Gather", [m.Weights(50, Width), "input_ids"]), m.Op("Gather", [m.Weights(64, Width), positions])]);
        x = m.LayerNormWrittenOut(x, Width);
        for (int layer = 0; layer < 2; layer++)
        {
            string q = m.Heads(m.Dense(x, Width, Width), Heads, Depth);
            string k = m.Heads(m.Dense(x, Width, Width), Heads, Depth, 0, 2, 3, 1);
            string v = m.Heads(m.Dense(x, Width, Width), Heads, Depth);
            string scores = m.Op("Add", [m.Op("Div", [m.Op("MatMul", [q, k]), m.Float(Math.Sqrt(Depth))]), mask]);
            string context = m.Joined(m.Op("MatMul", [m.Softmax(scores), v]), Width);
            x = m.LayerNormWrittenOut(m.Op("Add", [m.Dense(context, Width, Width), x]), Width);
            string wide = m.Gelu(m.Dense(x, Width, 4 * Width));
            x = m.LayerNormWrittenOut(m.Op("Add", [m.Dense(wide, 4 * Width, Width), x]), Width);
        }

        string first = m.Op("Gather", [x, m.Int(0)], Axis(1));
        return m.Build(x, m.Op("Tanh", [m.Op("Gemm", [first, m.Weights(Width, Width), m.Weights(Width)], AttributeProto.Of("transB", 1L))]));
    }

    private static Tensor[] Sentences(int batch, int tokens)
    {
        var mask = Tensor.Create<long>(new Shape(batch, tokens));
        for (int i = 0; i < mask.Count; i++) mask.AsSpan<long>()[i] = i % tokens <= i / tokens + tokens / 2 ? 1 : 0;
        return [Tokens(1, 50, batch, tokens), mask];
    }

    [Theory]
    [InlineData(13)]
    [InlineData(18)]
    public void Bert_with_attention_and_LayerNorm_written_out(int opset) =>
        EngineComparison.AssertAgreesInTurn(Bert(opset), [Sentences(1, 7), Sentences(3, 33), Sentences(1, 1), Sentences(0, 5)]);

    /// <summary>A decoder of grouped heads: RMSNorm and rotary embedding written out, the cache in and out, heads repeated by Expand.</summary>
    private static ModelProto Llama()
    {
        const long Width = 32, Heads = 4, Shared = 2, Depth = 8;
        ExportedModel m = new(17);
        m.Input("input_ids", DataType.Int64, "batch", "seq");
        m.Input("position_ids", DataType.Int64, "batch", "seq");
        m.Input("past_k", "batch", Shared, "past", Depth);
        m.Input("past_v", "batch", Shared, "past", Depth);
        string Rms(string x)
        {
            string mean = m.Op("ReduceMean", [m.Op("Pow", [x, m.Float(2)])], Attr("axes", -1));
            string inverse = m.Op("Div", [m.Float(1), m.Op("Sqrt", [m.Op("Add", [mean, m.Float(1e-6)])])]);
            return m.Op("Mul", [m.Scales(Width), m.Op("Mul", [x, inverse])]);
        }

        string frequencies = m.Weights([.. Enumerable.Range(0, 4).Select(i => (float)Math.Pow(10000, -i / 4.0))], 1, Depth / 2, 1);
        frequencies = m.Op("Expand", [frequencies, m.Shape(m.Size("position_ids", 0), $"{Depth / 2}", "1")]);
        string positions = m.Op("Cast", [m.Op("Unsqueeze", ["position_ids", m.Ints(1)])], AttributeProto.Of("to", 1L));
        string angle = m.Transpose(m.Op("MatMul", [frequencies, positions]), 0, 2, 1);
        angle = m.Op("Concat", [angle, angle], Axis(-1));
        string cos = m.Op("Unsqueeze", [m.Op("Cos", [angle]), m.Ints(1)]), sin = m.Op("Unsqueeze", [m.Op("Sin", [angle]), m.Ints(1)]);
        string Rotated(string x)
        {
            string half = m.Op("Unsqueeze", [m.Op("Div", [m.Size(x, 3), m.Int(2)]), m.Ints(0)]);
            string turned = m.Op("Concat", [m.Op("Neg", [m.Slice(x, half, m.Ints(long.MaxValue), 3)]), m.Slice(x, m.Ints(0), half, 3)], Axis(-1));
            return m.Op("Add", [m.Op("Mul", [x, cos]), m.Op("Mul", [turned, sin])]);
        }

        string Repeated(string x)
        {
            string wide = m.Op("Expand", [m.Op("Unsqueeze", [x, m.Ints(2)]), m.Shape(m.Size(x, 0), $"{Shared}", $"{Heads / Shared}", m.Size(x, 2), $"{Depth}")]);
            return m.Reshape(wide, m.Size(x, 0), $"{Heads}", m.Size(x, 2), $"{Depth}");
        }

        string tokens = m.Op("Gather", [m.Weights(50, Width), "input_ids"]), x = Rms(tokens);
        string q = Rotated(m.Heads(m.Dense(x, Width, Width), Heads, Depth));
        string k = m.Op("Concat", ["past_k", Rotated(m.Heads(m.Dense(x, Width, Shared * Depth), Shared, Depth))], Axis(-2));
        string v = m.Op("Concat", ["past_v", m.Heads(m.Dense(x, Width, Shared * Depth), Shared, Depth)], Axis(-2));
        string range = m.Op("Range", [m.Int(0), m.Size(k, 2), m.Int(1)]);
        string later = m.Op("Greater", [m.Op("Unsqueeze", [range, m.Ints(0, 1)]), m.Op("Unsqueeze", ["position_ids", m.Ints(2)])]);
        string mask = m.Op("Unsqueeze", [m.Op("Mul", [m.Op("Cast", [later], AttributeProto.Of("to", 1L)), m.Float(Lowest)]), m.Ints(1)]);
        string scores = m.Op("Div", [m.Op("MatMul", [q, m.Transpose(Repeated(k), 0, 1, 3, 2)]), m.Float(Math.Sqrt(Depth))]);
        string context = m.Op("MatMul", [m.Softmax(m.Op("Add", [scores, mask])), Repeated(v)]);
        x = m.Op("Add", [tokens, m.Dense(m.Joined(context, Width), Width, Width)]);
        string normed = Rms(x);
        x = m.Op("Add", [x, m.Dense(m.Op("Mul", [m.Silu(m.Dense(normed, Width, 48)), m.Dense(normed, Width, 48)]), 48, Width)]);
        return m.Build(m.Op("MatMul", [Rms(x), m.Weights(Width, 50)]), k, v);
    }

    private static Tensor[] Cached(int batch, int tokens, int past)
    {
        var positions = Tensor.Create<long>(new Shape(batch, tokens));
        for (int i = 0; i < positions.Count; i++) positions.AsSpan<long>()[i] = past + i % tokens;
        return [Tokens(2, 50, batch, tokens), positions, EngineComparison.Random(3, batch, 2, past, 8), EngineComparison.Random(4, batch, 2, past, 8)];
    }

    [Fact]
    public void Llama_from_an_empty_cache_and_from_a_full_one() =>
        EngineComparison.AssertAgreesInTurn(Llama(), [Cached(2, 5, 0), Cached(1, 1, 6), Cached(1, 3, 9)]);

    /// <summary>MultiHeadAttention of Keras through tf2onnx: Einsum everywhere, a boolean mask.</summary>
    private static ModelProto Keras()
    {
        const long Width = 16, Heads = 2, Depth = 8;
        ExportedModel m = new(15);
        m.Input("x", "n", "t", Width);
        m.Input("mask", DataType.Bool, "n", "t", "t");
        string Einsum(string equation, params string[] inputs) => m.Op("Einsum", inputs, AttributeProto.Of("equation", equation));
        string Project() => m.Op("Add", [Einsum("abc,cde->abde", "x", m.Weights(Width, Heads, Depth)), m.Weights(Heads, Depth)]);
        string q = m.Op("Mul", [Project(), m.Float(1 / Math.Sqrt(Depth))]);
        string scores = Einsum("aecd,abcd->acbe", Project(), q);
        string mask = m.Op("Cast", [m.Op("Unsqueeze", ["mask", m.Ints(1)])], AttributeProto.Of("to", 1L));
        scores = m.Op("Add", [scores, m.Op("Mul", [m.Op("Sub", [m.Float(1), mask]), m.Float(-1e9)])]);
        string context = Einsum("acbe,aecd->abcd", m.Op("Softmax", [scores], Axis(3)), Project());
        string y = m.Op("Add", [m.Op("Add", [Einsum("abcd,cde->abe", context, m.Weights(Heads, Depth, Width)), m.Weights(Width)]), "x"]);
        string Mean(string v) => m.Op("ReduceMean", [v], Attr("axes", 2));
        string mean = Mean(y), centred = m.Op("Sub", [y, mean]);
        string inverse = m.Op("Reciprocal", [m.Op("Sqrt", [m.Op("Add", [Mean(m.Op("Mul", [centred, centred])), m.Float(1e-6)])])]);
        inverse = m.Op("Mul", [inverse, m.Scales(Width)]);
        return m.Build(m.Op("Add", [m.Op("Mul", [y, inverse]), m.Op("Sub", [m.Weights(Width), m.Op("Mul", [mean, inverse])])]));
    }

    private static Tensor[] Masked(int batch, int tokens)
    {
        var mask = Tensor.Create<bool>(new Shape(batch, tokens, tokens));
        for (int i = 0; i < mask.Count; i++) mask.AsSpan<bool>()[i] = i * 7 % 5 > 1 || i % tokens == 0;
        return [EngineComparison.Random(5, batch, tokens, 16), mask];
    }

    [Fact]
    public void Attention_of_Keras_in_Einsums() => EngineComparison.AssertAgreesInTurn(Keras(), [Masked(2, 6), Masked(1, 17)]);

    /// <summary>A shifted-window block of Swin: rolls as Slice and Concat, windows by Reshape and Transpose, patches merged by strided slices.</summary>
    private static ModelProto Swin()
    {
        const long Width = 16, Heads = 2, Depth = 8, Window = 16;
        ExportedModel m = new(17);
        m.Input("x", "b", 3, 32, 32);
        string x = m.Op("Conv", ["x", m.Weights(Width, 3, 4, 4), m.Weights(Width)], Attr("kernel_shape", 4, 4), Attr("strides", 4, 4));
        x = m.LayerNorm(m.Transpose(x, 0, 2, 3, 1), Width);
        string Rolled(string v, long by)
        {
            foreach (long axis in (long[])[1, 2])
                v = m.Op("Concat", [m.Slice(v, m.Ints(-by), m.Ints(long.MaxValue), axis), m.Slice(v, m.Ints(0), m.Ints(-by), axis)], Axis(axis));
            return v;
        }

        string y = Rolled(m.LayerNorm(x, Width), -2);
        y = m.Transpose(m.Reshape(y, m.Size(y, 0), "2", "4", "2", "4", $"{Width}"), 0, 1, 3, 2, 4, 5);
        y = m.Op("Reshape", [y, m.Ints(-1, Window, Width)]);
        string qkv = m.Transpose(m.Reshape(m.Dense(y, Width, 3 * Width), m.Size(y, 0), $"{Window}", "3", $"{Heads}", $"{Depth}"), 2, 0, 3, 1, 4);
        string Part(long i) => m.Op("Gather", [qkv, m.Int(i)], Axis(0));
        string scores = m.Op("MatMul", [m.Op("Mul", [Part(0), m.Float(0.35355339)]), m.Transpose(Part(1), 0, 1, 3, 2)]);
        scores = m.Op("Add", [scores, m.Weights(1, Heads, Window, Window)]);
        string mask = m.Weights([.. Enumerable.Range(0, 4 * 256).Select(i => i % 3 == 0 ? -100f : 0f)], 1, 4, 1, Window, Window);
        string byPicture = m.Reshape(scores, m.Op("Div", [m.Size(scores, 0), m.Int(4)]), "4", $"{Heads}", $"{Window}", $"{Window}");
        scores = m.Op("Reshape", [m.Op("Add", [byPicture, mask]), m.Ints(-1, Heads, Window, Window)]);
        string windows = m.Dense(m.Joined(m.Op("MatMul", [m.Softmax(scores), Part(2)]), Width), Width, Width);
        windows = m.Transpose(m.Op("Reshape", [windows, m.Ints(-1, 2, 2, 4, 4, Width)]), 0, 1, 3, 2, 4, 5);
        x = m.Op("Add", [x, Rolled(m.Op("Reshape", [windows, m.Ints(-1, 8, 8, Width)]), 2)]);
        string Every2nd(long row, long column) =>
            m.Slice(m.Slice(x, m.Ints(row), m.Ints(long.MaxValue), 1, 2), m.Ints(column), m.Ints(long.MaxValue), 2, 2);
        string merged = m.Op("Concat", [Every2nd(0, 0), Every2nd(1, 0), Every2nd(0, 1), Every2nd(1, 1)], Axis(-1));
        return m.Build(m.Op("MatMul", [m.LayerNorm(merged, 4 * Width), m.Weights(4 * Width, 2 * Width)]));
    }

    [Fact]
    public void Swin_with_shifted_windows() =>
        EngineComparison.AssertAgreesInTurn(Swin(), [[EngineComparison.Random(6, 1, 3, 32, 32)], [EngineComparison.Random(7, 3, 3, 32, 32)]]);
}
