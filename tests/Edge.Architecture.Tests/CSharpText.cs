using System.Text;

namespace Edge.Architecture.Tests;

/// <summary>C# source without what is not code: comments and literals become blanks, line breaks stay.</summary>
internal static class CSharpText
{
    public static string CodeOf(string source)
    {
        StringBuilder code = new(source);
        int at = 0;
        while (at < source.Length)
        {
            int end = EndOfNonCode(source, at);
            for (int i = at; i < end; i++)
            {
                if (source[i] != '\n') code[i] = ' ';
            }
            at = Math.Max(end, at + 1);
        }
        return code.ToString();
    }

    /// <summary>The lines of the code, numbered from 1.</summary>
    public static IEnumerable<(int Number, string Text)> Lines(string source) =>
        CodeOf(source).Split('\n').Select((text, index) => (index + 1, text));

    /// <summary>Behind the comment or literal that begins here; <paramref name="at"/> where none begins.</summary>
    private static int EndOfNonCode(string source, int at)
    {
        string rest = source.Substring(at, Math.Min(4, source.Length - at));
        if (rest.StartsWith("//", StringComparison.Ordinal)) return Find(source, "\n", at, 0);
        if (rest.StartsWith("/*", StringComparison.Ordinal)) return Find(source, "*/", at + 2, 2);
        if (rest.StartsWith("\"\"\"", StringComparison.Ordinal)) return EndOfRaw(source, at);
        bool verbatim = source[at] == '"' && (Before(source, at, 1) == '@' || Before(source, at, 1) == '$' && Before(source, at, 2) == '@');
        if (verbatim) return EndOfVerbatim(source, at + 1);
        return source[at] is '"' or '\'' ? EndOfQuoted(source, at) : at;
    }

    private static char Before(string source, int at, int distance) => at >= distance ? source[at - distance] : ' ';

    private static int Find(string source, string what, int from, int extra)
    {
        int found = from <= source.Length ? source.IndexOf(what, from, StringComparison.Ordinal) : -1;
        return found < 0 ? source.Length : found + extra;
    }

    private static int EndOfRaw(string source, int at)
    {
        int quotes = 0;
        while (at + quotes < source.Length && source[at + quotes] == '"') quotes++;
        int end = Find(source, new string('"', quotes), at + quotes, quotes);
        while (end < source.Length && source[end] == '"') end++;
        return end;
    }

    private static int EndOfVerbatim(string source, int at)
    {
        for (; at < source.Length; at++)
        {
            if (source[at] != '"') continue;
            if (at + 1 == source.Length || source[at + 1] != '"') return at + 1;
            at++;
        }
        return at;
    }

    private static int EndOfQuoted(string source, int at)
    {
        char quote = source[at];
        for (at++; at < source.Length && source[at] != quote && source[at] != '\n'; at++)
        {
            if (source[at] == '\\') at++;
        }
        return Math.Min(at + 1, source.Length);
    }
}
