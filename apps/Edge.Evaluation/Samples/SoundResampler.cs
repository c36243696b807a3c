namespace Edge.Evaluation.Samples;

/// <summary>
/// Brings sound from one sampling rate to another by band-limited interpolation: each output is the sum of the inputs around
/// its place in time, weighted by a sinc under a Kaiser window whose cut-off lies below half of the lower rate
/// (J. O. Smith, "Digital Audio Resampling", CCRMA 2002). Outside of the recording there is silence. Immutable.
/// </summary>
internal sealed class SoundResampler
{
    /// <summary>Zero crossings of the sinc on each side, entries of the table between two of them.</summary>
    private const int Crossings = 32, Entries = 512;

    /// <summary>Shape of the window: about 100 dB down outside of the band.</summary>
    private const double Beta = 10;

    /// <summary>The cut-off as a share of half of the lower rate; what is above it, up to twice the rest, is the filter's slope.</summary>
    private const double CutOff = 0.94;

    /// <summary>One side of the impulse response at unit cut-off, and a null at its end.</summary>
    private static readonly double[] Response = [.. Enumerable.Range(0, (Crossings * Entries) + 2).Select(i => At((double)i / Entries))];

    private readonly int _from, _to;
    private readonly double _scale, _reach;

    /// <param name="from">Samples a second that there are.</param>
    /// <param name="to">Samples a second that there will be.</param>
    public SoundResampler(int from, int to)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(from);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(to);
        (_from, _to) = (from, to);
        _scale = CutOff * Math.Min(1, (double)to / from);
        _reach = Crossings / _scale;
    }

    /// <summary>Samples that <see cref="Run"/> makes of so many; the last is not after the end.</summary>
    public int Length(int samples) => checked((int)(((long)samples * _to + _from - 1) / _from));

    /// <summary>The same sound at the other rate. A constant stays what it is, away from the ends.</summary>
    public float[] Run(ReadOnlySpan<float> sound)
    {
        if (_from == _to) return sound.ToArray();
        var result = new float[Length(sound.Length)];
        for (int i = 0; i < result.Length; i++)
        {
            // The place among the inputs: whole and part are exact, however long the recording is.
            long ticks = (long)i * _from;
            int whole = (int)(ticks / _to);
            double part = (double)(ticks % _to) / _to, sum = 0;
            int first = Math.Max(0, (int)Math.Ceiling(whole + part - _reach)), last = Math.Min(sound.Length - 1, (int)(whole + part + _reach));
            for (int j = first; j <= last; j++) sum += sound[j] * Weight(Math.Abs(whole - j + part));
            result[i] = (float)(sum * _scale);
        }
        return result;
    }

    private double Weight(double distance)
    {
        double at = Math.Min(distance * _scale, Crossings) * Entries;
        int entry = (int)at;
        return Response[entry] + ((at - entry) * (Response[entry + 1] - Response[entry]));
    }

    private static double At(double x)
    {
        if (x > Crossings) return 0;
        double sinc = x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x), share = x / Crossings;
        return sinc * Bessel(Beta * Math.Sqrt(1 - (share * share))) / Bessel(Beta);
    }

    /// <summary>The modified Bessel function I₀, by its series.</summary>
    private static double Bessel(double x)
    {
        double sum = 1, term = 1;
        for (int k = 1; term > 1e-17 * sum; k++)
        {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }
        return sum;
    }
}
