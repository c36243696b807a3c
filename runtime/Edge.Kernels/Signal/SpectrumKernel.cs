using System.Numerics;

namespace Edge.Kernels.Signal;

/// <summary>What goes into a transform and what is kept of it.</summary>
/// <param name="Length">Length of the transform, at least 1.</param>
/// <param name="IsComplex">The input is pairs of real and imaginary part, else real parts.</param>
/// <param name="IsInverse">The inverse transform, divided by the length.</param>
/// <param name="Bins">Elements of the result that are kept, from the first.</param>
/// <param name="IsHalf">The input is the first half of the spectrum of real numbers, and they are the result.</param>
public readonly record struct SpectrumShape(int Length, bool IsComplex, bool IsInverse, int Bins, bool IsHalf = false);

/// <summary>Transforms lines of a tensor, in float64 whatever the element type. Immutable.</summary>
public sealed unsafe class SpectrumKernel<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly SpectrumShape _shape;
    private readonly RealFourierPlan? _real;
    private readonly FourierPlan? _plan;

    public SpectrumKernel(SpectrumShape shape)
    {
        _shape = shape;
        if (shape.IsComplex || shape.IsInverse) _plan = new FourierPlan(shape.Length);
        else _real = new RealFourierPlan(shape.Length);
    }

    /// <summary>Scratch of one line.</summary>
    public nint ScratchBytes => (2 * (nint)_shape.Length + (_plan?.ScratchDoubles ?? _real!.ScratchDoubles)) * sizeof(double);

    /// <param name="x">The first element of the line.</param>
    /// <param name="stride">From one element of the line to the next, in numbers.</param>
    /// <param name="count">Elements of the line; those past the length of the transform are left out, missing ones are 0.</param>
    /// <param name="window">Factors of the elements, or null.</param>
    /// <param name="y">Receives the result: pairs, or single numbers where the input is half a spectrum.</param>
    /// <param name="outStride">From one element of the result to the next, in numbers.</param>
    /// <param name="scratch"><see cref="ScratchBytes"/> bytes.</param>
    public void Run(T* x, nint stride, int count, T* window, T* y, nint outStride, byte* scratch)
    {
        int n = _shape.Length;
        double* re = (double*)scratch, im = re + n, rest = im + n;
        count = Math.Min(count, _shape.IsHalf ? n / 2 + 1 : n);
        new Span<double>(re, 2 * n).Clear();
        for (int i = 0; i < count; i++)
        {
            double factor = window is null ? 1 : double.CreateTruncating(window[i]);
            re[i] = double.CreateTruncating(x[i * stride]) * factor;
            if (_shape.IsComplex) im[i] = double.CreateTruncating(x[i * stride + 1]) * factor;
        }

        if (_shape.IsHalf) Mirror(re, im);
        if (_real is not null)
        {
            _real.Run(re, im, rest);
            Mirror(re, im);
        }
        else if (_shape.IsInverse)
        {
            _plan!.Run(im, re, rest);
        }
        else
        {
            _plan!.Run(re, im, rest);
        }

        double scale = _shape.IsInverse ? n : 1;
        for (int i = 0; i < _shape.Bins; i++)
        {
            y[i * outStride] = T.CreateTruncating(re[i] / scale);
            if (!_shape.IsHalf) y[i * outStride + 1] = T.CreateTruncating(im[i] / scale);
        }
    }

    /// <summary>The second half of the spectrum of real numbers.</summary>
    private void Mirror(double* re, double* im)
    {
        int n = _shape.Length;
        for (int k = n / 2 + 1; k < n; k++) (re[k], im[k]) = (re[n - k], -im[n - k]);
    }
}
