using System.Buffers;
using System.Collections.Frozen;

namespace Edge.Pipeline.Events;

/// <summary>
/// The names that make up topics and event ids: 1 to 32 of <c>a-z 0-9 _ -</c>. They need no escaping in a topic, a file
/// name, a URL or a label of a metric, and two of them never differ only by case.
/// </summary>
public static class Identifier
{
    public const int MaxLength = 32;

    private static readonly SearchValues<char> s_allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <summary>The topic levels that the contract itself uses beside the streams.</summary>
    public static FrozenSet<string> Reserved { get; } =
        FrozenSet.Create(StringComparer.Ordinal, "status", "birth", "health", "alarm", "cmd", "ack", "model");

    /// <summary>
    /// A new one that nobody else has and that sorts by time of making: a version 7 UUID (RFC 9562) as 32 hexadecimal
    /// digits. For messages, parts, incidents and boots.
    /// </summary>
    public static string New() => Guid.CreateVersion7().ToString("N");

    /// <summary>Keeps to the alphabet and the length. A reserved name does too.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> value) =>
        value.Length is > 0 and <= MaxLength && !value.ContainsAnyExcept(s_allowed);

    /// <summary>The name of a site, line, device or stream: well formed and not reserved.</summary>
    /// <param name="value">What was given.</param>
    /// <param name="role">What it names, for the message: "stream", "site".</param>
    /// <returns><paramref name="value"/>.</returns>
    /// <exception cref="ContractException">It is not; the message suggests a name that would do.</exception>
    public static string RequireName(string? value, string role)
    {
        RequireWellFormed(value, role);
        if (Reserved.Contains(value!))
            throw new ContractException($"{role} '{value}': the name is reserved by the topics of the contract ({string.Join(' ', Reserved.Order(StringComparer.Ordinal))}); '{value}-1' would do");
        return value!;
    }

    /// <summary>The id of an event, alarm, boot or command: well formed; reserved names are allowed.</summary>
    /// <inheritdoc cref="RequireName" path="/param|/returns|/exception"/>
    public static string RequireWellFormed(string? value, string role)
    {
        if (value is not null && IsWellFormed(value))
            return value;
        string suggestion = Suggest(value) is { } name ? $"; '{name}' would do" : "";
        throw new ContractException($"{role} '{Printable(value)}': identifiers are 1 to {MaxLength} of a-z 0-9 _ -{suggestion}");
    }

    private static string? Suggest(string? value)
    {
        if (value is null)
            return null;
        var name = new string([.. value.Take(MaxLength).Select(c => char.ToLowerInvariant(c)).Select(c => s_allowed.Contains(c) ? c : '-')]).Trim('-');
        return name.Length == 0 ? null : Reserved.Contains(name) ? name + "-1" : name;
    }

    /// <summary>At most 64 characters without control characters: the message stays one line.</summary>
    private static string Printable(string? value) =>
        new([.. (value ?? "").Take(64).Select(c => char.IsControl(c) ? '?' : c)]);
}
