using Edge.Training;
using ModelFactory.Rendering;

namespace ModelFactory.Defects;

/// <summary>A bolt hole that was never drilled; sometimes the centre drill had already touched the face.</summary>
internal sealed class MissingHole : Defect
{
    private readonly int _hole;
    private readonly float _x, _y, _spot;

    public MissingHole(Scene scene, RandomStream random)
    {
        _hole = random.Next(PartDesign.Holes);
        (float u, float v) = scene.Pose.HoleCentre(_hole);
        (_x, _y) = scene.Pose.ToPixel(u, v);
        _spot = random.Chance(0.35f) ? random.Uniform(0.012f, 0.035f) * scene.Pose.Radius : 0;
        float reach = (PartDesign.CountersinkRadius + 0.01f) * scene.Pose.Radius;
        Reach = PixelBox.Around(_x - reach, _y - reach, _x + reach, _y + reach, 1, scene.Size);
    }

    public override DefectKind Kind => DefectKind.MissingHole;

    public override PixelBox Reach { get; }

    public override void Apply(Scene scene, float strength)
    {
        scene.Drilled[_hole] = false;
        if (_spot <= 0) return;
        for (int y = Reach.Top; y < Reach.Bottom; y++)
        {
            for (int x = Reach.Left; x < Reach.Right; x++)
            {
                float dx = x + 0.5f - _x, dy = y + 0.5f - _y, d = MathF.Sqrt(dx * dx + dy * dy) + 1e-3f;
                float cone = Math.Clamp((_spot - d) + 0.5f, 0, 1);
                scene.Marks.Tilt(x, y, 0.8f * cone * dx / d, 0.8f * cone * dy / d);
                scene.Marks.Stain(x, y, Rgb.Grey(0.35f), cone * Math.Clamp(1 - d / (0.6f * _spot), 0, 1));
            }
        }
    }
}
