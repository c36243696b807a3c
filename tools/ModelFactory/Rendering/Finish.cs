using Edge.Training;

namespace ModelFactory.Rendering;

/// <summary>
/// How the lathe left the metal, and how it shines: Ward's anisotropic lobe (1992) whose grooves run around the axis,
/// which gives the radial streaks of a turned face. Immutable.
/// </summary>
internal sealed class Finish
{
    private const int StreakPeriod = 64;
    private readonly Noise _streaks, _rings, _blotches;
    private readonly float _alongInverse, _acrossInverse, _streakDepth, _ringDepth, _pitch, _feedDepth, _radius, _chatter, _chatterPhase, _blotch;
    private readonly Rgb _metal;

    public Finish(RandomStream random, float radiusPixels)
    {
        _streaks = new Noise(random.NextUInt32());
        _rings = new Noise(random.NextUInt32());
        _blotches = new Noise(random.NextUInt32());
        float along = random.Uniform(0.055f, 0.11f), across = random.Uniform(0.28f, 0.40f);
        _alongInverse = along * along;
        _acrossInverse = across * across;
        _streakDepth = random.Uniform(0.10f, 0.22f);
        _ringDepth = random.Uniform(0.06f, 0.20f);
        _pitch = random.Uniform(2.6f, 4.6f);
        _feedDepth = random.Uniform(0.01f, 0.05f);
        _chatter = random.Chance(0.3f) ? random.Uniform(0.006f, 0.016f) : 0;
        _chatterPhase = random.Uniform(40, 90);
        _blotch = random.Uniform(0.03f, 0.10f);
        _radius = radiusPixels;
        float tone = random.Uniform(-0.025f, 0.025f);
        _metal = new Rgb(0.93f + tone, 0.94f, 0.95f - tone) * random.Uniform(0.82f, 1.0f);
    }

    /// <summary>Light that the camera sees from a point of the surface.</summary>
    /// <param name="u">Part coordinates.</param>
    /// <param name="v">Part coordinates.</param>
    /// <param name="slopeX">dh/dx of the surface there, turning marks apart.</param>
    /// <param name="slopeY">dh/dy.</param>
    /// <param name="gloss">Factor on the lamps' highlights.</param>
    /// <param name="light">The station's light.</param>
    public Rgb Shade(float u, float v, float slopeX, float slopeY, float gloss, Lighting light)
    {
        float r = MathF.Sqrt(u * u + v * v) + 1e-6f;
        float cos = u / r, sin = v / r;
        float turn = (MathF.Atan2(v, u) + MathF.PI) * (1 / MathF.Tau);
        float pixels = r * _radius;
        float streak = _streaks.Around(pixels * 0.85f, turn * StreakPeriod, StreakPeriod) - 0.5f;
        float ring = _rings.Around(pixels * 0.32f, turn * 5, 5) - 0.5f;
        float feed = MathF.Sin(pixels * (MathF.Tau / _pitch));
        float groove = 0.10f * streak + 0.08f * ring + _feedDepth * feed;
        slopeX += groove * cos;
        slopeY += groove * sin;
        if (_chatter > 0)
        {
            float wave = _chatter * MathF.Sin(turn * MathF.Tau * _chatterPhase + pixels * 0.15f);
            slopeX -= wave * sin;
            slopeY += wave * cos;
        }

        float nz = 1 / MathF.Sqrt(1 + slopeX * slopeX + slopeY * slopeY);
        float nx = -slopeX * nz, ny = -slopeY * nz;
        float texture = 1 + _streakDepth * streak + _ringDepth * ring + _blotch * (_blotches.Fractal(u * 3 + 40, v * 3 + 40, 2) - 0.5f);
        float highlights = Highlights(u, v, nx, ny, nz, cos, sin, light);
        return _metal * light.White * (texture * (Environment(u, v, nx, ny, nz, light) + gloss * highlights));
    }

    /// <summary>The dome as the surface mirrors it: bright above, dark towards the horizon.</summary>
    private static float Environment(float u, float v, float nx, float ny, float nz, Lighting light)
    {
        float rz = 2 * nz * nz - 1, rx = 2 * nz * nx, ry = 2 * nz * ny;
        float up = Math.Clamp((rz + 0.15f) / 1.1f, 0, 1);
        float level = 0.05f + light.Dome * up * up * (3 - 2 * up);
        level *= 1 + light.GradientX * (u + 1.3f * rx) + light.GradientY * (v + 1.3f * ry);
        return Math.Max(level, 0.01f);
    }

    private float Highlights(float u, float v, float nx, float ny, float nz, float cos, float sin, Lighting light)
    {
        // Tangent along the groove, made orthogonal to the normal; the bitangent completes the frame.
        float along = -sin * nx + cos * ny;
        float tx = -sin - along * nx, ty = cos - along * ny, tz = -along * nz;
        float scale = 1 / MathF.Sqrt(tx * tx + ty * ty + tz * tz);
        (tx, ty, tz) = (tx * scale, ty * scale, tz * scale);
        float bx = ny * tz - nz * ty, by = nz * tx - nx * tz, bz = nx * ty - ny * tx;
        float sum = 0;
        foreach (ref readonly AreaLight lamp in light.Lamps.AsSpan())
        {
            float lx = lamp.X - u, ly = lamp.Y - v, lz = lamp.Z;
            float inverse = 1 / MathF.Sqrt(lx * lx + ly * ly + lz * lz);
            (lx, ly, lz) = (lx * inverse, ly * inverse, lz * inverse);
            float facing = nx * lx + ny * ly + nz * lz;
            if (facing <= 0) continue;
            float hx = lx, hy = ly, hz = lz + 1, hn = 1 / MathF.Sqrt(hx * hx + hy * hy + hz * hz);
            (hx, hy, hz) = (hx * hn, hy * hn, hz * hn);
            float ht = hx * tx + hy * ty + hz * tz, hb = hx * bx + hy * by + hz * bz, hh = hx * nx + hy * ny + hz * nz;
            float narrow = ht * ht / (_alongInverse + lamp.Spread) + hb * hb / (_acrossInverse + lamp.Spread);
            float wide = ht * ht / (6 * _alongInverse) + hb * hb / (3 * _acrossInverse);
            float lobe = 1.0f * MathF.Exp(-narrow / (hh * hh)) + 0.16f * MathF.Exp(-wide / (hh * hh));
            sum += lamp.Strength * lobe * MathF.Sqrt(facing);
        }
        return sum;
    }
}
