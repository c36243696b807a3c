using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Text;

/// <summary>
/// The n-grams that a TfIdfVectorizer counts, as a tree of their items: an item is an integer or the handle of a string.
/// Walking it takes one look-up an item and allocates nothing. Immutable.
/// </summary>
internal sealed class NgramPool
{
    private readonly Dictionary<(int Node, long Item), int> _children = [];
    private readonly List<(int Column, float Weight)> _ends = [(-1, 0)];

    private NgramPool(int shortest, int longest, int skips, string mode)
    {
        Shortest = shortest;
        Longest = longest;
        Skips = skips;
        Mode = mode;
    }

    /// <summary>Items of the shortest n-gram that counts.</summary>
    public int Shortest { get; }

    /// <summary>Items of the longest n-gram that counts.</summary>
    public int Longest { get; }

    /// <summary>Items that may lie between two of an n-gram.</summary>
    public int Skips { get; }

    /// <summary>TF, IDF or TFIDF.</summary>
    public string Mode { get; }

    /// <summary>Elements of a row of the output.</summary>
    public int Columns { get; private set; }

    /// <summary>The node below <paramref name="node"/> (0 is the root) for an item; −1 if no n-gram goes on like this.</summary>
    public int Child(int node, long item) => _children.GetValueOrDefault((node, item), -1);

    /// <summary>The column that counts the n-gram which ends in a node, −1 if none does, and what an occurrence adds.</summary>
    public (int Column, float Weight) End(int node) => _ends[node];

    public static NgramPool Read(Node node, DataType type)
    {
        var a = node.Attributes;
        string mode = a.String("mode");
        if (mode is not ("TF" or "IDF" or "TFIDF")) throw node.Error($"mode '{mode}' is not supported; supported: TF, IDF, TFIDF");
        long shortest = a.Int("min_gram_length"), longest = a.Int("max_gram_length"), skips = a.Int("max_skip_count");
        long[] starts = a.Ints("ngram_counts") ?? [], columns = a.Ints("ngram_indexes") ?? [];
        if (shortest < 1 || longest < shortest || longest > starts.Length || skips is < 0 or > int.MaxValue - 1)
            throw node.Error($"min_gram_length {shortest}, max_gram_length {longest}, max_skip_count {skips} and {starts.Length} ngram_counts do not fit together");
        long[] items = Items(node, type);
        a.Has("weights");
        var pool = new NgramPool((int)shortest, (int)longest, (int)skips, mode);
        float[]? weights = mode == "TF" ? null : a.Floats("weights");
        long greatest = columns.Length == 0 ? -1 : columns.Max();
        if (columns.Length == 0 || columns.Min() < 0 || greatest >= int.MaxValue) throw node.Error("ngram_indexes must hold columns from 0 on");
        pool.Columns = (int)greatest + 1;
        if (weights is not null && weights.Length != columns.Length) throw node.Error($"{weights.Length} weights do not fit {columns.Length} ngram_indexes");

        int ngram = 0;
        for (int n = 1; n <= starts.Length; n++)
        {
            long start = starts[n - 1], end = n < starts.Length ? starts[n] : items.Length;
            if (start < 0 || end < start || end > items.Length || (end - start) % n != 0)
                throw node.Error($"ngram_counts: items {start} to {end} of {items.Length} are no {n}-grams");
            for (long at = start; at < end; at += n, ngram++)
            {
                if (ngram >= columns.Length) throw node.Error($"there are more n-grams than the {columns.Length} ngram_indexes");
                if (n >= shortest && n <= longest) pool.Add(node, items.AsSpan((int)at, n), (int)columns[ngram], weights?[ngram] ?? 1);
            }
        }

        return pool;
    }

    private static long[] Items(Node node, DataType type)
    {
        string[]? texts = node.Attributes.Strings("pool_strings");
        long[]? integers = node.Attributes.Ints("pool_int64s");
        if (texts is null == integers is null) throw node.Error("one of pool_strings and pool_int64s is needed");
        if (texts is not null != (type == DataType.String)) throw node.Error($"the pool holds {(texts is null ? "integers" : "strings")}, the input {type.OnnxName()}");
        return integers ?? Array.ConvertAll(texts!, t => Texts.Intern(t, node.Path));
    }

    private void Add(Node owner, ReadOnlySpan<long> items, int column, float weight)
    {
        int at = 0;
        foreach (long item in items)
        {
            if (!_children.TryGetValue((at, item), out int child))
            {
                _children[(at, item)] = child = _ends.Count;
                _ends.Add((-1, 0));
            }

            at = child;
        }

        if (_ends[at].Column >= 0) throw owner.Error($"the pool holds a {items.Length}-gram twice");
        _ends[at] = (column, weight);
    }
}
