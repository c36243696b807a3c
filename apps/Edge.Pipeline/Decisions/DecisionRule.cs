using System.Text.Json;
using System.Text.Json.Serialization;

namespace Edge.Pipeline.Decisions;

/// <summary>The limits of one class; what is null is as for all classes.</summary>
/// <param name="Threshold">Score from which the part is bad.</param>
/// <param name="UnsureFrom">Score from which a person is to decide.</param>
public sealed record ClassLimits(float? Threshold = null, float? UnsureFrom = null);

/// <summary>
/// Says from findings whether a part is good. A defect whose score reaches <see cref="Threshold"/> makes it bad (ng); one
/// that reaches <see cref="UnsureFrom"/> but not the threshold makes it unsure; otherwise it is ok.
/// </summary>
/// <remarks>
/// <para>Detections: every object is a defect unless its label is in <see cref="OkLabels"/> or <see cref="Ignore"/> or its box is
/// too small; each is held against the limits of its own class.</para>
/// <para>Classes: needs <see cref="OkLabels"/>. One minus the scores of ok and ignored labels together is held against the common
/// limits, and each other class, besides, against its own limits where <see cref="PerClass"/> gives some.</para>
/// <para>Anomalies: the score is held against the common limits.</para>
/// <para>Immutable.</para>
/// </remarks>
/// <param name="Threshold">Score from which the part is bad.</param>
/// <param name="UnsureFrom">Score from which a person is to decide; null for no such band.</param>
/// <param name="OkLabels">Labels that are no defects; none when null.</param>
/// <param name="Ignore">Labels that say nothing about the part; none when null.</param>
/// <param name="PerClass">Limits of single labels; none when null.</param>
/// <param name="MinBoxWidth">Boxes narrower than this, in pixels of the source, do not count.</param>
/// <param name="MinBoxHeight">Boxes lower than this, in pixels of the source, do not count.</param>
public sealed record DecisionRule(
    float Threshold = 0.5f,
    float? UnsureFrom = null,
    IReadOnlyList<string>? OkLabels = null,
    IReadOnlyList<string>? Ignore = null,
    IReadOnlyDictionary<string, ClassLimits>? PerClass = null,
    float MinBoxWidth = 0,
    float MinBoxHeight = 0)
{
    public IReadOnlyList<string> OkLabels { get; init; } = OkLabels ?? [];

    public IReadOnlyList<string> Ignore { get; init; } = Ignore ?? [];

    public IReadOnlyDictionary<string, ClassLimits> PerClass { get; init; } = PerClass ?? new Dictionary<string, ClassLimits>();

    /// <summary>Reads the JSON form, such as <c>{"threshold":0.6,"unsureFrom":0.4,"perClass":{"stain":{"threshold":0.8}}}</c>.</summary>
    /// <exception cref="FormatException">Not JSON, an unknown member, or numbers that contradict each other.</exception>
    public static DecisionRule FromJson(string json)
    {
        try
        {
            DecisionRule rule = JsonSerializer.Deserialize(json, DecisionJsonContext.Default.DecisionRule) ?? throw new FormatException("rule: the JSON is null");
            rule.Validate();
            return rule;
        }
        catch (JsonException e)
        {
            throw new FormatException($"rule: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    public string ToJson() => JsonSerializer.Serialize(this, DecisionJsonContext.Default.DecisionRule);

    /// <exception cref="FormatException">A number is not finite, or an unsure band begins above its threshold.</exception>
    public void Validate()
    {
        CheckBand("all classes", Threshold, UnsureFrom);
        foreach ((string label, ClassLimits limits) in PerClass)
        {
            if (limits is null) throw new FormatException($"rule: the limits of '{label}' are null");
            (float threshold, float? unsureFrom) = LimitsOf(label);
            CheckBand($"'{label}'", threshold, unsureFrom);
        }
        if (!(MinBoxWidth >= 0) || !(MinBoxHeight >= 0)) throw new FormatException("rule: minBoxWidth and minBoxHeight are not negative");
        if (OkLabels.Intersect(Ignore).FirstOrDefault() is { } both) throw new FormatException($"rule: '{both}' is both in okLabels and in ignore");
    }

    private static void CheckBand(string what, float threshold, float? unsureFrom)
    {
        if (!float.IsFinite(threshold) || unsureFrom is { } u && !float.IsFinite(u)) throw new FormatException($"rule: the limits of {what} must be finite");
        if (unsureFrom > threshold) throw new FormatException($"rule: unsureFrom {unsureFrom} of {what} is above the threshold {threshold}");
    }

    /// <summary>The limits that hold for a class: its own, else the common ones. A threshold of its own without a band of its own cuts the common band off at the threshold.</summary>
    internal (float Threshold, float? UnsureFrom) LimitsOf(string label)
    {
        if (!PerClass.TryGetValue(label, out ClassLimits? own)) return (Threshold, UnsureFrom);
        float threshold = own.Threshold ?? Threshold;
        float? unsureFrom = own.UnsureFrom ?? (UnsureFrom is { } common ? Math.Min(common, threshold) : null);
        return (threshold, unsureFrom);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(DecisionRule))]
internal sealed partial class DecisionJsonContext : JsonSerializerContext;
