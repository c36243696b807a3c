using Edge.Onnx;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Text;

public class TextOperatorTests
{
    public static IEnumerable<TheoryDataRow<int>> Seeds(int count) => Enumerable.Range(1, count).Select(i => new TheoryDataRow<int>(i));

    private static Tensor Words(params string[] words) => Tensor.FromStrings(new Shape(words.Length), words);

    [Fact]
    public void StringConcat_broadcasts()
    {
        Tensor a = Tensor.FromStrings(new Shape(2, 1, 3), "a", "b", "", "d", "ß", "f");
        new OperatorCase("StringConcat", 20).Input(a).Input(Tensor.FromStrings(new Shape(2, 1), "1", "")).EverywhereWithOnnxRuntime();
        new OperatorCase("StringConcat", 20).Input(a).Constant(Tensor.FromStrings(Shape.Scalar, "-")).EverywhereWithOnnxRuntime();
        new OperatorCase("StringConcat", 20).Input(Tensor.FromStrings(new Shape(0))).Constant(Words("x")).EverywhereWithOnnxRuntime();
    }

    [Theory]
    [InlineData("NONE", 0, "Monday")]
    [InlineData("NONE", 1, "Monday")]
    [InlineData("LOWER", 0, "MONDAY")]
    [InlineData("UPPER", 0, "monday", "tuesday")]
    [InlineData("UPPER", 1)]
    [InlineData("LOWER", 1, "monday", "tuesday")]
    public void StringNormalizer_drops_stop_words_and_changes_case(string action, int sensitive, params string[] stopWords)
    {
        OperatorCase Case(Tensor x)
        {
            var test = new OperatorCase("StringNormalizer").Input(x).With(
                AttributeProto.Of("case_change_action", action), AttributeProto.Of("is_case_sensitive", (long)sensitive), AttributeProto.Of("locale", "C"));
            return stopWords.Length == 0 ? test : test.With(AttributeProto.Of("stopwords", (IEnumerable<string>)stopWords));
        }

        Case(Words("monday", "Tuesday", "wednesday", "MONDAY", "")).EverywhereWithOnnxRuntime();
        Case(Tensor.FromStrings(new Shape(1, 3), "Monday", "tuesday", "x")).EverywhereWithOnnxRuntime();
        Case(Words("Monday", "monday")).EverywhereWithOnnxRuntime();
    }

    [Theory]
    [InlineData("", long.MaxValue)]
    [InlineData("", 1)]
    [InlineData(",", long.MaxValue)]
    [InlineData(",", 2)]
    [InlineData(",,", long.MaxValue)]
    public void StringSplit_splits(string delimiter, long most)
    {
        var test = new OperatorCase("StringSplit", 20).Input(Tensor.FromStrings(new Shape(2, 2), "a,b,,c d", "  x  y z ", "", ",,")).Outputs(2)
            .With(AttributeProto.Of("delimiter", delimiter));
        if (most != long.MaxValue) test.With(AttributeProto.Of("maxsplit", most));
        if (delimiter.Length > 0) test.EverywhereWithOnnxRuntime();
        else
        {
            // ONNX Runtime leaves trailing spaces on the last piece of a limited split; ONNX's reference does not say.
            string[] expected = most == 1
                ? ["a,b,,c", "d", "x", "y z", "", "", ",,", ""]
                : ["a,b,,c", "d", "", "x", "y", "z", "", "", "", ",,", "", ""];
            IReadOnlyList<Tensor> got = test.Run();
            Assert.Equal(expected, got[0].ToStrings());
            Assert.Equal(most == 1 ? [2L, 2, 0, 1] : [2L, 3, 0, 1], got[1].AsSpan<long>().ToArray());
        }
    }

    [Theory]
    [InlineData(@"www\.[\w.-]+\.\bcom\b")]
    [InlineData(@"(\W|^)[\w.\-]{0,25}@(yahoo|gmail)\.com(\W|$)")]
    [InlineData(@"a|ab|abc")]
    [InlineData(@"\d{4}-\d\d-\d\d")]
    [InlineData(@"[^\s]+")]
    [InlineData(@".*")]
    [InlineData(@"(?i)HELLO.*")]
    [InlineData(@"(?s).*")]
    [InlineData(@"[]a[]+$")]
    [InlineData(@"(?P<year>\d+)")]
    [InlineData(@"\x41+")]
    [InlineData("")]
    public void RegexFullMatch_matches_as_RE2_does(string pattern)
    {
        Tensor texts = Words("www.example.com", "abc", "ab", "2026-11-23", "me@gmail.com", " me@gmail.com ", "", "hello you", "a\n", "]a[", "\u0663\u0663\u0663\u0663-01-02", "AAA", "1999", "x\ny");
        // RE2 takes other digits for word characters no more than this does; where only ASCII is decided, the one that is not is left out.
        if (pattern.Contains(@"\b", StringComparison.Ordinal) || pattern.Contains("(?i)", StringComparison.Ordinal))
            texts = Words([.. texts.ToStrings().Where(t => t.All(char.IsAscii))]);
        new OperatorCase("RegexFullMatch", 20).Input(texts).With(AttributeProto.Of("pattern", pattern)).EverywhereWithOnnxRuntime();
    }

    [Theory]
    [InlineData(@"(?=a)b", "'(?=a' is not supported")]
    [InlineData(@"(a)\1", @"\1 is not supported")]
    [InlineData(@"\pL", @"\p is not supported")]
    [InlineData(@"[[:alpha:]]", "'[' within a class is not supported")]
    [InlineData(@"[a-z-[aeiou]]", "'[' within a class is not supported")]
    [InlineData(@"(a{100}){101}", "repetitions that multiply to more than 10,000 is not supported")]
    [InlineData(@"a{x", @"a brace that is no repetition: write \{ is not supported")]
    [InlineData(@"(a", "pattern '(a': ")]
    [InlineData("[a", "a class without end")]
    public void RegexFullMatch_refuses_what_it_cannot_decide(string pattern, string reason) =>
        Assert.Contains(reason, new OperatorCase("RegexFullMatch", 20).Input(Words("a")).With(AttributeProto.Of("pattern", pattern)).Refusal(), StringComparison.Ordinal);

    [Fact]
    public void RegexFullMatch_refuses_texts_on_which_the_engines_differ()
    {
        string Refusal(string pattern, string text) => new OperatorCase("RegexFullMatch", 20).Input(Words(text)).With(AttributeProto.Of("pattern", pattern)).Refusal();
        Assert.Contains("only ASCII is", Refusal(@"\bé\b", "é"), StringComparison.Ordinal);
        Assert.Contains("only the basic multilingual plane is", Refusal(".", "😀"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Seeds), 30)]
    public void TfIdfVectorizer_counts_as_ONNX_Runtime_does(int seed)
    {
        var draw = new Draw(seed);
        int longest = draw.Int(1, 3), shortest = draw.Int(1, longest), alphabet = 4;
        var pool = new List<long>();
        var starts = new List<long>();
        int ngrams = 0;
        for (int n = 1; n <= longest; n++)
        {
            starts.Add(pool.Count);
            foreach (int code in Enumerable.Range(0, (int)Math.Pow(alphabet, n)).Where(_ => draw.Int(0, 2) == 0 || n == 1))
            {
                int rest = code;
                for (int i = 0; i < n; i++, rest /= alphabet) pool.Add(rest % alphabet);
                ngrams++;
            }
        }

        bool text = draw.Int(0, 1) == 0;
        int[] dims = draw.Int(0, 1) == 0 ? [draw.Int(1, 12)] : [draw.Int(1, 3), draw.Int(1, 12)];
        Tensor x = draw.Tensor(text || draw.Int(0, 1) == 0 ? DataType.Int64 : DataType.Int32, 0, alphabet, dims);
        if (text) x = Tensor.FromStrings(x.Shape, Array.ConvertAll(x.AsSpan<long>().ToArray(), i => $"w{i}"));
        var test = new OperatorCase("TfIdfVectorizer").Input(x).With(
            AttributeProto.Of("mode", draw.Int(0, 2) switch { 0 => "TF", 1 => "IDF", _ => "TFIDF" }),
            AttributeProto.Of("min_gram_length", (long)shortest), AttributeProto.Of("max_gram_length", (long)longest), AttributeProto.Of("max_skip_count", (long)draw.Int(0, 3)),
            AttributeProto.Of("ngram_counts", (IEnumerable<long>)starts), AttributeProto.Of("ngram_indexes", Enumerable.Range(0, ngrams).Select(i => (long)i).Reverse()),
            text ? AttributeProto.Of("pool_strings", pool.Select(i => $"w{i}")) : AttributeProto.Of("pool_int64s", (IEnumerable<long>)pool));
        if (draw.Int(0, 1) == 0) test.With(AttributeProto.Of("weights", Enumerable.Range(0, ngrams).Select(i => i * 0.25f - 1)));
        test.EverywhereWithOnnxRuntime();
    }

    [Fact]
    public void TfIdfVectorizer_refuses_pools_that_do_not_fit()
    {
        string Refusal(long[] starts, long[] columns, long longest) => new OperatorCase("TfIdfVectorizer").Input(Tensor.Create<long>(new Shape(2), [0, 1])).With(
            AttributeProto.Of("mode", "TF"), AttributeProto.Of("min_gram_length", 1L), AttributeProto.Of("max_gram_length", longest), AttributeProto.Of("max_skip_count", 0L),
            AttributeProto.Of("ngram_counts", (IEnumerable<long>)starts), AttributeProto.Of("ngram_indexes", (IEnumerable<long>)columns),
            AttributeProto.Of("pool_int64s", (IEnumerable<long>)[1L, 2, 3])).Refusal();
        Assert.Contains("are no 2-grams", Refusal([0, 2], [0, 1, 2], 2), StringComparison.Ordinal);
        Assert.Contains("items 0 to 7 of 3", Refusal([0, 7], [0, 1, 2], 2), StringComparison.Ordinal);
        Assert.Contains("do not fit together", Refusal([0], [0, 1, 2], 2), StringComparison.Ordinal);
        Assert.Contains("more n-grams than the 2 ngram_indexes", Refusal([0], [0, 1], 1), StringComparison.Ordinal);
        Assert.Contains("columns from 0 on", Refusal([0], [0, 1, long.MaxValue], 1), StringComparison.Ordinal);
    }
}
