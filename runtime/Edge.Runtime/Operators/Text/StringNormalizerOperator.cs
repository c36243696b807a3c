using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Text;

/// <summary>
/// StringNormalizer: strings of <c>[C]</c> or <c>[1, C]</c> without the stop words, in lower or upper case. Case is changed
/// and compared by the invariant rules of Unicode, whatever <c>locale</c> says; locales that have other rules are refused.
/// Where nothing is left, one empty string is.
/// </summary>
internal sealed class StringNormalizerOperator() : Operator("StringNormalizer", "", 10, OperatorCatalog.LatestOpset)
{
    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.String);
        c.RequireRank(0, 1, 2);
        var x = c.Shape(0);
        if (x.Rank == 2 && x[0] != 1) throw c.Error($"input {x} is not supported; supported: [C] and [1,C]");
        StringNormalization.Read(c.Node);
        c.DataDependent(0, DataType.String);
    }

    public override Executor Prepare(PrepareContext c) => new StringNormalizerExecutor(c.Node.Path, c.Shape(0), StringNormalization.Read(c.Node));
}

/// <summary>What a StringNormalizer does to each string.</summary>
internal sealed class StringNormalization
{
    /// <summary>Languages whose letters i and I are not each other's case.</summary>
    private static readonly string[] s_otherCase = ["tr", "az", "lt"];

    private readonly string _action;
    private readonly bool _sensitive;
    private readonly HashSet<string> _stopWords;

    private StringNormalization(string action, bool sensitive, string[] stopWords)
    {
        _action = action;
        _sensitive = sensitive;
        _stopWords = [.. stopWords.Select(Compared)];
    }

    public static StringNormalization Read(Node node)
    {
        string action = node.Attributes.String("case_change_action", "NONE");
        if (action is not ("NONE" or "LOWER" or "UPPER")) throw node.Error($"case_change_action '{action}' is not supported; supported: NONE, LOWER, UPPER");
        string locale = node.Attributes.String("locale", "");
        if (s_otherCase.Any(l => locale.StartsWith(l, StringComparison.OrdinalIgnoreCase))) throw node.Error($"locale '{locale}' is not supported: it changes case by rules of its own");
        bool sensitive = node.Attributes.Int("is_case_sensitive", 0) != 0;
        return new StringNormalization(action, sensitive, node.Attributes.Strings("stopwords") ?? []);
    }

    /// <summary>The string as it is returned; null for a stop word.</summary>
    public string? Apply(string text)
    {
        if (_stopWords.Count > 0 && _stopWords.Contains(Compared(text))) return null;
        return _action == "LOWER" ? text.ToLowerInvariant() : _action == "UPPER" ? text.ToUpperInvariant() : text;
    }

    private string Compared(string text) => _sensitive ? text : _action == "UPPER" ? text.ToUpperInvariant() : text.ToLowerInvariant();
}

internal sealed unsafe class StringNormalizerExecutor(string path, Shape x, StringNormalization rules) : Executor
{
    public override string Kernel => "string_normalizer";

    public override nint ScratchBytes => (nint)x.Count * sizeof(long);

    public override void Execute(in StepContext c)
    {
        long* from = c.Input<long>(0), kept = (long*)c.Scratch;
        int count = 0;
        for (int i = 0; i < x.Count; i++)
        {
            if (rules.Apply(StringTable.Text(from[i])) is { } text) kept[count++] = Texts.Intern(text, path);
        }

        int length = Math.Max(1, count);
        long* to = c.AllocateStrings(0, x.Rank == 1 ? new Shape(length) : new Shape(1, length));
        to[0] = 0;
        new ReadOnlySpan<long>(kept, count).CopyTo(new Span<long>(to, length));
    }
}
