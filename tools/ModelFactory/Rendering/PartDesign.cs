namespace ModelFactory.Rendering;

/// <summary>
/// The drawing of the product, a turned flange with a hub and six countersunk bolt holes. Lengths are in outer radii.
/// </summary>
internal static class PartDesign
{
    public const float Thickness = 0.20f;
    public const float BoreRadius = 0.235f;
    public const float HubInner = 0.262f;
    public const float HubOuter = 0.445f;
    public const float FaceInner = 0.485f;
    public const float GrooveInner = 0.895f;
    public const float GrooveOuter = 0.925f;
    public const float FaceOuter = 0.965f;
    public const int Holes = 6;
    public const float HoleCircle = 0.735f;
    public const float HoleRadius = 0.085f;
    public const float CountersinkRadius = 0.112f;
    public const float MarkRadius = 0.555f;
    public const float MarkHeight = 0.062f;

    /// <summary>Slope dh/dr of the turned profile; positive rises outward. Edges are rounded over <paramref name="soft"/>.</summary>
    public static float Slope(float r, float soft)
    {
        float s = 1.0f * Band(r, BoreRadius, HubInner, soft);
        s -= 0.85f * Band(r, HubOuter, FaceInner, soft);
        float mid = 0.5f * (GrooveInner + GrooveOuter);
        s -= 0.55f * Band(r, GrooveInner, mid, soft);
        s += 0.55f * Band(r, mid, GrooveOuter, soft);
        s -= 0.9f * Band(r, FaceOuter, 1.02f, soft);
        return s;
    }

    /// <summary>Slope along the distance from a hole's centre.</summary>
    public static float CountersinkSlope(float d, float soft) => 0.9f * Band(d, 0, CountersinkRadius, soft);

    private static float Band(float x, float from, float to, float soft) => Step(x - from, soft) * Step(to - x, soft);

    private static float Step(float x, float soft) => Math.Clamp(x / soft + 0.5f, 0, 1);
}
