using Edge.Training;
using ModelFactory.Rendering;

namespace ModelFactory.Nuisance;

/// <summary>What good parts show too: dust, lint, tool marks, wiping smears. None of it is a reason to reject.</summary>
internal static class Wear
{
    public static void Apply(Scene scene, RandomStream random)
    {
        int arcs = random.Next(5);
        for (int i = 0; i < arcs; i++) ToolMark(scene, random);
        if (random.Chance(0.4f)) Smear(scene, random);
        int specks = random.Chance(0.75f) ? random.Between(1, 14) : 0;
        for (int i = 0; i < specks; i++) Dust(scene, random);
        if (random.Chance(0.3f)) Lint(scene, random);
    }

    /// <summary>A ring that the tool left, concentric with the part; defects never run that way.</summary>
    private static void ToolMark(Scene scene, RandomStream random)
    {
        float radius = random.Chance(0.75f) ? random.Uniform(0.5f, 0.95f) : random.Uniform(0.28f, 0.43f);
        float sweep = random.Uniform(0.35f, 2.4f), width = random.Uniform(0.6f, 1.2f);
        float depth = random.Sign() * random.Uniform(0.05f, 0.2f), tint = random.Uniform(-0.1f, 0.07f);
        var stroke = new Stroke(Stroke.Arc(scene.Pose, radius, random.Uniform(0, MathF.Tau), sweep, 40), 3 * width, scene.Size);
        foreach (StrokePoint p in stroke.Pixels())
        {
            float ends = Math.Clamp(p.Along * 4, 0, 1) * Math.Clamp((1 - p.Along) * 4, 0, 1);
            float x = p.Distance / width, bell = ends * MathF.Exp(-x * x);
            scene.Marks.Tilt(p.X, p.Y, depth * x * bell * p.NormalX, depth * x * bell * p.NormalY);
            scene.Marks.Stain(p.X, p.Y, Rgb.Grey(1 + tint), bell);
        }
    }

    /// <summary>A wiping cloth's streaks: broad, and too faint to be called a stain.</summary>
    private static void Smear(Scene scene, RandomStream random)
    {
        var noise = new Noise(random.NextUInt32());
        (float s, float c) = MathF.SinCos(random.Uniform(0, MathF.PI));
        float amount = random.Uniform(0.04f, 0.12f);
        for (int y = 0; y < scene.Size; y++)
        {
            for (int x = 0; x < scene.Size; x++)
            {
                float a = c * x + s * y, b = -s * x + c * y;
                scene.Marks.Dull(x, y, 1 - amount * noise.Fractal(a * 0.012f + 9, b * 0.06f + 9, 2));
            }
        }
    }

    private static void Dust(Scene scene, RandomStream random)
    {
        float x = random.Uniform(0, scene.Size), y = random.Uniform(0, scene.Size);
        float radius = random.Uniform(0.35f, 1.05f), share = random.Uniform(0.25f, 0.75f);
        float shade = random.Chance(0.6f) ? random.Uniform(0.3f, 0.6f) : random.Uniform(0.02f, 0.12f);
        PixelBox box = PixelBox.Around(x, y, x, y, 3 * radius + 1, scene.Size);
        for (int py = box.Top; py < box.Bottom; py++)
        {
            for (int px = box.Left; px < box.Right; px++)
            {
                float dx = px + 0.5f - x, dy = py + 0.5f - y;
                scene.Marks.Overlay(px, py, share * MathF.Exp(-(dx * dx + dy * dy) / (radius * radius)), shade);
            }
        }
    }

    /// <summary>A textile fibre: short, pale and curled, where scratches are nearly straight.</summary>
    private static void Lint(Scene scene, RandomStream random)
    {
        float x = random.Uniform(20, scene.Size - 20), y = random.Uniform(20, scene.Size - 20);
        float length = random.Uniform(10, 22), heading = random.Uniform(0, MathF.Tau), curl = random.Sign() * random.Uniform(0.18f, 0.36f);
        var points = new List<(float X, float Y)> { (x, y) };
        for (int i = 0; i < 14; i++)
        {
            (float s, float c) = MathF.SinCos(heading);
            (x, y) = (x + c * length / 14, y + s * length / 14);
            points.Add((x, y));
            heading += curl + random.Uniform(-0.06f, 0.06f);
        }
        float shade = random.Uniform(0.25f, 0.55f), share = random.Uniform(0.2f, 0.5f);
        foreach (StrokePoint p in new Stroke(points, 3, scene.Size).Pixels())
            scene.Marks.Overlay(p.X, p.Y, share * MathF.Exp(-p.Distance * p.Distance / 0.5f), shade);
    }
}
