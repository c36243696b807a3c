using Edge.Onnx;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Attention;

public class RotaryEmbeddingTests
{
    private const double Close = 1e-6;
    private const string Microsoft = "com.microsoft";

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(false, 6)]
    [InlineData(true, 6)]
    public void Both_forms_agree_with_ONNX_Runtime(bool interleaved, int turned)
    {
        var draw = new Draw(turned + 1);
        const int Batch = 2, Heads = 3, Length = 5, Size = 40, Rows = 9;
        int pairs = (turned == 0 ? Size : turned) / 2;
        AttributeProto[] attributes =
        [
            AttributeProto.Of("interleaved", interleaved ? 1L : 0), AttributeProto.Of("rotary_embedding_dim", (long)turned), AttributeProto.Of("num_heads", (long)Heads),
        ];
        foreach (Tensor x in (Tensor[])[draw.Float(Batch, Length, Heads * Size), draw.Float(Batch, Heads, Length, Size)])
        {
            Tensor positions = draw.Tensor(DataType.Int64, 0, Rows - 1, Batch, Length), cos = draw.Float(Rows, pairs), sin = draw.Float(Rows, pairs);
            new OperatorCase("RotaryEmbedding", 23).Input(x).Constant(cos).Constant(sin).Input(positions).With(attributes).AgreesWithOnnxRuntime(Close, Close);
            new OperatorCase("RotaryEmbedding", 1, Microsoft).Input(x).Input(positions).Constant(cos).Constant(sin).With(attributes).AgreesWithOnnxRuntime(Close, Close);
            new OperatorCase("RotaryEmbedding", 1, Microsoft).Input(x).Input(Tensor.Create<long>(new Shape(1), [3])).Constant(cos).Constant(sin).With(attributes)
                .AgreesWithOnnxRuntime(Close, Close);
            new OperatorCase("RotaryEmbedding", 23).Input(x).Input(draw.Float(Batch, Length, pairs)).Input(draw.Float(Batch, Length, pairs)).With(attributes)
                .AgreesWithOnnxRuntime(Close, Close);
        }
    }

    [Fact]
    public void The_number_of_heads_may_follow_from_the_tables()
    {
        var draw = new Draw(3);
        new OperatorCase("RotaryEmbedding", 1, Microsoft).Input(draw.Float(1, 4, 24)).Input(draw.Tensor(DataType.Int64, 0, 3, 1, 4)).Constant(draw.Float(4, 4)).Constant(draw.Float(4, 4))
            .AgreesWithOnnxRuntime(Close, Close);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        static Tensor Zeros(params int[] dims) => Tensor.Create<float>(new Shape(dims));
        static Tensor Positions(params long[] p) => Tensor.Create<long>(new Shape(1, p.Length), p);
        static void Refuses(string message, OperatorCase test) => Assert.Contains(message, test.Refusal(), StringComparison.Ordinal);

        Refuses("position 4 is outside [0, 4)", new OperatorCase("RotaryEmbedding", 23).Input(Zeros(1, 1, 2, 4)).Input(Zeros(4, 2)).Input(Zeros(4, 2)).Input(Positions(0, 4)));
        Refuses("does not divide into num_heads 0", new OperatorCase("RotaryEmbedding", 23).Input(Zeros(1, 2, 4)).Input(Zeros(4, 2)).Input(Zeros(4, 2)).Input(Positions(0, 1)));
        Refuses("does not fit cos_cache [4,3]", new OperatorCase("RotaryEmbedding", 23).Input(Zeros(1, 1, 2, 4)).Input(Zeros(4, 3)).Input(Zeros(4, 3)).Input(Positions(0, 1)));
        Refuses("must be [1,2,2] without position_ids", new OperatorCase("RotaryEmbedding", 23).Input(Zeros(1, 1, 2, 4)).Input(Zeros(1, 3, 2)).Input(Zeros(1, 3, 2)));
    }
}
