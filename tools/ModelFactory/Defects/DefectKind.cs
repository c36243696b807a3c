namespace ModelFactory.Defects;

/// <summary>The classes of the detector, in the order of its score channels.</summary>
internal enum DefectKind
{
    Scratch,
    Dent,
    Crack,
    Stain,
    MissingHole,
    Burr,
}

internal static class DefectKinds
{
    public const int Count = 6;

    public static string Label(this DefectKind kind) => kind switch
    {
        DefectKind.Scratch => "scratch",
        DefectKind.Dent => "dent",
        DefectKind.Crack => "crack",
        DefectKind.Stain => "stain",
        DefectKind.MissingHole => "missing_hole",
        DefectKind.Burr => "burr",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
