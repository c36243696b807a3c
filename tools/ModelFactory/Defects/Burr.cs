using Edge.Training;
using ModelFactory.Rendering;

namespace ModelFactory.Defects;

/// <summary>Torn metal left at an edge: bright ragged slivers that stand over a hole, the bore or the rim.</summary>
internal sealed class Burr : Defect
{
    private readonly float _u, _v, _edge, _start, _sweep, _height, _outward, _brightness;
    private readonly Noise _teeth, _glint;
    private readonly Pose _pose;

    public Burr(Scene scene, RandomStream random)
    {
        _pose = scene.Pose;
        _teeth = new Noise(random.NextUInt32());
        _glint = new Noise(random.NextUInt32());
        _start = random.Uniform(0, MathF.Tau);
        _brightness = random.Uniform(0.35f, 0.75f);
        switch (random.Next(4))
        {
            case 0:
                (_edge, _outward) = (1.0f, 1);
                _sweep = random.Uniform(0.16f, 0.5f);
                _height = random.Uniform(0.03f, 0.07f);
                break;
            case 1:
                (_edge, _outward) = (PartDesign.BoreRadius, -1);
                _sweep = random.Uniform(0.5f, 1.5f);
                _height = random.Uniform(0.03f, 0.075f);
                break;
            default:
                (_u, _v) = _pose.HoleCentre(random.Next(PartDesign.Holes));
                (_edge, _outward) = (PartDesign.HoleRadius, -1);
                _sweep = random.Uniform(1.2f, 3.6f);
                _height = random.Uniform(0.026f, 0.06f);
                break;
        }
        (float cx, float cy) = _pose.ToPixel(_u, _v);
        var arc = new (float X, float Y)[17];
        for (int i = 0; i < arc.Length; i++)
        {
            (float s, float c) = MathF.SinCos(_start + _sweep * i / (arc.Length - 1));
            arc[i] = _pose.ToPixel(_u + _edge * c, _v + _edge * s);
        }
        float margin = (_height * 2 + 0.02f) * _pose.Radius;
        Reach = PixelBox.Around(arc.Min(p => p.X), arc.Min(p => p.Y), arc.Max(p => p.X), arc.Max(p => p.Y), margin, scene.Size);
    }

    public override DefectKind Kind => DefectKind.Burr;

    public override PixelBox Reach { get; }

    public override void Apply(Scene scene, float strength)
    {
        for (int y = Reach.Top; y < Reach.Bottom; y++)
        {
            for (int x = Reach.Left; x < Reach.Right; x++)
            {
                (float u, float v) = _pose.ToPart(x + 0.5f, y + 0.5f);
                float du = u - _u, dv = v - _v, d = MathF.Sqrt(du * du + dv * dv);
                float turn = MathF.Atan2(dv, du) - _start;
                turn -= MathF.Floor(turn / MathF.Tau) * MathF.Tau;
                if (turn > _sweep) continue;
                float along = turn * _edge * _pose.Radius;
                float ends = SmoothStep(turn / _sweep * 5) * SmoothStep((1 - turn / _sweep) * 5);
                float teeth = 0.25f + 0.55f * _teeth.At(along * 0.22f) + 0.55f * _teeth.At(along * 0.7f + 90);
                float height = _height * strength * ends * teeth * _pose.Radius;
                float over = (d - _edge) * _outward * _pose.Radius;
                if (over > height + 1 || over < -3.5f) continue;
                float share = Math.Clamp(height - over + 0.5f, 0, 1) * Math.Clamp((over + 3.2f) / 2f, 0, 1) * Math.Min(1, height);
                float glint = _glint.At(along * 0.45f, over * 0.6f + 20);
                float tip = Math.Clamp(over / (height + 0.5f), 0, 1);
                float shade = _brightness * (0.12f + 1.1f * glint * glint + 0.45f * tip);
                scene.Marks.Overlay(x, y, share, shade);
            }
        }
    }
}
