using ModelFactory.Defects;

namespace ModelFactory.Parts;

/// <summary>A rectangle with real sides, in pixels of the picture.</summary>
internal readonly record struct PartBox(float Left, float Top, float Right, float Bottom)
{
    public float Area => Math.Max(0, Right - Left) * Math.Max(0, Bottom - Top);

    /// <summary>Intersection over union, 0 to 1.</summary>
    public float Overlap(in PartBox other)
    {
        var common = new PartBox(Math.Max(Left, other.Left), Math.Max(Top, other.Top), Math.Min(Right, other.Right), Math.Min(Bottom, other.Bottom));
        float inter = common.Area;
        return inter <= 0 ? 0 : inter / (Area + other.Area - inter);
    }
}

/// <summary>What the detector says of one place.</summary>
internal readonly record struct Detection(DefectKind Kind, float Score, PartBox Box);
