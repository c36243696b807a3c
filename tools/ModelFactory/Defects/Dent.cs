using Edge.Training;
using ModelFactory.Rendering;

namespace ModelFactory.Defects;

/// <summary>A blow's mark: a shallow oval dimple with a slightly raised rim, seen by the light that it bends.</summary>
internal sealed class Dent : Defect
{
    private readonly float _x, _y, _cos, _sin, _long, _short, _depth, _dull;

    public Dent(Scene scene, RandomStream random)
    {
        Pose pose = scene.Pose;
        float size = random.Uniform(0.042f, 0.11f);
        (float u, float v) = PlaceOnMetal(scene, random, 0.33f, 0.89f, size * 0.7f);
        (_x, _y) = pose.ToPixel(u, v);
        (_sin, _cos) = MathF.SinCos(random.Uniform(0, MathF.PI));
        _long = size * pose.Radius * 0.62f;
        _short = _long * random.Uniform(0.6f, 1f);
        _depth = random.Uniform(0.4f, 0.9f);
        _dull = random.Uniform(0.05f, 0.35f);
        float reach = 3.2f * _long;
        Reach = PixelBox.Around(_x - reach, _y - reach, _x + reach, _y + reach, 1, scene.Size);
    }

    public override DefectKind Kind => DefectKind.Dent;

    public override PixelBox Reach { get; }

    public override void Apply(Scene scene, float strength)
    {
        for (int y = Reach.Top; y < Reach.Bottom; y++)
        {
            for (int x = Reach.Left; x < Reach.Right; x++)
            {
                float dx = x + 0.5f - _x, dy = y + 0.5f - _y;
                float a = (_cos * dx + _sin * dy) / _long, b = (-_sin * dx + _cos * dy) / _short;
                float q = a * a + b * b;
                if (q > 10) continue;
                // h = −depth · (1 − q/3) · exp(−q/2), whose zero crossing leaves the raised rim.
                float bell = MathF.Exp(-q / 2);
                float dhdq = _depth * strength * bell * (1f / 3 + 0.5f * (1 - q / 3));
                float ga = 2 * a * dhdq, gb = 2 * b * dhdq * (_long / _short);
                scene.Marks.Tilt(x, y, _cos * ga - _sin * gb, _sin * ga + _cos * gb);
                scene.Marks.Dull(x, y, 1 - _dull * bell);
                scene.Marks.Stain(x, y, Rgb.Grey(1 - 0.6f * _dull), bell * Math.Min(strength, 1.5f));
            }
        }
    }
}
