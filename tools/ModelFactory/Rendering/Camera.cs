using Edge.Training;

namespace ModelFactory.Rendering;

/// <summary>Lens and sensor: blur, vignette, shot and read noise, tone curve, eight bits. Immutable.</summary>
internal sealed class Camera
{
    private readonly float _sigma, _vignette, _shot, _read, _chroma;

    public Camera(RandomStream random)
    {
        _sigma = random.Uniform(0.45f, 0.95f);
        _vignette = random.Uniform(0.05f, 0.3f);
        _shot = random.Uniform(0.006f, 0.014f);
        _read = random.Uniform(0.002f, 0.005f);
        _chroma = random.Uniform(0.2f, 0.5f);
    }

    /// <summary>Takes the picture: square, RGB, eight bits, interleaved.</summary>
    public byte[] Expose(Rgb[] light, int size, RandomStream noise)
    {
        Rgb[] blurred = Blur(light, size);
        var pixels = new byte[size * size * 3];
        float half = size * 0.5f;
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
            {
                float dx = (x - half) / half, dy = (y - half) / half;
                float gain = 1 - _vignette * 0.5f * (dx * dx + dy * dy);
                Rgb c = blurred[y * size + x] * gain;
                float grey = Grain(noise);
                int i = (y * size + x) * 3;
                pixels[i] = Develop(c.R, grey, noise);
                pixels[i + 1] = Develop(c.G, grey, noise);
                pixels[i + 2] = Develop(c.B, grey, noise);
            }
        }
        return pixels;
    }

    /// <summary>The tone that a linear level gets without noise, 0 to 255.</summary>
    public static float Tone(float linear)
    {
        // A shoulder above 0.8 keeps highlights from clipping hard; the curve below it is gamma 2.
        float x = linear < 0.8f ? Math.Max(linear, 0) : 0.8f + 0.2f * (1 - MathF.Exp(-(linear - 0.8f) / 0.2f));
        return 255 * MathF.Sqrt(x);
    }

    private byte Develop(float level, float grey, RandomStream noise)
    {
        level = Math.Max(level, 0);
        float sigma = MathF.Sqrt(_shot * _shot * level + _read * _read);
        float value = Tone(level + sigma * ((1 - _chroma) * grey + _chroma * Grain(noise)));
        return (byte)(Math.Clamp(value, 0, 255) + 0.5f);
    }

    // Sum of four bytes: near enough to a normal distribution, mean 0, variance 1.
    private static float Grain(RandomStream noise)
    {
        uint bits = noise.NextUInt32();
        int sum = (int)((bits & 255) + (bits >> 8 & 255) + (bits >> 16 & 255) + (bits >> 24));
        return (sum - 510) * (1 / 147.8f);
    }

    private Rgb[] Blur(Rgb[] source, int size)
    {
        float w1 = MathF.Exp(-0.5f / (_sigma * _sigma)), w2 = MathF.Exp(-2 / (_sigma * _sigma));
        float total = 1 + 2 * (w1 + w2);
        float k0 = 1 / total, k1 = w1 / total, k2 = w2 / total;
        var across = new Rgb[source.Length];
        var result = new Rgb[source.Length];
        for (int y = 0; y < size; y++)
            for (int x = 0; x < size; x++)
                across[y * size + x] = Five(source, y * size, x, 1, size, k0, k1, k2);
        for (int y = 0; y < size; y++)
            for (int x = 0; x < size; x++)
                result[y * size + x] = Five(across, x, y, size, size, k0, k1, k2);
        return result;
    }

    private static Rgb Five(Rgb[] a, int origin, int at, int stride, int length, float k0, float k1, float k2)
    {
        int last = length - 1;
        Rgb m2 = a[origin + Math.Max(at - 2, 0) * stride], m1 = a[origin + Math.Max(at - 1, 0) * stride], c = a[origin + at * stride];
        Rgb p1 = a[origin + Math.Min(at + 1, last) * stride], p2 = a[origin + Math.Min(at + 2, last) * stride];
        return c * k0 + (m1 + p1) * k1 + (m2 + p2) * k2;
    }
}
