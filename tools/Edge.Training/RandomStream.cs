namespace Edge.Training;

/// <summary>
/// PCG-XSH-RR 64/32 (O'Neill 2014), seeded through SplitMix64: the same numbers on every machine and .NET version.
/// Streams with different keys are independent, so work may be divided in any order. Not thread-safe; a stream belongs
/// to one owner.
/// </summary>
public sealed class RandomStream
{
    private const ulong Multiplier = 6364136223846793005UL;
    private readonly ulong _increment;
    private ulong _state;

    /// <param name="seed">The user's seed.</param>
    /// <param name="purpose">What the numbers are for; another purpose gives another stream of the same seed.</param>
    /// <param name="index">The item that the numbers are for, such as a sample's number.</param>
    public RandomStream(ulong seed, string purpose, ulong index = 0)
    {
        ArgumentNullException.ThrowIfNull(purpose);
        ulong key = seed;
        ulong mixed = SplitMix(ref key);
        foreach (char c in purpose) { key ^= c; mixed ^= SplitMix(ref key); }
        key ^= index;
        _increment = (mixed ^ SplitMix(ref key)) | 1;
        _state = SplitMix(ref key);
        NextUInt32();
    }

    /// <summary>Uniform over all 32-bit values.</summary>
    public uint NextUInt32()
    {
        ulong s = _state;
        _state = unchecked(s * Multiplier + _increment);
        uint shifted = (uint)(((s >> 18) ^ s) >> 27);
        return uint.RotateRight(shifted, (int)(s >> 59));
    }

    /// <summary>Uniform in <c>[0, 1)</c>, 24 bits.</summary>
    public float NextSingle() => (NextUInt32() >> 8) * (1f / (1 << 24));

    /// <summary>Uniform in <c>[low, high)</c>.</summary>
    public float Uniform(float low, float high) => low + (high - low) * NextSingle();

    /// <summary>Uniform in <c>[0, bound)</c>, without bias (Lemire 2019).</summary>
    public int Next(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        uint range = (uint)bound;
        ulong product = (ulong)NextUInt32() * range;
        if ((uint)product < range)
        {
            uint threshold = unchecked((uint)-(int)range) % range;
            while ((uint)product < threshold) product = (ulong)NextUInt32() * range;
        }
        return (int)(product >> 32);
    }

    /// <summary>Uniform over the integers <c>low … high</c>, both included.</summary>
    public int Between(int low, int high) => low + Next(high - low + 1);

    public bool Chance(float probability) => NextSingle() < probability;

    /// <summary>−1 or 1.</summary>
    public float Sign() => (NextUInt32() & 1) == 0 ? -1f : 1f;

    /// <summary>Standard normal, by the polar method of Marsaglia.</summary>
    public float Normal()
    {
        while (true)
        {
            float u = 2 * NextSingle() - 1, v = 2 * NextSingle() - 1, s = u * u + v * v;
            if (s is > 0 and < 1) return u * MathF.Sqrt(-2 * MathF.Log(s) / s);
        }
    }

    /// <summary>Fisher–Yates.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static ulong SplitMix(ref ulong state)
    {
        unchecked
        {
            state += 0x9E3779B97F4A7C15UL;
            ulong z = state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return z ^ (z >> 31);
        }
    }
}
