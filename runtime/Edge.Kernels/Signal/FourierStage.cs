using System.Runtime.CompilerServices;

namespace Edge.Kernels.Signal;

/// <summary>
/// One pass of a Stockham transform: <c>[radix, groups, stride]</c> becomes <c>[groups, radix, stride]</c>,
/// <c>y[p, j] = wᵖʲ Σₖ x[k, p] e^(−2πi jk / radix)</c> with <c>w = e^(−2πi / (radix · groups))</c>. Lanes are neighbours
/// along the stride. Real and imaginary parts are apart.
/// </summary>
internal sealed unsafe class FourierStage
{
    /// <summary>The greatest radix; a length with a greater prime factor goes another way.</summary>
    public const int MaxRadix = 13;

    private readonly int _radix;
    private readonly int _groups;
    private readonly int _stride;

    /// <summary>Real and imaginary part of wᵖʲ, <c>[groups, radix, 2]</c>.</summary>
    private readonly double[] _twiddles;

    /// <summary>Real and imaginary part of the radix's roots of unity.</summary>
    private readonly double[] _roots;

    public FourierStage(int radix, int groups, int stride)
    {
        _radix = radix;
        _groups = groups;
        _stride = stride;
        _twiddles = new double[2 * radix * groups];
        _roots = new double[2 * radix];
        for (int j = 0; j < radix; j++)
        {
            (_roots[2 * j], _roots[2 * j + 1]) = Root(j, radix);
            for (int p = 0; p < groups; p++)
                (_twiddles[2 * (p * radix + j)], _twiddles[2 * (p * radix + j) + 1]) = Root((long)p * j, (long)radix * groups);
        }
    }

    /// <summary>e^(−2πi k / n).</summary>
    public static (double Re, double Im) Root(long k, long n)
    {
        k %= n;
        // Whole quarter turns are exact.
        if (4 * k % n == 0) return (4 * k / n) switch { 0 => (1, 0), 1 => (0, -1), 2 => (-1, 0), _ => (0, 1) };
        var (sin, cos) = Math.SinCos(-2 * Math.PI * k / n);
        return (cos, sin);
    }

    public void Run(double* re, double* im, double* toRe, double* toIm)
    {
        fixed (double* twiddles = _twiddles, roots = _roots)
        {
            for (int p = 0; p < _groups; p++)
            {
                nint from = (nint)p * _stride, to = (nint)p * _stride * _radix;
                double* w = twiddles + 2 * (nint)p * _radix;
                nint q = 0;
                if (_radix == 4)
                {
                    for (; q + ManyLanesF64.Count <= _stride; q += ManyLanesF64.Count) Four<ManyLanesF64>(re + from + q, im + from + q, toRe + to + q, toIm + to + q, w);
                    for (; q < _stride; q++) Four<OneLaneF64>(re + from + q, im + from + q, toRe + to + q, toIm + to + q, w);
                }
                else
                {
                    for (; q + ManyLanesF64.Count <= _stride; q += ManyLanesF64.Count) Any<ManyLanesF64>(re + from + q, im + from + q, toRe + to + q, toIm + to + q, w, roots);
                    for (; q < _stride; q++) Any<OneLaneF64>(re + from + q, im + from + q, toRe + to + q, toIm + to + q, w, roots);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Four<V>(double* re, double* im, double* toRe, double* toIm, double* w) where V : unmanaged, ILanesF64<V>
    {
        nint k = (nint)_groups * _stride;
        V ar = V.Load(re), ai = V.Load(im), br = V.Load(re + k), bi = V.Load(im + k);
        V cr = V.Load(re + 2 * k), ci = V.Load(im + 2 * k), dr = V.Load(re + 3 * k), di = V.Load(im + 3 * k);
        V sr = ar + cr, si = ai + ci, tr = ar - cr, ti = ai - ci;
        V ur = br + dr, ui = bi + di, vr = br - dr, vi = bi - di;
        (sr + ur).Store(toRe);
        (si + ui).Store(toIm);
        Turned(tr + vi, ti - vr, w + 2, toRe + _stride, toIm + _stride);
        Turned(sr - ur, si - ui, w + 4, toRe + 2 * _stride, toIm + 2 * _stride);
        Turned(tr - vi, ti + vr, w + 6, toRe + 3 * _stride, toIm + 3 * _stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Any<V>(double* re, double* im, double* toRe, double* toIm, double* w, double* roots) where V : unmanaged, ILanesF64<V>
    {
        nint step = (nint)_groups * _stride;
        for (int j = 0; j < _radix; j++)
        {
            V sumRe = V.Load(re), sumIm = V.Load(im);
            for (int k = 1, at = j; k < _radix; k++, at += j)
            {
                if (at >= _radix) at -= _radix;
                V xr = V.Load(re + k * step), xi = V.Load(im + k * step);
                double rr = roots[2 * at], ri = roots[2 * at + 1];
                sumRe += xr * rr - xi * ri;
                sumIm += xr * ri + xi * rr;
            }

            Turned(sumRe, sumIm, w + 2 * j, toRe + j * _stride, toIm + j * _stride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turned<V>(V re, V im, double* w, double* toRe, double* toIm) where V : unmanaged, ILanesF64<V>
    {
        (re * w[0] - im * w[1]).Store(toRe);
        (re * w[1] + im * w[0]).Store(toIm);
    }
}
