using Edge.Onnx;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Text;

public class TokenizerTests
{
    private static readonly Tensor s_texts = Tensor.FromStrings(new Shape(2, 3), "Ein Satz, kurz.", "", "a bb ccc  dddd", "über  alles 42", "x", "no_break-here");

    private static OperatorCase Tokenizer(Tensor x, int mark, long least, params AttributeProto[] attributes) => new OperatorCase("Tokenizer", 1, "com.microsoft").Input(x)
        .With(AttributeProto.Of("mark", (long)mark), AttributeProto.Of("mincharnum", least), AttributeProto.Of("pad_value", "#")).With(attributes);

    private static AttributeProto Separators(params string[] patterns) => AttributeProto.Of("separators", (IEnumerable<string>)patterns);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Strings_are_cut_as_ONNX_Runtime_cuts_them(int mark)
    {
        Tokenizer(s_texts, mark, 1, Separators("")).EverywhereWithOnnxRuntime();
        Tokenizer(s_texts, mark, 1, Separators(" ")).EverywhereWithOnnxRuntime();
        Tokenizer(s_texts, mark, 2, Separators(" ", "[,.]", "-")).EverywhereWithOnnxRuntime();
        Tokenizer(s_texts, mark, 1, AttributeProto.Of("tokenexp", "[a-zA-Z0-9_]+")).EverywhereWithOnnxRuntime();
        Tokenizer(s_texts, mark, 3, AttributeProto.Of("tokenexp", @"\w+")).EverywhereWithOnnxRuntime();
        Tokenizer(s_texts, mark, 1, AttributeProto.Of("tokenexp", @"(\w\w+)")).EverywhereWithOnnxRuntime();
        Tokenizer(Tensor.FromStrings(new Shape(2), "one", "two three"), mark, 1, Separators(@"\s")).EverywhereWithOnnxRuntime();
        Tokenizer(Tensor.FromStrings(new Shape(2), "", "   "), mark, 1, Separators(" ")).EverywhereWithOnnxRuntime();
        Tokenizer(Tensor.FromStrings(new Shape(1), "日本😀"), mark, 1, Separators("")).EverywhereWithOnnxRuntime();
    }

    [Fact]
    public void A_vectorizer_of_text_agrees_with_ONNX_Runtime()
    {
        // CountVectorizer: lower case, words, unigrams and bigrams.
        var model = new OnnxGraphBuilder().Input("text", DataType.String, [3])
            .Node("StringNormalizer", ["text"], ["lower"], AttributeProto.Of("case_change_action", "LOWER"), AttributeProto.Of("is_case_sensitive", 0L), AttributeProto.Of("locale", "C"))
            .Node("com.microsoft", "Tokenizer", ["lower"], ["words"], AttributeProto.Of("mark", 0L), AttributeProto.Of("mincharnum", 1L), AttributeProto.Of("pad_value", "#"), AttributeProto.Of("tokenexp", "[a-zA-Z0-9_]+"))
            .Node("TfIdfVectorizer", ["words"], ["y"], AttributeProto.Of("mode", "TF"), AttributeProto.Of("min_gram_length", 1L), AttributeProto.Of("max_gram_length", 2L), AttributeProto.Of("max_skip_count", 0L),
                AttributeProto.Of("ngram_counts", [0L, 3]), AttributeProto.Of("ngram_indexes", [0L, 2, 3, 1, 4]), AttributeProto.Of("pool_strings", ["a", "of", "pipe", "a", "pipe", "pipe", "of"]))
            .Output("y", DataType.Float32, -1, 5);
        Sessions.EngineComparison.AssertAgrees(model.Build(), [Tensor.FromStrings(new Shape(3), "A pipe of a pipe", "This is not a Pipe.", "")], 0);
    }

    [Fact]
    public void What_cannot_be_cut_alike_is_refused()
    {
        Assert.Contains("choices, repeated groups and lazy repetitions are not supported", Tokenizer(s_texts, 0, 1, Separators("a|ab")).Refusal(), StringComparison.Ordinal);
        Assert.Contains("choices, repeated groups and lazy repetitions are not supported", Tokenizer(s_texts, 0, 1, AttributeProto.Of("tokenexp", "a?(ab)?c")).Refusal(), StringComparison.Ordinal);
        Assert.Contains("choices, repeated groups and lazy repetitions are not supported", Tokenizer(s_texts, 0, 1, AttributeProto.Of("tokenexp", "a+?")).Refusal(), StringComparison.Ordinal);
        Assert.Contains("matches the empty string", Tokenizer(s_texts, 0, 1, AttributeProto.Of("tokenexp", "a*")).Refusal(), StringComparison.Ordinal);
        Assert.Contains("one of separators and tokenexp is needed", Tokenizer(s_texts, 0, 1).Refusal(), StringComparison.Ordinal);
        Assert.Contains("only the basic multilingual plane is", Tokenizer(Tensor.FromStrings(new Shape(1), "😀"), 0, 1, Separators(" ")).Refusal(), StringComparison.Ordinal);
    }
}
