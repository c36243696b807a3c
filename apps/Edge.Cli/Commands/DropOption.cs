using System.CommandLine;
using System.Globalization;

namespace Edge.Cli.Commands;

/// <summary>How much a metric may become worse: a bare number in its own unit, or a percentage.</summary>
/// <param name="Value">The number as it was written.</param>
/// <param name="Percent">Whether a percent sign followed.</param>
internal readonly record struct Drop(double Value, bool Percent)
{
    /// <summary>
    /// What it means for a metric: of one in percent so many percentage points, with or without the sign; of any other a
    /// share of the float model's value with the sign, a difference without.
    /// </summary>
    public (double MaxDrop, bool Relative) For(string unit) => unit == "%" || !Percent ? (Value, false) : (Value / 100, true);
}

/// <summary><c>--max-drop 0.5%</c>.</summary>
internal static class DropOption
{
    public static Option<Drop?> Create(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "drop",
        CustomParser = r =>
        {
            string text = r.Tokens[0].Value;
            bool percent = text.EndsWith('%');
            if (double.TryParse(percent ? text[..^1] : text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= 0 && double.IsFinite(value)) return new Drop(value, percent);
            r.AddError($"{name} {text}: a number of at least 0 is expected, such as 0.5%");
            return null;
        },
    };
}
