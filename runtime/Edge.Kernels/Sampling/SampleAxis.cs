using System.Numerics;

namespace Edge.Kernels.Sampling;

/// <summary>
/// The taps of GridSample along one axis, in the order of operations of ONNX's definition. Where its text leaves a choice,
/// as PyTorch and ONNX Runtime have it.
/// </summary>
internal readonly unsafe struct SampleAxis<T>(int size, SampleMode mode, SamplePadding padding, bool alignCorners)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private static readonly T s_half = T.CreateChecked(0.5), s_two = T.CreateChecked(2);

    private readonly T _size = T.CreateChecked(size);
    private readonly T _low = alignCorners ? T.Zero : -s_half;
    private readonly T _high = T.CreateChecked(size) - (alignCorners ? T.One : s_half);

    /// <summary>Taps of a mode along one axis.</summary>
    public static int Taps(SampleMode mode) => mode switch { SampleMode.Nearest => 1, SampleMode.Linear => 2, _ => 4 };

    /// <param name="n">The coordinate, −1 to 1 across the axis.</param>
    /// <param name="index">Receives the indices; −1 for elements outside that are zero.</param>
    /// <param name="weight">Receives their weights.</param>
    public void Weigh(T n, int* index, T* weight)
    {
        T x = alignCorners ? (n + T.One) / s_two * (_size - T.One) : ((n + T.One) * _size - T.One) / s_two;
        if (mode == SampleMode.Nearest) x = T.Round(x, MidpointRounding.ToEven);
        // A cubic point beside the edge still sees what lies inside: there only its taps are moved.
        if (mode != SampleMode.Cubic && (x < _low || x > _high))
        {
            if (padding == SamplePadding.Border) x = T.Clamp(x, T.Zero, _size - T.One);
            else if (padding == SamplePadding.Reflection) x = Reflect(x);
        }

        if (mode == SampleMode.Nearest)
        {
            index[0] = Element(x);
            weight[0] = T.One;
            return;
        }

        T floor = T.Floor(x), f = x - floor;
        if (mode == SampleMode.Linear)
        {
            index[0] = Element(floor);
            index[1] = Element(floor + T.One);
            weight[0] = T.One - f;
            weight[1] = f;
            return;
        }

        for (int t = 0; t < 4; t++) index[t] = Element(floor + T.CreateTruncating(t - 1));
        weight[0] = Far(f + T.One);
        weight[1] = Near(f);
        weight[2] = Near(T.One - f);
        weight[3] = Far(s_two - f);
    }

    /// <summary>The element that stands at the whole coordinate <paramref name="x"/>; −1 for zero. NaN is coordinate 0.</summary>
    private int Element(T x)
    {
        if (x >= T.Zero && x < _size) return int.CreateSaturating(x);
        if (T.IsNaN(x)) return 0;
        if (padding == SamplePadding.Zeros) return -1;
        if (padding == SamplePadding.Reflection) x = T.Truncate(Reflect(x));
        return Math.Clamp(int.CreateSaturating(x), 0, size - 1);
    }

    private T Reflect(T x)
    {
        T range = _high - _low;
        if (range <= T.Zero || !T.IsFinite(x)) return T.Zero;
        bool below = x < _low;
        if (!below && x <= _high) return x;
        T distance = below ? _low - x : x - _high;
        T turns = T.Truncate(distance / range);
        T rest = distance - turns * range;
        bool even = T.IsEvenInteger(turns);
        return below == even ? _low + rest : _high - rest;
    }

    private static T Near(T x)
    {
        T a = T.CreateChecked(-0.75);
        return ((a + s_two) * x - (a + T.CreateChecked(3))) * x * x + T.One;
    }

    private static T Far(T x)
    {
        T a = T.CreateChecked(-0.75);
        return ((a * x - T.CreateChecked(5) * a) * x + T.CreateChecked(8) * a) * x - T.CreateChecked(4) * a;
    }
}
