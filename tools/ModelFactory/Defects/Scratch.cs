using Edge.Training;
using ModelFactory.Rendering;

namespace ModelFactory.Defects;

/// <summary>A groove that something hard drew across the face: one flank lit, the other dark, uneven in depth.</summary>
internal sealed class Scratch : Defect
{
    private readonly Stroke _stroke;
    private readonly Noise _pressure;
    private readonly float _width, _depth, _sheen, _length;

    public Scratch(Scene scene, RandomStream random)
    {
        Pose pose = scene.Pose;
        (float u, float v) = PlaceOnMetal(scene, random, 0.33f, 0.88f, -0.02f);
        float length = random.Uniform(0.2f, 0.8f);
        // Along the turning marks it could not be told from them.
        float tangent = MathF.Atan2(v, u) + MathF.PI / 2;
        float angle = tangent + random.Sign() * random.Uniform(0.45f, MathF.PI / 2);
        (float s, float c) = MathF.SinCos(angle);
        (float u0, float v0) = Inside(u - c * length / 2, v - s * length / 2);
        (float u1, float v1) = Inside(u + c * length / 2, v + s * length / 2);
        float bend = length * random.Uniform(-0.14f, 0.14f);
        var control = pose.ToPixel((u0 + u1) / 2 - s * bend, (v0 + v1) / 2 + c * bend);
        _width = random.Uniform(0.65f, 1.4f);
        _depth = random.Uniform(0.35f, 1.1f);
        _sheen = random.Chance(0.6f) ? random.Uniform(0.15f, 0.6f) : -random.Uniform(0.15f, 0.45f);
        _pressure = new Noise(random.NextUInt32());
        _length = length * pose.Radius;
        _stroke = new Stroke(Stroke.Curve(pose.ToPixel(u0, v0), control, pose.ToPixel(u1, v1), 18), 3 * _width + 1, scene.Size);
    }

    public override DefectKind Kind => DefectKind.Scratch;

    public override PixelBox Reach => _stroke.Box;

    public override void Apply(Scene scene, float strength)
    {
        foreach (StrokePoint p in _stroke.Pixels())
        {
            float ends = SmoothStep(p.Along * 6) * SmoothStep((1 - p.Along) * 6);
            float pressure = ends * (0.45f + 0.8f * _pressure.At(p.Along * _length * 0.12f)) * strength;
            float x = p.Distance / _width, bell = MathF.Exp(-x * x);
            float slope = 1.6f * _depth * pressure * x * bell;
            scene.Marks.Tilt(p.X, p.Y, slope * p.NormalX, slope * p.NormalY);
            scene.Marks.Stain(p.X, p.Y, Rgb.Grey(1 + _sheen), Math.Min(pressure * bell, 1.6f));
        }
    }

    private static (float U, float V) Inside(float u, float v)
    {
        float r = MathF.Sqrt(u * u + v * v), limited = Math.Clamp(r, 0.28f, 0.955f);
        return (u * limited / r, v * limited / r);
    }
}
