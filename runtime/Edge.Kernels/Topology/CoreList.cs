using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Edge.Kernels.Topology;

/// <summary>Sets of logical processors as Linux and its tools write them: <c>0-3,6</c>.</summary>
public static class CoreList
{
    /// <summary>The highest number that a list may name: the most that Linux is built for is 8192.</summary>
    public const int Highest = 8191;

    /// <summary>Reads a list of numbers and ranges. The result is ascending and has no number twice; an empty text is an empty list.</summary>
    /// <returns>False for anything else.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out int[]? cores)
    {
        cores = null;
        text = text.Trim();
        SortedSet<int> found = [];
        if (!text.IsEmpty)
        {
            foreach (Range part in text.Split(','))
            {
                ReadOnlySpan<char> range = text[part];
                int dash = range.IndexOf('-');
                if (!TryNumber(dash < 0 ? range : range[..dash], out int first)) return false;
                if (!TryNumber(dash < 0 ? range : range[(dash + 1)..], out int last) || last < first) return false;
                for (int i = first; i <= last; i++) found.Add(i);
            }
        }
        cores = [.. found];
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out int number) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= Highest;
}
