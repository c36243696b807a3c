using System.Globalization;
using Edge.Kernels.Dense;

namespace Edge.Runtime.Tuning;

/// <summary>
/// Choices by <see cref="ConvKey"/>, as a text of lines: key, tab, method, tab, microseconds that it took when it was measured.
/// Lines that begin with <c>#</c> are remarks. Not synchronized.
/// </summary>
internal sealed class MethodTable
{
    /// <summary>The first line of a file, with the version of its form: what other versions wrote is measured again.</summary>
    public const string Header = "# edge convolution methods 1";

    /// <summary>A longer file is none of ours, and more choices than a text of that length holds are not kept.</summary>
    public const int MostBytes = 4 << 20;

    private readonly SortedDictionary<string, (ConvMethod Method, double Microseconds)> _choices = new(StringComparer.Ordinal);

    public int Count => _choices.Count;

    public ConvMethod? Find(string key) => _choices.TryGetValue(key, out var choice) ? choice.Method : null;

    public void Set(string key, ConvMethod method, double microseconds) => _choices[key] = (method, microseconds);

    public void Clear() => _choices.Clear();

    /// <summary>Takes over every choice of <paramref name="other"/>, which wins.</summary>
    public void Merge(MethodTable other)
    {
        foreach (var (key, choice) in other._choices) _choices[key] = choice;
    }

    /// <exception cref="FormatException">The text is not what <see cref="Write"/> writes; the message says what is wrong in which line.</exception>
    public static MethodTable Parse(TextReader text)
    {
        var table = new MethodTable();
        if (text.ReadLine() != Header) throw new FormatException($"line 1 is not '{Header}'");
        // One more than there should be, so that too many are seen.
        Span<Range> parts = stackalloc Range[4];
        for (int number = 2; text.ReadLine() is { } line; number++)
        {
            if (line.Length == 0 || line[0] == '#') continue;
            if (line.AsSpan().Split(parts, '\t') != 3 || !Enum.TryParse(line.AsSpan(parts[1]), out ConvMethod method) || !Enum.IsDefined(method)
                || !double.TryParse(line.AsSpan(parts[2]), CultureInfo.InvariantCulture, out double microseconds))
                throw new FormatException($"line {number} is not a key, a method and a time");
            table._choices[line[parts[0]]] = (method, microseconds);
        }

        return table;
    }

    public void Write(TextWriter text)
    {
        text.Write(Header + "\n");
        foreach (var (key, (method, microseconds)) in _choices) text.Write(string.Create(CultureInfo.InvariantCulture, $"{key}\t{method}\t{microseconds:0.0}\n"));
    }
}
