namespace ModelFactory.Rendering;

/// <summary>Value noise on an integer lattice: smooth, repeatable, in <c>[0, 1]</c>, mean one half. Immutable.</summary>
internal readonly struct Noise(uint seed)
{
    /// <summary>One-dimensional.</summary>
    public float At(float x)
    {
        float fx = MathF.Floor(x);
        int ix = (int)fx;
        return Lerp(Lattice(ix, 0), Lattice(ix + 1, 0), Smooth(x - fx));
    }

    /// <summary>Two-dimensional.</summary>
    public float At(float x, float y)
    {
        float fx = MathF.Floor(x), fy = MathF.Floor(y);
        int ix = (int)fx, iy = (int)fy;
        return Cell(ix, ix + 1, iy, iy + 1, Smooth(x - fx), Smooth(y - fy));
    }

    /// <summary>Two-dimensional; y repeats after <paramref name="periodY"/> lattice steps, which suits an angle.</summary>
    public float Around(float x, float y, int periodY)
    {
        float fx = MathF.Floor(x), fy = MathF.Floor(y);
        int ix = (int)fx, iy = Wrap((int)fy, periodY);
        return Cell(ix, ix + 1, iy, iy + 1 == periodY ? 0 : iy + 1, Smooth(x - fx), Smooth(y - fy));
    }

    /// <summary>Sum of octaves, each of half the size and half the weight; scaled to <c>[0, 1]</c>.</summary>
    public float Fractal(float x, float y, int octaves)
    {
        float sum = 0, weight = 1, total = 0;
        for (int i = 0; i < octaves; i++)
        {
            sum += weight * At(x + 17.3f * i, y - 9.1f * i);
            total += weight;
            weight *= 0.5f;
            x *= 2;
            y *= 2;
        }
        return sum / total;
    }

    private float Cell(int x0, int x1, int y0, int y1, float tx, float ty) =>
        Lerp(Lerp(Lattice(x0, y0), Lattice(x1, y0), tx), Lerp(Lattice(x0, y1), Lattice(x1, y1), tx), ty);

    private float Lattice(int x, int y)
    {
        unchecked
        {
            uint h = (uint)x * 0x8DA6B343u ^ (uint)y * 0xD8163841u ^ seed;
            h ^= h >> 15;
            h *= 0x2C1B3C6Du;
            h ^= h >> 12;
            h *= 0x297A2D39u;
            h ^= h >> 15;
            return (h >> 8) * (1f / (1 << 24));
        }
    }

    private static int Wrap(int i, int period)
    {
        int m = i % period;
        return m < 0 ? m + period : m;
    }

    private static float Smooth(float t) => t * t * (3 - 2 * t);

    private static float Lerp(float a, float b, float t) => a + (b - a) * t;
}
