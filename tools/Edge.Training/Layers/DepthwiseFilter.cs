using System.Numerics;

namespace Edge.Training.Layers;

/// <summary>
/// The loops of a depthwise convolution, a vector holding consecutive channels of one pixel. Kernels of 3 keep their
/// nine weights in registers where the window lies inside.
/// </summary>
internal static unsafe class DepthwiseFilter
{
    /// <summary><c>y = x ∗ w</c>, or <c>y += x ∗ w</c>; weights <c>[kernel, kernel, channels]</c>.</summary>
    public static void Apply(float* x, Extent from, float* w, Window window, float* y, Extent to, bool add)
    {
        (int inner, int innerEnd) = Inside(window, from.Width, to.Width);
        for (int oy = 0; oy < to.Height; oy++)
        {
            float* row = y + (nint)oy * to.Width * to.Channels;
            (int first, int end) = window.Taps(oy, from.Height);
            bool fast = window.Kernel == 3 && first == 0 && end == 3 && innerEnd > inner;
            int edge = fast ? inner : to.Width;
            for (int ox = 0; ox < edge; ox++) Pixel(x, from, w, window, oy, ox, row + ox * to.Channels, add);
            if (!fast) continue;
            float* top = x + ((nint)(oy * window.Stride - window.Padding) * from.Width + inner * window.Stride - window.Padding) * from.Channels;
            Inner3(top, from, w, window.Stride, row + inner * to.Channels, innerEnd - inner, add);
            for (int ox = innerEnd; ox < to.Width; ox++) Pixel(x, from, w, window, oy, ox, row + ox * to.Channels, add);
        }
    }

    /// <summary>Adds to <c>dx</c> what each output's gradient <c>dy</c> sends back through the weights.</summary>
    public static void Scatter(float* dy, Extent output, float* w, Window window, float* dx, Extent input)
    {
        int channels = output.Channels;
        for (int oy = 0; oy < output.Height; oy++)
        {
            (int ky0, int ky1) = window.Taps(oy, input.Height);
            for (int ox = 0; ox < output.Width; ox++, dy += channels)
            {
                (int kx0, int kx1) = window.Taps(ox, input.Width);
                for (int c = 0; c < channels; c += Lanes.Count)
                {
                    int lanes = channels - c;
                    Vector<float> g = Lanes.Load(dy + c, lanes);
                    for (int ky = ky0; ky < ky1; ky++)
                    {
                        float* to = dx + Offset(window, input, oy, ox, ky, kx0) + c;
                        float* tap = w + (ky * window.Kernel + kx0) * channels + c;
                        for (int kx = kx0; kx < kx1; kx++, to += channels, tap += channels)
                            Lanes.Store(Lanes.Load(to, lanes) + g * Lanes.Load(tap, lanes), to, lanes);
                    }
                }
            }
        }
    }

    /// <summary>Adds to <c>dw</c> the sum over all outputs of input times gradient.</summary>
    public static void Correlate(float* x, Extent input, float* dy, Extent output, Window window, float* dw)
    {
        (int inner, int innerEnd) = Inside(window, input.Width, output.Width);
        bool fast = window.Kernel == 3 && innerEnd > inner;
        for (int oy = 0; oy < output.Height; oy++)
        {
            (int ky0, int ky1) = window.Taps(oy, input.Height);
            float* row = dy + (nint)oy * output.Width * output.Channels;
            for (int ky = ky0; ky < ky1; ky++)
            {
                float* taps = dw + ky * window.Kernel * output.Channels;
                float* line = x + (nint)(oy * window.Stride - window.Padding + ky) * input.Width * input.Channels;
                for (int kx = 0; kx < window.Kernel; kx++)
                {
                    int shift = kx - window.Padding, first = shift >= 0 ? 0 : (-shift + window.Stride - 1) / window.Stride;
                    int end = Math.Min(output.Width, (input.Width - 1 - shift) / window.Stride + 1);
                    CorrelateRow(line, shift, window.Stride, row, first, fast ? inner : end, taps + kx * output.Channels, output.Channels);
                    if (fast) CorrelateRow(line, shift, window.Stride, row, innerEnd, end, taps + kx * output.Channels, output.Channels);
                }
                if (fast) CorrelateInner3(line - window.Padding * input.Channels, window.Stride, row, inner, innerEnd, taps, output.Channels);
            }
        }
    }

    /// <summary>The outputs <c>[first, end)</c> of a row whose windows lie inside from left to right.</summary>
    private static (int First, int End) Inside(Window window, int width, int outputs)
    {
        int first = (window.Padding + window.Stride - 1) / window.Stride;
        int end = Math.Min(outputs, (width - window.Kernel + window.Padding) / window.Stride + 1);
        return (first, Math.Max(end, 0));
    }

    private static void Pixel(float* x, Extent from, float* w, Window window, int oy, int ox, float* y, bool add)
    {
        (int ky0, int ky1) = window.Taps(oy, from.Height);
        (int kx0, int kx1) = window.Taps(ox, from.Width);
        int channels = from.Channels;
        for (int c = 0; c < channels; c += Lanes.Count)
        {
            int lanes = channels - c;
            Vector<float> sum = add ? Lanes.Load(y + c, lanes) : Vector<float>.Zero;
            for (int ky = ky0; ky < ky1; ky++)
            {
                float* p = x + Offset(window, from, oy, ox, ky, kx0) + c, tap = w + (ky * window.Kernel + kx0) * channels + c;
                for (int kx = kx0; kx < kx1; kx++, p += channels, tap += channels) sum += Lanes.Load(p, lanes) * Lanes.Load(tap, lanes);
            }
            Lanes.Store(sum, y + c, lanes);
        }
    }

    /// <param name="top">The first window's upper left input.</param>
    private static void Inner3(float* top, Extent from, float* w, int stride, float* y, int count, bool add)
    {
        int channels = from.Channels;
        nint line = (nint)from.Width * channels;
        for (int c = 0; c < channels; c += Lanes.Count)
        {
            int lanes = channels - c;
            float* tap = w + c;
            Vector<float> w0 = Lanes.Load(tap, lanes), w1 = Lanes.Load(tap + channels, lanes), w2 = Lanes.Load(tap + 2 * channels, lanes);
            Vector<float> w3 = Lanes.Load(tap + 3 * channels, lanes), w4 = Lanes.Load(tap + 4 * channels, lanes), w5 = Lanes.Load(tap + 5 * channels, lanes);
            Vector<float> w6 = Lanes.Load(tap + 6 * channels, lanes), w7 = Lanes.Load(tap + 7 * channels, lanes), w8 = Lanes.Load(tap + 8 * channels, lanes);
            float* a = top + c, b = a + line, d = b + line, to = y + c;
            for (int i = 0; i < count; i++, a += stride * channels, b += stride * channels, d += stride * channels, to += channels)
            {
                Vector<float> r0 = Lanes.Load(a, lanes) * w0 + Lanes.Load(a + channels, lanes) * w1 + Lanes.Load(a + 2 * channels, lanes) * w2;
                Vector<float> r1 = Lanes.Load(b, lanes) * w3 + Lanes.Load(b + channels, lanes) * w4 + Lanes.Load(b + 2 * channels, lanes) * w5;
                Vector<float> r2 = Lanes.Load(d, lanes) * w6 + Lanes.Load(d + channels, lanes) * w7 + Lanes.Load(d + 2 * channels, lanes) * w8;
                Vector<float> sum = r0 + r1 + r2;
                Lanes.Store(add ? Lanes.Load(to, lanes) + sum : sum, to, lanes);
            }
        }
    }

    private static void CorrelateRow(float* line, int shift, int stride, float* dy, int first, int end, float* dw, int channels)
    {
        if (first >= end) return;
        for (int c = 0; c < channels; c += Lanes.Count)
        {
            int lanes = channels - c;
            Vector<float> sum = Lanes.Load(dw + c, lanes);
            float* a = line + (nint)(first * stride + shift) * channels + c, b = dy + first * channels + c;
            for (int ox = first; ox < end; ox++, a += stride * channels, b += channels) sum += Lanes.Load(a, lanes) * Lanes.Load(b, lanes);
            Lanes.Store(sum, dw + c, lanes);
        }
    }

    /// <summary>The three taps of a row at once, so that their sums do not wait for each other.</summary>
    private static void CorrelateInner3(float* line, int stride, float* dy, int first, int end, float* dw, int channels)
    {
        for (int c = 0; c < channels; c += Lanes.Count)
        {
            int lanes = channels - c;
            float* tap = dw + c;
            Vector<float> s0 = Lanes.Load(tap, lanes), s1 = Lanes.Load(tap + channels, lanes), s2 = Lanes.Load(tap + 2 * channels, lanes);
            float* a = line + (nint)first * stride * channels + c, b = dy + first * channels + c;
            for (int ox = first; ox < end; ox++, a += stride * channels, b += channels)
            {
                Vector<float> g = Lanes.Load(b, lanes);
                s0 += Lanes.Load(a, lanes) * g;
                s1 += Lanes.Load(a + channels, lanes) * g;
                s2 += Lanes.Load(a + 2 * channels, lanes) * g;
            }
            Lanes.Store(s0, tap, lanes);
            Lanes.Store(s1, tap + channels, lanes);
            Lanes.Store(s2, tap + 2 * channels, lanes);
        }
    }

    private static nint Offset(Window window, Extent x, int oy, int ox, int ky, int kx) =>
        ((nint)(oy * window.Stride - window.Padding + ky) * x.Width + ox * window.Stride - window.Padding + kx) * x.Channels;
}
