namespace Edge.Kernels.Elementwise;

/// <summary>Elements in one chunk of work: several microseconds on a small core, so that handing it to a thread pays.</summary>
internal static class Grain
{
    /// <summary>A load, a few operations, a store.</summary>
    public const int Light = 1 << 15;

    /// <summary>A polynomial or a division an element, or elements one at a time.</summary>
    public const int Heavy = 1 << 12;

    /// <summary>Chunks that <paramref name="count"/> elements fall into.</summary>
    public static int Chunks(nint count, nint grain) => (int)((count + grain - 1) / grain);
}
