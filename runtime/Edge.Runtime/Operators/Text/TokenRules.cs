using System.Text.RegularExpressions;
using Edge.Onnx;
using Edge.Runtime.Graph;

namespace Edge.Runtime.Operators.Text;

/// <summary>
/// How a Tokenizer cuts a string: into its characters, at the matches of separators, one separator after the other, or into
/// the matches of an expression, leftmost and longest. Tokens of fewer than <c>mincharnum</c> characters are dropped.
/// </summary>
internal sealed class TokenRules
{
    private readonly Re2Pattern[] _patterns;
    private readonly Regex[] _searches;
    private readonly bool _separate;
    private readonly int _least;
    // Of the string being cut; kept so that cutting allocates nothing after a while.
    private List<(int Start, int Length)> _tokens = [], _next = [];

    private TokenRules(Re2Pattern[] patterns, bool separate, int least)
    {
        _patterns = patterns;
        _searches = [.. patterns.Select(p => p.ToSearch())];
        _separate = separate;
        _least = least;
    }

    /// <exception cref="ModelException">Attributes are missing or not supported.</exception>
    public static TokenRules Read(Node node)
    {
        var a = node.Attributes;
        string[] separators = a.Strings("separators") ?? [];
        string expression = a.String("tokenexp", "");
        long least = a.Int("mincharnum");
        if (least is < 1 or > int.MaxValue) throw node.Error($"mincharnum is {least}; it must be positive");
        if (separators.Length > 0 == expression.Length > 0) throw node.Error("one of separators and tokenexp is needed");
        if (separators is [""])
        {
            if (least > 1) throw node.Error($"tokens of single characters with mincharnum {least} are not supported");
            return new TokenRules([], separate: true, 1);
        }

        bool separate = separators.Length > 0;
        Re2Pattern[] patterns = [.. (separate ? separators : [expression]).Select(p => Re2Pattern.Translate(node, p))];
        foreach (var (pattern, source) in patterns.Zip(separate ? separators : [expression]))
        {
            if (!pattern.FirstIsLongest) throw node.Error($"pattern '{source}': choices, repeated groups and lazy repetitions are not supported");
            if (pattern.ToSearch().IsMatch("")) throw node.Error($"pattern '{source}' matches the empty string, which is not supported");
        }

        return new TokenRules(patterns, separate, (int)least);
    }

    /// <summary>The tokens of a text, in order; the list is overwritten by the next call.</summary>
    /// <exception cref="ModelException">The text has characters on which this engine and RE2 do not agree for sure.</exception>
    public List<(int Start, int Length)> Split(string text, string path)
    {
        _tokens.Clear();
        if (_patterns.Length == 0)
        {
            int at = 0;
            foreach (var rune in text.EnumerateRunes())
            {
                _tokens.Add((at, rune.Utf16SequenceLength));
                at += rune.Utf16SequenceLength;
            }

            return _tokens;
        }

        foreach (var pattern in _patterns)
            if (!pattern.Decides(text)) throw new ModelException($"{path}: a string has characters for which this tokenizer is not supported ({(pattern.AsciiOnly ? "only ASCII is" : "only the basic multilingual plane is")})");
        if (!_separate)
        {
            Find(_searches[0], text);
            return _tokens;
        }

        _tokens.Add((0, text.Length));
        foreach (var search in _searches)
        {
            _next.Clear();
            foreach (var (start, length) in _tokens) Cut(search, text.AsSpan(start, length), start);
            (_tokens, _next) = (_next, _tokens);
        }

        return _tokens;
    }

    private void Find(Regex search, ReadOnlySpan<char> text)
    {
        if (text.Length < _least) return;
        for (int at = 0; Next(search, text, at, out int start, out int length);)
        {
            if (length >= _least) _tokens.Add((start, length));
            at = length >= _least ? start + length : start + 1;
        }
    }

    private void Cut(Regex search, ReadOnlySpan<char> text, int offset)
    {
        int at = 0;
        while (Next(search, text, at, out int start, out int length))
        {
            if (start - at >= _least) _next.Add((offset + at, start - at));
            at = start + length;
        }

        if (text.Length - at >= _least) _next.Add((offset + at, text.Length - at));
    }

    private static bool Next(Regex search, ReadOnlySpan<char> text, int from, out int start, out int length)
    {
        foreach (var match in search.EnumerateMatches(text, from))
        {
            (start, length) = (match.Index, match.Length);
            return true;
        }

        (start, length) = (0, 0);
        return false;
    }
}
