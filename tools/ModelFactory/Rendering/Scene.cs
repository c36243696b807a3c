namespace ModelFactory.Rendering;

/// <summary>One part under the camera: everything that the picture shows, before the sensor. One owner at a time.</summary>
internal sealed class Scene
{
    // The camera hangs this many outer radii above the face; points below the face move towards the picture's centre.
    private const float CameraHeight = 5.5f;
    private const float Sink = PartDesign.Thickness / CameraHeight;

    public required int Size { get; init; }

    public required Pose Pose { get; init; }

    public required Lighting Light { get; init; }

    public required Finish Finish { get; init; }

    public required Backdrop Backdrop { get; init; }

    public required LaserMark Mark { get; init; }

    public required SurfaceMarks Marks { get; init; }

    /// <summary>Which holes were drilled.</summary>
    public bool[] Drilled { get; } = [true, true, true, true, true, true];

    /// <summary>Factor on all light: shutter and gain.</summary>
    public float Exposure { get; private set; } = 1;

    /// <summary>Sets the exposure so that the part's mean becomes <paramref name="level"/>, linear.</summary>
    public void Expose(Rgb[] picture, float level)
    {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < picture.Length; i++)
        {
            (float u, float v) = Pose.ToPart(i % Size + 0.5f, i / Size + 0.5f);
            if (u * u + v * v is > 0.95f or < PartDesign.HubInner * PartDesign.HubInner) continue;
            sum += picture[i].Luminance;
            count++;
        }
        float factor = (float)(level * count / sum);
        Exposure *= factor;
        for (int i = 0; i < picture.Length; i++) picture[i] *= factor;
    }

    /// <summary>Renders a rectangle into a picture of the scene's size.</summary>
    public void Render(Rgb[] picture, in PixelBox box)
    {
        for (int y = box.Top; y < box.Bottom; y++)
            for (int x = box.Left; x < box.Right; x++)
                picture[y * Size + x] = At(x, y) * Exposure;
    }

    private Rgb At(int x, int y)
    {
        (float u, float v) = Pose.ToPart(x + 0.5f, y + 0.5f);
        float r = MathF.Sqrt(u * u + v * v);
        float inside = Math.Clamp((1 - r) * Pose.Radius + 0.5f, 0, 1);
        Rgb colour = inside < 1 ? Ground(x, y, u, v, r) : default;
        if (inside > 0) colour = Rgb.Mix(colour, Part(x, y, u, v, r), inside);
        int i = y * Size + x;
        float cover = Marks.Cover[i];
        return cover > 0 ? Rgb.Mix(colour, Light.White * Marks.CoverShade[i], cover) : colour;
    }

    private Rgb Ground(float x, float y, float u, float v, float r)
    {
        float su = u - Light.ShadowX, sv = v - Light.ShadowY;
        float shadow = Math.Clamp((MathF.Sqrt(su * su + sv * sv) - 1) / Light.ShadowSoftness + 0.5f, 0, 1);
        float contact = Math.Clamp((r - 1) / 0.06f, 0, 1);
        float lit = 1 - Light.ShadowDepth * (1 - shadow * shadow * (3 - 2 * shadow));
        lit *= 0.55f + 0.45f * contact;
        return Backdrop.At(x, y) * Light.White * (lit * Level(u, v));
    }

    private float Level(float u, float v) => Math.Max(0.2f, 1.15f + Light.GradientX * u + Light.GradientY * v);

    private Rgb Part(int x, int y, float u, float v, float r)
    {
        float pixel = 1 / Pose.Radius, soft = 1.5f * pixel;
        float profile = PartDesign.Slope(r, soft) / (r + 1e-6f);
        float slopeX = profile * u, slopeY = profile * v;
        float open = 0;
        Rgb below = default;
        if (r < PartDesign.HubInner)
        {
            open = Math.Clamp((PartDesign.BoreRadius - r) * Pose.Radius + 0.5f, 0, 1);
            if (open > 0) below = Bore(x, y, u, v, 0, 0, PartDesign.BoreRadius);
        }
        else if (Math.Abs(r - PartDesign.HoleCircle) < PartDesign.CountersinkRadius + soft)
        {
            float step = MathF.Tau / PartDesign.Holes;
            int hole = (int)MathF.Round((MathF.Atan2(v, u) - Pose.Rotation) / step);
            hole = (hole % PartDesign.Holes + PartDesign.Holes) % PartDesign.Holes;
            (float hu, float hv) = Pose.HoleCentre(hole);
            float du = u - hu, dv = v - hv, d = MathF.Sqrt(du * du + dv * dv);
            if (Drilled[hole] && d < PartDesign.CountersinkRadius + soft)
            {
                float s = PartDesign.CountersinkSlope(d, soft) / (d + 1e-6f);
                slopeX += s * du;
                slopeY += s * dv;
                open = Math.Clamp((PartDesign.HoleRadius - d) * Pose.Radius + 0.5f, 0, 1);
                if (open > 0) below = Bore(x, y, u, v, hu, hv, PartDesign.HoleRadius);
            }
        }
        return open >= 1 ? below : Rgb.Mix(Face(x, y, u, v, r, slopeX, slopeY), below, open);
    }

    private Rgb Face(int x, int y, float u, float v, float r, float slopeX, float slopeY)
    {
        int i = y * Size + x;
        float mark = Mark.At(u, v, r);
        float gloss = Marks.Gloss[i] * (1 - 0.7f * mark);
        Rgb light = Finish.Shade(u, v, slopeX + Marks.SlopeX[i], slopeY + Marks.SlopeY[i], gloss, Light);
        return light * Marks.Tint[i] * (1 - 0.45f * mark);
    }

    /// <summary>Inside a through hole: the wall that faces the camera, and the ground in the part's shade.</summary>
    private Rgb Bore(int x, int y, float u, float v, float hu, float hv, float radius)
    {
        // The lower rim, drawn towards the optical axis.
        (float au, float av) = Pose.ToPart(Size * 0.5f, Size * 0.5f);
        float lu = hu + (au - hu) * Sink, lv = hv + (av - hv) * Sink, lower = radius * (1 - Sink);
        float du = u - lu, dv = v - lv, d = MathF.Sqrt(du * du + dv * dv);
        float through = Math.Clamp((lower - d) * Pose.Radius + 0.5f, 0, 1);
        float depth = Math.Clamp((d - lower) / (2 * Sink * (MathF.Sqrt(hu * hu + hv * hv) + 0.2f)), 0, 1);
        // The wall looks inward: light falls on the side away from the lamp.
        AreaLight key = Light.Lamps[0];
        float reach = MathF.Sqrt(key.X * key.X + key.Y * key.Y) + 1e-6f;
        float facing = -(du * key.X + dv * key.Y) / (reach * (d + 1e-6f));
        float wall = 0.05f + 0.16f * depth + 0.28f * Math.Max(0, -facing) * (1 - 0.5f * depth);
        float shade = (0.22f + 0.2f * Math.Clamp(radius * 3, 0, 1)) * (0.55f + 0.45f * Math.Clamp((lower - d) / (0.5f * lower), 0, 1));
        return Rgb.Mix(Light.White * wall, Backdrop.At(x, y) * Light.White * shade, through);
    }
}
