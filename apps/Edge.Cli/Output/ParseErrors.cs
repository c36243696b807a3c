using System.CommandLine;
using System.CommandLine.Parsing;

namespace Edge.Cli.Output;

/// <summary>Says in one line what a command line got wrong, and where to read how it goes.</summary>
internal static class ParseErrors
{
    /// <param name="parsed">With at least one error.</param>
    public static string Message(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        return $"{What(parsed, command)}; try {Path(parsed.CommandResult)} --help";
    }

    private static string What(ParseResult parsed, Command command)
    {
        // An unknown word makes other complaints follow; it is what the user has to mend.
        if (parsed.UnmatchedTokens is [var word, ..])
        {
            if (word.StartsWith('-')) return $"{command.Name} has no option {word}";
            return command.Subcommands.Count > 0
                ? $"'{word}' is not a command; commands: {string.Join(", ", command.Subcommands.Select(c => c.Name))}"
                : $"{command.Name} does not know what to do with '{word}'";
        }

        var error = parsed.Errors[0];
        if (error.SymbolResult is ArgumentResult { Tokens.Count: 0 } missing && missing.Parent is CommandResult) return $"the argument <{missing.Argument.Name}> is missing";
        string message = error.Message.ReplaceLineEndings(" ").TrimEnd('.');
        return message.Length > 1 && char.IsUpper(message[0]) && char.IsLower(message[1]) ? char.ToLowerInvariant(message[0]) + message[1..] : message;
    }

    /// <summary><c>edge quantize</c>.</summary>
    private static string Path(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{Path(parent)} {result.Command.Name}" : "edge";
}
