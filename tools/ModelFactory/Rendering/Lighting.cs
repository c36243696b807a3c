using Edge.Training;

namespace ModelFactory.Rendering;

/// <summary>A small area light at a finite place, in part units relative to the part's centre; z is up.</summary>
/// <param name="Spread">Added to the squared roughness: how large the light looks.</param>
internal readonly record struct AreaLight(float X, float Y, float Z, float Strength, float Spread, Rgb Colour);

/// <summary>What shines on the station: a dome with a gradient and two or three lamps. Immutable.</summary>
internal sealed class Lighting
{
    public required AreaLight[] Lamps { get; init; }

    /// <summary>Light from straight above.</summary>
    public required float Dome { get; init; }

    /// <summary>Change of the dome's light across the part, per outer radius.</summary>
    public required float GradientX { get; init; }

    public required float GradientY { get; init; }

    public required float ShadowX { get; init; }

    public required float ShadowY { get; init; }

    /// <summary>Width of the shadow's edge, part units.</summary>
    public required float ShadowSoftness { get; init; }

    public required float ShadowDepth { get; init; }

    public required Rgb White { get; init; }

    public static Lighting Draw(RandomStream random)
    {
        float warmth = random.Uniform(-0.05f, 0.06f);
        var white = new Rgb(1 + warmth, 1, 1 - warmth);
        float key = random.Uniform(0, MathF.Tau);
        int count = random.Between(2, 3);
        var lamps = new AreaLight[count];
        for (int i = 0; i < count; i++)
        {
            float azimuth = i == 0 ? key : key + random.Uniform(0.8f, 2.4f) * (i == 1 ? 1 : -1);
            float elevation = random.Uniform(0.75f, 1.2f), distance = random.Uniform(2.4f, 4.2f);
            (float sa, float ca) = MathF.SinCos(azimuth);
            (float se, float ce) = MathF.SinCos(elevation);
            float strength = i == 0 ? random.Uniform(0.6f, 1.2f) : random.Uniform(0.15f, 0.6f);
            lamps[i] = new AreaLight(ca * ce * distance, sa * ce * distance, se * distance, strength, random.Uniform(0.000f, 0.006f), white);
        }

        float gradientAngle = random.Uniform(0, MathF.Tau), gradient = random.Uniform(0.02f, 0.22f);
        float throwLength = random.Uniform(0.05f, 0.16f);
        return new Lighting
        {
            Lamps = lamps,
            Dome = random.Uniform(0.20f, 0.34f),
            GradientX = gradient * MathF.Cos(gradientAngle),
            GradientY = gradient * MathF.Sin(gradientAngle),
            ShadowX = -throwLength * MathF.Cos(key),
            ShadowY = -throwLength * MathF.Sin(key),
            ShadowSoftness = random.Uniform(0.05f, 0.16f),
            ShadowDepth = random.Uniform(0.45f, 0.8f),
            White = white,
        };
    }
}
