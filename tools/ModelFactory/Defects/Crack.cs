using Edge.Training;
using ModelFactory.Rendering;

namespace ModelFactory.Defects;

/// <summary>A dark jagged line that starts at an edge, narrows towards its tip and may fork.</summary>
internal sealed class Crack : Defect
{
    private readonly List<(Stroke Stroke, float Width)> _branches = [];
    private readonly float _darkness;
    private readonly Noise _gap;

    public Crack(Scene scene, RandomStream random)
    {
        Pose pose = scene.Pose;
        (float u, float v, float heading) = Start(pose, random);
        float width = random.Uniform(0.75f, 1.4f);
        _darkness = random.Uniform(0.55f, 0.95f);
        _gap = new Noise(random.NextUInt32());
        int steps = random.Between(7, 18);
        List<(float X, float Y)> trunk = Walk(pose, random, u, v, heading, steps);
        Add(trunk, width, scene.Size);
        if (trunk.Count > 6 && random.Chance(0.5f))
        {
            int at = random.Between(2, trunk.Count - 3);
            (float bu, float bv) = pose.ToPart(trunk[at].X, trunk[at].Y);
            Add(Walk(pose, random, bu, bv, heading + random.Sign() * random.Uniform(0.5f, 1f), random.Between(3, 6)), width * 0.7f, scene.Size);
        }
        PixelBox box = _branches[0].Stroke.Box;
        foreach ((Stroke s, _) in _branches)
            box = new PixelBox(Math.Min(box.Left, s.Box.Left), Math.Min(box.Top, s.Box.Top), Math.Max(box.Right, s.Box.Right), Math.Max(box.Bottom, s.Box.Bottom));
        Reach = box;
    }

    public override DefectKind Kind => DefectKind.Crack;

    public override PixelBox Reach { get; }

    public override void Apply(Scene scene, float strength)
    {
        foreach ((Stroke stroke, float width) in _branches)
        {
            foreach (StrokePoint p in stroke.Pixels())
            {
                float w = width * (1.1f - 0.75f * p.Along) * (0.7f + 0.6f * _gap.At(p.X * 0.25f, p.Y * 0.25f));
                float x = p.Distance / w, bell = MathF.Exp(-x * x);
                scene.Marks.Stain(p.X, p.Y, Rgb.Grey(1 - Math.Min(_darkness * strength, 0.97f)), bell);
                scene.Marks.Dull(p.X, p.Y, 1 - 0.8f * bell);
                float lip = 0.25f * strength * MathF.Exp(-Square((MathF.Abs(p.Distance) - 1.6f * w) / w));
                float side = MathF.Sign(p.Distance);
                scene.Marks.Tilt(p.X, p.Y, -lip * side * p.NormalX, -lip * side * p.NormalY);
            }
        }
    }

    private static (float U, float V, float Heading) Start(in Pose pose, RandomStream random)
    {
        float jitter = random.Uniform(-0.5f, 0.5f);
        switch (random.Next(3))
        {
            case 0:
                {
                    (float hu, float hv) = pose.HoleCentre(random.Next(PartDesign.Holes));
                    float a = random.Uniform(0, MathF.Tau);
                    (float s, float c) = MathF.SinCos(a);
                    return (hu + PartDesign.HoleRadius * c, hv + PartDesign.HoleRadius * s, a + jitter * 0.6f);
                }
            case 1:
                {
                    float a = random.Uniform(0, MathF.Tau);
                    (float s, float c) = MathF.SinCos(a);
                    return (PartDesign.BoreRadius * c, PartDesign.BoreRadius * s, a + jitter);
                }
            default:
                {
                    float a = random.Uniform(0, MathF.Tau);
                    (float s, float c) = MathF.SinCos(a);
                    return (0.995f * c, 0.995f * s, a + MathF.PI + jitter);
                }
        }
    }

    private static List<(float X, float Y)> Walk(in Pose pose, RandomStream random, float u, float v, float heading, int steps)
    {
        var points = new List<(float X, float Y)> { pose.ToPixel(u, v) };
        for (int i = 0; i < steps; i++)
        {
            float turn = heading + random.Uniform(-0.75f, 0.75f), step = random.Uniform(0.022f, 0.046f);
            (float s, float c) = MathF.SinCos(turn);
            (u, v) = (u + step * c, v + step * s);
            float r = u * u + v * v;
            if (i > 2 && r is < PartDesign.BoreRadius * PartDesign.BoreRadius or > 1) break;
            points.Add(pose.ToPixel(u, v));
            heading += random.Uniform(-0.12f, 0.12f);
        }
        return points;
    }

    private void Add(List<(float X, float Y)> points, float width, int size) => _branches.Add((new Stroke(points, 3 * width + 1.5f, size), width));
}
