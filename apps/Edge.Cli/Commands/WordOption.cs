using System.CommandLine;

namespace Edge.Cli.Commands;

/// <summary>Options that take one of a few words; anything else is refused while the command line is read.</summary>
internal static class WordOption
{
    /// <summary>Null when it is not given.</summary>
    public static Option<string?> OneOf(string name, string placeholder, string description, string[] words)
    {
        var option = new Option<string?>(name) { HelpName = placeholder, Description = $"{description}: {string.Join(", ", words)}" };
        option.Validators.Add(r =>
        {
            if (r.Tokens is [var t] && !words.Contains(t.Value)) r.AddError($"{name} {t.Value}: one of {string.Join(", ", words)} is expected");
        });
        return option;
    }
}
