namespace Edge.Imaging.Resampling;

/// <summary>
/// Which source pixels make up each target pixel along one axis: for target i, <see cref="PerTarget"/> consecutive
/// pixels from <c>First[i]</c> with weights <c>Weights[i · PerTarget …]</c> that add up to 1.
/// </summary>
/// <remarks>Weights are computed in double precision with the same operations everywhere, then rounded to float.</remarks>
internal sealed class Taps
{
    public int PerTarget { get; private set; }

    public int[] First { get; private set; } = [];

    public float[] Weights { get; private set; } = [];

    /// <summary>
    /// Fills the table. Arrays are reused where they are long enough.
    /// </summary>
    /// <param name="start">First source pixel that may be used.</param>
    /// <param name="length">Source pixels from there; those beyond are never read.</param>
    /// <param name="scaled">Size to which the <paramref name="length"/> pixels are resized.</param>
    /// <param name="offset">Target 0 is this pixel of the resized axis.</param>
    /// <param name="count">Targets; <c>offset + count ≤ scaled</c>.</param>
    /// <param name="mode">Interpolation.</param>
    public void Build(int start, int length, int scaled, int offset, int count, Interpolation mode)
    {
        double ratio = (double)length / scaled;
        if (ratio <= 1 && mode is (Interpolation.Area or Interpolation.Antialiased)) mode = Interpolation.Bilinear;
        int most = mode switch
        {
            Interpolation.Nearest => 1,
            Interpolation.Bilinear => 2,
            Interpolation.Area => (int)Math.Ceiling(ratio) + 1,
            _ => (int)Math.Ceiling(2 * ratio) + 2,
        };
        PerTarget = Math.Min(most, length);
        if (First.Length < count) First = new int[count];
        if (Weights.Length < count * PerTarget) Weights = new float[count * PerTarget];
        Span<double> weights = PerTarget <= 256 ? stackalloc double[PerTarget] : new double[PerTarget];
        for (int i = 0; i < count; i++)
        {
            weights.Clear();
            int first = mode switch
            {
                Interpolation.Nearest => NearestTap(i + offset, ratio, length, weights),
                Interpolation.Bilinear => BilinearTaps(i + offset, ratio, length, weights),
                Interpolation.Area => AreaTaps(i + offset, ratio, length, weights),
                _ => TriangleTaps(i + offset, ratio, length, weights),
            };
            First[i] = start + first;
            for (int k = 0; k < PerTarget; k++) Weights[i * PerTarget + k] = (float)weights[k];
        }
        if (PerTarget == 2) DropUnusedSecond(count);
    }

    private static int NearestTap(int target, double ratio, int length, Span<double> weights)
    {
        weights[0] = 1;
        return Math.Min((int)((target + 0.5) * ratio), length - 1);
    }

    private static int BilinearTaps(int target, double ratio, int length, Span<double> weights)
    {
        double at = Math.Clamp((target + 0.5) * ratio - 0.5, 0, length - 1);
        int first = Math.Min((int)at, Math.Max(0, length - 2));
        double second = at - first;
        weights[0] = 1 - second;
        if (weights.Length > 1) weights[1] = second;
        return first;
    }

    private static int AreaTaps(int target, double ratio, int length, Span<double> weights)
    {
        double from = target * ratio, to = Math.Min((target + 1) * ratio, length);
        int first = Math.Min((int)from, length - weights.Length);
        for (int k = 0; k < weights.Length; k++)
        {
            double left = Math.Max(from, first + k), right = Math.Min(to, first + k + 1);
            weights[k] = Math.Max(0, right - left) / (to - from);
        }
        return first;
    }

    private static int TriangleTaps(int target, double ratio, int length, Span<double> weights)
    {
        double center = (target + 0.5) * ratio;
        int first = Math.Clamp((int)(center - ratio + 0.5), 0, length - weights.Length);
        double sum = 0;
        for (int k = 0; k < weights.Length; k++)
        {
            weights[k] = Math.Max(0, 1 - Math.Abs(first + k + 0.5 - center) / ratio);
            sum += weights[k];
        }
        for (int k = 0; k < weights.Length; k++) weights[k] /= sum;
        return first;
    }

    /// <summary>Where no target lies between two pixels, as without a change of size, one tap does.</summary>
    private void DropUnusedSecond(int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (Weights[2 * i] != 0 && Weights[2 * i + 1] != 0) return;
        }
        for (int i = 0; i < count; i++)
        {
            if (Weights[2 * i] == 0) First[i]++;
            Weights[i] = 1;
        }
        PerTarget = 1;
    }
}
