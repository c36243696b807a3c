using System.Runtime.CompilerServices;

namespace Edge.Kernels.Signal;

/// <summary>
/// The first half of the Fourier transform of real numbers; the other half mirrors it. An even length is a complex
/// transform of half the length: even elements are its real parts, odd ones its imaginary parts. Immutable.
/// </summary>
public sealed unsafe class RealFourierPlan
{
    private readonly FourierPlan _plan;
    private readonly bool _even;

    /// <summary>Real and imaginary part of e^(−2πi k / length) for k up to half the length.</summary>
    private readonly double[] _roots = [];

    /// <param name="length">1 or more.</param>
    public RealFourierPlan(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        Length = length;
        _even = length % 2 == 0;
        _plan = new FourierPlan(_even ? length / 2 : length);
        if (!_even) return;
        _roots = new double[2 * (length / 2 + 1)];
        for (int k = 0; k <= length / 2; k++) (_roots[2 * k], _roots[2 * k + 1]) = FourierStage.Root(k, length);
    }

    public int Length { get; }

    /// <summary>Scratch of <see cref="Run"/>, in elements of float64.</summary>
    public nint ScratchDoubles => _plan.ScratchDoubles + (_even ? Length : 0);

    /// <param name="re">The numbers; receives the real parts of bins 0 … length / 2.</param>
    /// <param name="im">Receives their imaginary parts; room for <see cref="Length"/> elements.</param>
    /// <param name="scratch"><see cref="ScratchDoubles"/> elements.</param>
    [MethodImpl(Compile.Alone)]
    public void Run(double* re, double* im, double* scratch)
    {
        if (!_even)
        {
            new Span<double>(im, Length).Clear();
            _plan.Run(re, im, scratch);
            return;
        }

        int half = Length / 2;
        double* zr = scratch, zi = scratch + half;
        for (int k = 0; k < half; k++) (zr[k], zi[k]) = (re[2 * k], re[2 * k + 1]);
        _plan.Run(zr, zi, scratch + Length);
        fixed (double* w = _roots)
        {
            for (int k = 0; k <= half; k++)
            {
                int a = k == half ? 0 : k, b = k == 0 ? 0 : half - k;
                // The transforms of the even and of the odd elements.
                double er = 0.5 * (zr[a] + zr[b]), ei = 0.5 * (zi[a] - zi[b]);
                double or = 0.5 * (zi[a] + zi[b]), oi = 0.5 * (zr[b] - zr[a]);
                re[k] = er + (or * w[2 * k] - oi * w[2 * k + 1]);
                im[k] = ei + (or * w[2 * k + 1] + oi * w[2 * k]);
            }
        }
    }
}
