using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Edge.Runtime.Graph;

namespace Edge.Runtime.Operators.Text;

/// <summary>
/// A pattern in RE2's syntax, translated to .NET's non-backtracking engine such that both agree: <c>\d \s \w</c> are ASCII,
/// <c>$</c> is the end of the text, the whole text must match. Patterns that the engines read differently, or that could
/// grow large, are refused; where they would only differ on some characters, those are (<see cref="Decides"/>).
/// </summary>
internal sealed class Re2Pattern
{
    private const int MaxLength = 2048;
    private const int MaxRepetitions = 10_000;
    private const string Digits = "0-9", Words = "0-9A-Za-z_", Spaces = @"\t\n\f\r ";

    private readonly Node _node;
    private readonly string _source;
    private readonly StringBuilder _text = new();
    private int _at;
    private long _repetitions = 1;

    private Re2Pattern(Node node, string source)
    {
        _node = node;
        _source = source;
    }

    /// <summary>Case folding and word boundaries are the same in both engines for ASCII only.</summary>
    public bool AsciiOnly { get; private set; }

    /// <exception cref="Onnx.ModelException">The pattern is malformed or not supported.</exception>
    public static Re2Pattern Translate(Node node, string source)
    {
        if (source.Length > MaxLength) throw node.Error($"a pattern of {source.Length} characters is not supported; supported: up to {MaxLength}");
        var pattern = new Re2Pattern(node, source);
        pattern.TranslateAll();
        try
        {
            pattern.ToRegex();
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw node.Error($"pattern '{source}': {e.Message}");
        }

        return pattern;
    }

    /// <summary>Matches whole texts.</summary>
    public Regex ToRegex() => new($@"\A(?:{_text})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    /// <summary>Finds matches within texts.</summary>
    public Regex ToSearch() => new(_text.ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    /// <summary>
    /// Whether the first match that .NET finds is also the longest, which RE2 can be asked for: it is where single characters
    /// are repeated greedily, without choices between sequences.
    /// </summary>
    public bool FirstIsLongest { get; private set; } = true;

    /// <summary>Whether RE2 is sure to say the same of this text. It takes code points, .NET takes UTF-16 units.</summary>
    public bool Decides(string text) => AsciiOnly ? Ascii.IsValid(text) : !text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF');

    private void TranslateAll()
    {
        if (_source.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')) throw Refuse("characters outside the basic multilingual plane");
        while (_at < _source.Length)
        {
            char ch = _source[_at];
            switch (ch)
            {
                case '\\': Escape(inClass: false); break;
                case '[': Class(); break;
                case '(': Group(); break;
                case '$':
                    _text.Append(@"\z");
                    _at++;
                    break;
                case '{': Repetition(); break;
                default:
                    // A choice, a repeated group, a lazy repetition.
                    FirstIsLongest &= ch != '|' && !(ch is '*' or '+' or '?' && _at > 0 && _source[_at - 1] is ')' or '*' or '+' or '?' or '}');
                    _text.Append(ch);
                    _at++;
                    break;
            }
        }
    }

    private void Group()
    {
        if (!_source.AsSpan(_at).StartsWith("(?"))
        {
            _text.Append('(');
            _at++;
            return;
        }

        foreach (var (re2, net) in (ReadOnlySpan<(string, string)>)[("(?:", "(?:"), ("(?P<", "(?<"), ("(?s)", "(?s)"), ("(?s:", "(?s:"), ("(?i)", "(?i)"), ("(?i:", "(?i:")])
        {
            if (!_source.AsSpan(_at).StartsWith(re2)) continue;
            AsciiOnly |= re2.Contains('i');
            _text.Append(net);
            _at += re2.Length;
            return;
        }

        throw Refuse($"'{_source.AsSpan(_at, Math.Min(4, _source.Length - _at))}'");
    }

    private void Repetition()
    {
        int end = _source.IndexOf('}', _at);
        var counts = end < 0 ? [] : _source[(_at + 1)..end].Split(',');
        int most = 0;
        foreach (string count in counts)
        {
            if (count.Length > 0 && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int n)) most = Math.Max(most, n);
            else if (count.Length > 0) throw Refuse("a brace that is no repetition: write \\{");
        }

        if (counts.Length is < 1 or > 2 || counts[0].Length == 0) throw Refuse("a brace that is no repetition: write \\{");
        FirstIsLongest &= _at > 0 && _source[_at - 1] != ')';
        _repetitions *= Math.Max(1, most);
        if (_repetitions > MaxRepetitions) throw Refuse($"repetitions that multiply to more than {MaxRepetitions:N0}");
        _text.Append(_source, _at, end + 1 - _at);
        _at = end + 1;
    }

    private void Class()
    {
        _text.Append('[');
        _at++;
        if (Peek() == '^')
        {
            _text.Append('^');
            _at++;
        }

        for (bool first = true; ; first = false)
        {
            if (_at >= _source.Length) throw Refuse("a class without end");
            char ch = _source[_at];
            if (ch == ']' && !first) break;
            if (ch == '\\')
            {
                Escape(inClass: true);
                continue;
            }

            if (ch == '[' && (_at + 1 < _source.Length && _source[_at + 1] == ':' || _text[^1] == '-')) throw Refuse("'[' within a class");
            // A bracket that stands for itself is written so that .NET cannot take it for anything else.
            if (ch is '[' or ']') _text.Append('\\');
            _text.Append(ch);
            _at++;
        }

        _text.Append(']');
        _at++;
    }

    private void Escape(bool inClass)
    {
        if (++_at >= _source.Length) throw Refuse("a backslash at the end");
        char ch = _source[_at++];
        string? members = ch switch { 'd' or 'D' => Digits, 'w' or 'W' => Words, 's' or 'S' => Spaces, _ => null };
        if (members is not null)
        {
            bool negated = char.IsAsciiLetterUpper(ch);
            if (negated && inClass) throw Refuse($@"\{ch} within a class");
            _text.Append(inClass ? members : negated ? $"[^{members}]" : $"[{members}]");
        }
        else if (ch is 'b' or 'B' && !inClass)
        {
            AsciiOnly = true;
            _text.Append('\\').Append(ch);
        }
        else if (ch is 'A' or 'z' && !inClass || ch is 'a' or 'f' or 't' or 'n' or 'r' or 'v')
        {
            _text.Append('\\').Append(ch);
        }
        else if (ch == 'x' && _at + 1 < _source.Length && char.IsAsciiHexDigit(_source[_at]) && char.IsAsciiHexDigit(_source[_at + 1]))
        {
            _text.Append(@"\x").Append(_source, _at, 2);
            _at += 2;
        }
        else if (char.IsAscii(ch) && !char.IsAsciiLetterOrDigit(ch))
        {
            _text.Append('\\').Append(ch);
        }
        else
        {
            throw Refuse($@"\{ch}");
        }
    }

    private char Peek() => _at < _source.Length ? _source[_at] : '\0';

    private Onnx.ModelException Refuse(string what) => _node.Error($"pattern '{_source}': {what} is not supported");
}
