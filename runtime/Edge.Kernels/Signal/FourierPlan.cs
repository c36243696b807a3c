using System.Runtime.CompilerServices;

namespace Edge.Kernels.Signal;

/// <summary>
/// The discrete Fourier transform <c>X[k] = Σₙ x[n] e^(−2πi kn / length)</c> of one length, in float64: passes of radix 4,
/// 2, 3, … 13, or, for lengths with a greater prime factor, a convolution with a chirp (Bluestein 1970) by two transforms
/// of a power of two. Immutable; results are the same bytes on every instruction set.
/// </summary>
public sealed unsafe class FourierPlan
{
    private readonly FourierStage[] _stages = [];
    private readonly FourierPlan? _convolution;
    private readonly double[] _chirp = [];
    private readonly double[] _filter = [];

    /// <param name="length">1 or more.</param>
    public FourierPlan(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        Length = length;
        if (Radices(length) is { } radices)
        {
            int stride = 1, rest = length;
            _stages = new FourierStage[radices.Count];
            for (int i = 0; i < _stages.Length; i++)
            {
                rest /= radices[i];
                _stages[i] = new FourierStage(radices[i], rest, stride);
                stride *= radices[i];
            }

            return;
        }

        int padded = 1;
        while (padded < 2 * length - 1) padded = checked(2 * padded);
        _convolution = new FourierPlan(padded);
        _chirp = new double[2 * length];
        _filter = new double[2 * padded];
        for (int k = 0; k < length; k++)
        {
            // e^(−πi k² / length); k² is taken modulo 2 · length, within which the angle is exact.
            var (re, im) = FourierStage.Root((long)k * k % (2L * length), 2L * length);
            (_chirp[k], _chirp[length + k]) = (re, im);
            foreach (int at in (ReadOnlySpan<int>)[k, (padded - k) % padded]) (_filter[at], _filter[padded + at]) = (re, -im);
        }

        var scratch = new double[_convolution.ScratchDoubles];
        fixed (double* f = _filter, s = scratch) _convolution.Run(f, f + padded, s);
        // The 1 / padded of the inverse.
        for (int i = 0; i < _filter.Length; i++) _filter[i] /= padded;
    }

    public int Length { get; }

    /// <summary>Scratch of <see cref="Run"/>, in elements of float64.</summary>
    public nint ScratchDoubles => _convolution is null ? 2 * (nint)Length : 4 * (nint)_convolution.Length;

    /// <summary>
    /// Transforms in place. With real and imaginary part exchanged it is the inverse, times <see cref="Length"/>.
    /// </summary>
    /// <param name="re">Real parts.</param>
    /// <param name="im">Imaginary parts.</param>
    /// <param name="scratch"><see cref="ScratchDoubles"/> elements.</param>
    [MethodImpl(Compile.Alone)]
    public void Run(double* re, double* im, double* scratch)
    {
        if (_convolution is not null)
        {
            Convolve(_convolution, re, im, scratch);
            return;
        }

        double* fromRe = re, fromIm = im, toRe = scratch, toIm = scratch + Length;
        foreach (var stage in _stages)
        {
            stage.Run(fromRe, fromIm, toRe, toIm);
            double* writtenRe = toRe, writtenIm = toIm;
            toRe = fromRe;
            toIm = fromIm;
            fromRe = writtenRe;
            fromIm = writtenIm;
        }

        if (fromRe == re) return;
        Unsafe.CopyBlock(re, fromRe, (uint)Length * sizeof(double));
        Unsafe.CopyBlock(im, fromIm, (uint)Length * sizeof(double));
    }

    private void Convolve(FourierPlan plan, double* re, double* im, double* scratch)
    {
        double* a = scratch, b = scratch + plan.Length;
        fixed (double* chirp = _chirp, filter = _filter)
        {
            Multiply(re, im, chirp, chirp + Length, a, b, Length);
            new Span<double>(a + Length, plan.Length - Length).Clear();
            new Span<double>(b + Length, plan.Length - Length).Clear();
            plan.Run(a, b, scratch + 2 * (nint)plan.Length);
            Multiply(a, b, filter, filter + plan.Length, a, b, plan.Length);
            plan.Run(b, a, scratch + 2 * (nint)plan.Length);
            Multiply(a, b, chirp, chirp + Length, re, im, Length);
        }
    }

    private static void Multiply(double* aRe, double* aIm, double* bRe, double* bIm, double* re, double* im, int count)
    {
        for (int i = 0; i < count; i++)
            (re[i], im[i]) = (aRe[i] * bRe[i] - aIm[i] * bIm[i], aRe[i] * bIm[i] + aIm[i] * bRe[i]);
    }

    /// <summary>The factors of a length, fours first; null if one is a prime that no pass has.</summary>
    private static List<int>? Radices(int length)
    {
        var radices = new List<int>();
        foreach (int r in (ReadOnlySpan<int>)[4, 2, 3, 5, 7, 11, FourierStage.MaxRadix])
            for (; length % r == 0; length /= r) radices.Add(r);
        return length == 1 ? radices : null;
    }
}
