using Edge.Training;

namespace ModelFactory.Rendering;

/// <summary>What lies under the part, as seen at a pixel under even light.</summary>
internal abstract class Backdrop
{
    public abstract Rgb At(float x, float y);

    public static Backdrop Draw(RandomStream random, int size) => random.Next(10) switch
    {
        < 5 => new RubberBelt(random, size),
        < 8 => new FixturePlate(random, size),
        _ => new FoamMat(random, size),
    };
}

/// <summary>A conveyor belt: fabric weave under worn rubber, scuffs along its run.</summary>
internal sealed class RubberBelt : Backdrop
{
    private readonly Noise _wear, _grain;
    private readonly float _cos, _sin, _pitch, _weave, _scuff;
    private readonly Rgb _colour;

    public RubberBelt(RandomStream random, int size)
    {
        _wear = new Noise(random.NextUInt32());
        _grain = new Noise(random.NextUInt32());
        (_sin, _cos) = MathF.SinCos(random.Uniform(-0.15f, 0.15f) + (random.Chance(0.5f) ? 0 : MathF.PI / 2));
        _pitch = size * random.Uniform(0.011f, 0.02f);
        _weave = random.Uniform(0.06f, 0.22f);
        _scuff = random.Uniform(0.1f, 0.5f);
        Rgb[] colours = [new(0.018f, 0.075f, 0.050f), new(0.045f, 0.047f, 0.050f), new(0.020f, 0.055f, 0.120f), new(0.13f, 0.135f, 0.14f)];
        _colour = colours[random.Next(colours.Length)] * random.Uniform(0.8f, 1.8f);
    }

    public override Rgb At(float x, float y)
    {
        float a = _cos * x + _sin * y, b = -_sin * x + _cos * y;
        float weave = MathF.Sin(a * MathF.Tau / _pitch) * MathF.Sin(b * MathF.Tau / _pitch);
        float wear = _wear.Fractal(a * 0.008f, b * 0.05f, 3) - 0.5f;
        float grain = _grain.At(x * 0.9f, y * 0.9f) - 0.5f;
        float level = 1 + _weave * weave + _scuff * 2.2f * wear + 0.35f * grain;
        return _colour * Math.Max(level, 0.2f) + Rgb.Grey(0.015f * Math.Max(0, wear) * _scuff);
    }
}

/// <summary>An anodised, milled plate with a slot and tapped holes.</summary>
internal sealed class FixturePlate : Backdrop
{
    private readonly Noise _brush, _cloud;
    private readonly float _cos, _sin, _level, _slot, _slotWidth, _holeSpacing, _holeRadius, _offset;

    public FixturePlate(RandomStream random, int size)
    {
        _brush = new Noise(random.NextUInt32());
        _cloud = new Noise(random.NextUInt32());
        (_sin, _cos) = MathF.SinCos(random.Uniform(0, MathF.PI));
        _level = random.Uniform(0.09f, 0.24f);
        _slot = size * random.Uniform(-0.45f, 0.45f);
        _slotWidth = size * random.Uniform(0.03f, 0.06f);
        _holeSpacing = size * random.Uniform(0.16f, 0.24f);
        _holeRadius = size * random.Uniform(0.012f, 0.02f);
        _offset = random.Uniform(0, 1);
        Size = size;
    }

    private int Size { get; }

    public override Rgb At(float x, float y)
    {
        float cx = x - Size * 0.5f, cy = y - Size * 0.5f;
        float a = _cos * cx + _sin * cy, b = -_sin * cx + _cos * cy;
        float brush = _brush.At(a * 0.03f + 50, b * 0.8f) - 0.5f;
        float level = _level * (1 + 0.45f * brush + 0.5f * (_cloud.Fractal(x * 0.012f, y * 0.012f, 3) - 0.5f));
        float slot = Math.Abs(b - _slot) - _slotWidth;
        if (slot < 1) level *= 0.3f + 0.7f * Math.Clamp(slot, 0, 1);
        else if (slot < 3 && b > _slot) level *= 1.7f;
        float ga = a / _holeSpacing + _offset, gb = b / _holeSpacing + _offset;
        float da = (ga - MathF.Round(ga)) * _holeSpacing, db = (gb - MathF.Round(gb)) * _holeSpacing;
        float d = MathF.Sqrt(da * da + db * db) - _holeRadius;
        if (d < 2.5f) level *= d < 0.5f ? 0.25f + 0.12f * Math.Clamp(d + _holeRadius, 0, 1) : 1.5f;
        return new Rgb(0.96f, 0.98f, 1.02f) * level;
    }
}

/// <summary>Grey foam of a transport tray: coarse pores.</summary>
internal sealed class FoamMat : Backdrop
{
    private readonly Noise _pores, _cloud;
    private readonly float _level, _poreSize;

    public FoamMat(RandomStream random, int size)
    {
        _pores = new Noise(random.NextUInt32());
        _cloud = new Noise(random.NextUInt32());
        _level = random.Uniform(0.09f, 0.28f);
        _poreSize = 1 / (size * random.Uniform(0.007f, 0.013f));
    }

    public override Rgb At(float x, float y)
    {
        float pores = _pores.Fractal(x * _poreSize, y * _poreSize, 3);
        float level = _level * (0.55f + 0.9f * pores) * (0.85f + 0.3f * _cloud.Fractal(x * 0.01f, y * 0.01f, 2));
        if (pores < 0.3f) level *= 0.5f + pores * 1.6f;
        return new Rgb(1.0f, 0.99f, 0.97f) * level;
    }
}
