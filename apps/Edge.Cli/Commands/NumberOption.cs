using System.CommandLine;
using System.CommandLine.Parsing;

namespace Edge.Cli.Commands;

/// <summary>Options that take one number within bounds; anything else is refused while the command line is read.</summary>
internal static class NumberOption
{
    public static Option<int> Whole(string name, string description, int value, int min, int max, params string[] aliases) => new(name, aliases)
    {
        Description = description,
        HelpName = "n",
        DefaultValueFactory = _ => value,
        CustomParser = r => Parse(r, name, min, max) ?? value,
    };

    /// <summary>Null when it is not given.</summary>
    public static Option<int?> WholeOrNone(string name, string description, int min, int max) => new(name)
    {
        Description = description,
        HelpName = "n",
        CustomParser = r => Parse(r, name, min, max),
    };

    /// <summary>Null when it is not given.</summary>
    public static Option<double?> RealOrNone(string name, string description, double min, double max) => new(name)
    {
        Description = description,
        HelpName = "n",
        CustomParser = r =>
        {
            string text = r.Tokens[0].Value;
            if (double.TryParse(text, out double value) && value >= min && value <= max) return value;
            r.AddError($"{name} {text}: a number from {min} to {max} is expected");
            return null;
        },
    };

    private static int? Parse(ArgumentResult result, string name, int min, int max)
    {
        string text = result.Tokens[0].Value;
        if (int.TryParse(text, out int value) && value >= min && value <= max) return value;
        string range = max == int.MaxValue ? $"of at least {min}" : $"from {min} to {max}";
        result.AddError($"{name} {text}: a whole number {range} is expected");
        return null;
    }
}
