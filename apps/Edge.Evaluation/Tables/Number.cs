using System.Globalization;

namespace Edge.Evaluation.Tables;

/// <summary>Numbers in text, the same in every language.</summary>
internal static class Number
{
    public static bool TryParse(string text, out double value) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    /// <summary>A whole number that counts something, also as 3.0.</summary>
    public static bool TryParseIndex(string text, out int value)
    {
        value = -1;
        if (!TryParse(text, out double number) || number is not (>= 0 and <= int.MaxValue) || number != Math.Floor(number)) return false;
        value = (int)number;
        return true;
    }
}
