using Edge.Training;
using ModelFactory.Rendering;

namespace ModelFactory.Defects;

/// <summary>Oil, rust or dried coolant: an uneven patch with a soft or a ringed border.</summary>
internal sealed class Stain : Defect
{
    private readonly float _x, _y, _cos, _sin, _radius, _stretch, _rim, _amount, _dull, _edge;
    private readonly Noise _outline, _body;
    private readonly Rgb _colour;

    public Stain(Scene scene, RandomStream random)
    {
        Pose pose = scene.Pose;
        float size = random.Uniform(0.08f, 0.2f);
        (float u, float v) = PlaceOnMetal(scene, random, 0.34f, 0.9f, 0);
        (_x, _y) = pose.ToPixel(u, v);
        (_sin, _cos) = MathF.SinCos(random.Uniform(0, MathF.Tau));
        _radius = size * pose.Radius;
        _stretch = random.Uniform(0.55f, 1f);
        _outline = new Noise(random.NextUInt32());
        _body = new Noise(random.NextUInt32());
        _edge = random.Uniform(2.5f, 6f);
        _rim = random.Chance(0.4f) ? random.Uniform(0.3f, 0.9f) : 0;
        _dull = random.Uniform(0.2f, 0.6f);
        _amount = random.Uniform(0.4f, 0.9f);
        _colour = random.Next(3) switch
        {
            0 => new Rgb(0.62f, 0.34f, 0.16f),
            1 => new Rgb(0.42f, 0.38f, 0.30f),
            _ => new Rgb(0.55f, 0.60f, 0.62f),
        };
        float reach = 1.6f * _radius;
        Reach = PixelBox.Around(_x - reach, _y - reach, _x + reach, _y + reach, 1, scene.Size);
    }

    public override DefectKind Kind => DefectKind.Stain;

    public override PixelBox Reach { get; }

    public override void Apply(Scene scene, float strength)
    {
        for (int y = Reach.Top; y < Reach.Bottom; y++)
        {
            for (int x = Reach.Left; x < Reach.Right; x++)
            {
                float dx = x + 0.5f - _x, dy = y + 0.5f - _y;
                float a = (_cos * dx + _sin * dy) / _radius, b = (-_sin * dx + _cos * dy) / (_radius * _stretch);
                float wobble = 0.9f * (_outline.Fractal(a * 1.7f + 30, b * 1.7f + 30, 3) - 0.5f);
                float depth = 1 - MathF.Sqrt(a * a + b * b) + wobble - 0.1f;
                if (depth <= 0) continue;
                float body = SmoothStep(depth * _edge);
                float cloud = 0.55f + 0.9f * (_body.Fractal(x * 0.11f, y * 0.11f, 3) - 0.15f);
                float ring = _rim * MathF.Exp(-Square((depth - 0.1f) / 0.07f));
                float amount = Math.Clamp(strength * _amount * (body * cloud + ring), 0, 1);
                scene.Marks.Stain(x, y, _colour, amount);
                scene.Marks.Dull(x, y, 1 - _dull * body * Math.Min(strength, 1.3f));
            }
        }
    }
}
