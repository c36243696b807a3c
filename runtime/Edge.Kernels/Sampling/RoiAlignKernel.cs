using System.Numerics;
using System.Runtime.CompilerServices;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Sampling;

/// <summary>
/// RoiAlign (He et al. 2017): bins of regions, sampled between elements. Linear interpolation and the mean over a grid of
/// samples are both separable, so that a mean over a bin is one weighted sum over a rectangle; its weights along either
/// axis are found once a region and serve all channels. Immutable.
/// </summary>
public sealed unsafe class RoiAlignKernel<T>(RoiAlignGeometry geometry) where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Taps of a maximum that are on the stack at once.</summary>
    private const int MaxTaps = 256;

    private readonly RoiAlignGeometry _g = geometry;

    /// <summary>Scratch of one thread.</summary>
    public nint ScratchBytes => ((nint)_g.OutHeight * _g.Height + (nint)_g.OutWidth * _g.Width) * sizeof(T) + 2 * ((nint)_g.OutHeight + _g.OutWidth) * sizeof(int);

    /// <param name="x"><c>[images, Channels, Height, Width]</c>, or channels-last.</param>
    /// <param name="regions"><c>[regions, 4]</c>: x and y of one corner, x and y of the opposite one.</param>
    /// <param name="images">The image of each region, validated.</param>
    /// <param name="y"><c>[regions, Channels, OutHeight, OutWidth]</c>, or channels-last.</param>
    /// <param name="count">Regions.</param>
    /// <param name="scratch"><see cref="ScratchBytes"/> for each of the pool's threads.</param>
    /// <param name="pool">The threads to use.</param>
    public void Run(T* x, T* regions, long* images, T* y, int count, byte* scratch, WorkerPool pool)
    {
        // Few regions are divided by their channels too.
        int parts = count < pool.Threads ? Math.Min(pool.Threads, Math.Max(1, _g.Channels)) : 1;
        int lanes = (int)Math.Min((long)count * parts, pool.Threads);
        var job = new Job { Kernel = this, X = x, Regions = regions, Images = images, Y = y, Count = count, Parts = parts, Lanes = lanes, Scratch = scratch };
        pool.Run(ref job, lanes);
    }

    /// <summary>One chunk is one lane, with scratch of its own.</summary>
    private struct Job : IParallelJob
    {
        public RoiAlignKernel<T> Kernel;
        public T* X;
        public T* Regions;
        public long* Images;
        public T* Y;
        public int Count;
        public int Parts;
        public int Lanes;
        public byte* Scratch;

        public readonly void Execute(int lane)
        {
            long items = (long)Count * Parts;
            var g = Kernel._g;
            for (long i = items * lane / Lanes; i < items * (lane + 1) / Lanes; i++)
            {
                var (region, part) = ((nint)(i / Parts), (int)(i % Parts));
                int first = (int)((long)g.Channels * part / Parts), end = (int)((long)g.Channels * (part + 1) / Parts);
                Kernel.Region(X + (nint)Images[region] * g.Channels * g.Height * g.Width, Regions + region * 4,
                    Y + region * g.Channels * g.OutHeight * g.OutWidth, first, end, Scratch + lane * Kernel.ScratchBytes);
            }
        }
    }

    private void Region(T* x, T* region, T* y, int firstChannel, int endChannel, byte* scratch)
    {
        T scale = T.CreateTruncating(_g.Scale), shift = T.CreateTruncating(_g.HalfPixel ? 0.5 : 0);
        T left = region[0] * scale - shift, top = region[1] * scale - shift;
        T width = region[2] * scale - shift - left, height = region[3] * scale - shift - top;
        if (!_g.HalfPixel) (width, height) = (T.Max(width, T.One), T.Max(height, T.One));
        var rows = new RoiSpan<T>(top, height, _g.OutHeight, _g.Height, _g.SamplingRatio);
        var columns = new RoiSpan<T>(left, width, _g.OutWidth, _g.Width, _g.SamplingRatio);
        if (_g.Max)
        {
            Maxima(x, rows, columns, y, firstChannel, endChannel);
            return;
        }

        var tables = new Tables
        {
            Rows = (T*)scratch,
            Columns = (T*)scratch + (nint)_g.OutHeight * _g.Height,
        };
        tables.RowSpans = (int*)(tables.Columns + (nint)_g.OutWidth * _g.Width);
        tables.ColumnSpans = tables.RowSpans + 2 * _g.OutHeight;
        Weigh(rows, _g.OutHeight, _g.Height, tables.Rows, tables.RowSpans);
        Weigh(columns, _g.OutWidth, _g.Width, tables.Columns, tables.ColumnSpans);
        T samples = T.Max(T.One, rows.Samples * columns.Samples);
        if (_g.ChannelsLast) MeansChannelsLast(x, tables, samples, y, firstChannel, endChannel);
        else Means(x, tables, samples, y, firstChannel, endChannel);
    }

    /// <summary>Weights <c>[bins, elements]</c> along the axes, and for each bin its first element and the end.</summary>
    private struct Tables
    {
        public T* Rows;
        public T* Columns;
        public int* RowSpans;
        public int* ColumnSpans;
    }

    private static void Weigh(in RoiSpan<T> span, int bins, int size, T* weights, int* spans)
    {
        new Span<T>(weights, bins * size).Clear();
        for (int b = 0; b < bins; b++, weights += size)
        {
            int begin = size, end = 0;
            var (first, last) = span.Range(b);
            for (long s = first; s <= last; s++)
            {
                if (!span.TryLocate(b, s, out int low, out int high, out T share)) continue;
                weights[low] += T.One - share;
                weights[high] += share;
                begin = Math.Min(begin, low);
                end = Math.Max(end, high + 1);
            }

            spans[2 * b] = Math.Min(begin, end);
            spans[2 * b + 1] = end;
        }
    }

    [MethodImpl(Compile.Alone)]
    private void Means(T* x, in Tables t, T samples, T* y, int firstChannel, int endChannel)
    {
        for (int c = firstChannel; c < endChannel; c++)
        {
            T* plane = x + (nint)c * _g.Height * _g.Width;
            T* to = y + (nint)c * _g.OutHeight * _g.OutWidth;
            for (int ph = 0; ph < _g.OutHeight; ph++)
                for (int pw = 0; pw < _g.OutWidth; pw++)
                {
                    T sum = T.Zero;
                    T* across = t.Columns + (nint)pw * _g.Width;
                    int begin = t.ColumnSpans[2 * pw], end = t.ColumnSpans[2 * pw + 1];
                    for (int h = t.RowSpans[2 * ph]; h < t.RowSpans[2 * ph + 1]; h++)
                    {
                        T* row = plane + (nint)h * _g.Width;
                        T line = T.Zero;
                        for (int w = begin; w < end; w++) line += across[w] * row[w];
                        sum += t.Rows[(nint)ph * _g.Height + h] * line;
                    }

                    *to++ = sum / samples;
                }
        }
    }

    /// <summary>The same with neighbouring channels in the lanes.</summary>
    [MethodImpl(Compile.Alone)]
    private void MeansChannelsLast(T* x, in Tables t, T samples, T* y, int firstChannel, int endChannel)
    {
        for (int ph = 0; ph < _g.OutHeight; ph++)
            for (int pw = 0; pw < _g.OutWidth; pw++)
            {
                T* to = y + ((nint)ph * _g.OutWidth + pw) * _g.Channels;
                int c = firstChannel;
                for (; c + Vector<T>.Count <= endChannel; c += Vector<T>.Count)
                {
                    var sum = Vector<T>.Zero;
                    for (int h = t.RowSpans[2 * ph]; h < t.RowSpans[2 * ph + 1]; h++)
                    {
                        var line = Vector<T>.Zero;
                        for (int w = t.ColumnSpans[2 * pw]; w < t.ColumnSpans[2 * pw + 1]; w++)
                            line += t.Columns[(nint)pw * _g.Width + w] * Vector.Load(x + ((nint)h * _g.Width + w) * _g.Channels + c);
                        sum += t.Rows[(nint)ph * _g.Height + h] * line;
                    }

                    Vector.Store(sum / new Vector<T>(samples), to + c);
                }

                for (; c < endChannel; c++)
                {
                    T sum = T.Zero;
                    for (int h = t.RowSpans[2 * ph]; h < t.RowSpans[2 * ph + 1]; h++)
                    {
                        T line = T.Zero;
                        for (int w = t.ColumnSpans[2 * pw]; w < t.ColumnSpans[2 * pw + 1]; w++)
                            line += t.Columns[(nint)pw * _g.Width + w] * x[((nint)h * _g.Width + w) * _g.Channels + c];
                        sum += t.Rows[(nint)ph * _g.Height + h] * line;
                    }

                    to[c] = sum / samples;
                }
            }
    }

    /// <summary>A sample outside counts as 0; a bin without samples is 0.</summary>
    [MethodImpl(Compile.Alone)]
    private void Maxima(T* x, in RoiSpan<T> rows, in RoiSpan<T> columns, T* y, int firstChannel, int endChannel)
    {
        int* offsets = stackalloc int[MaxTaps];
        T* weights = stackalloc T[MaxTaps];
        var (pixel, channel) = _g.ChannelsLast ? (_g.Channels, (nint)1) : (1, (nint)_g.Height * _g.Width);
        var (outPixel, outChannel) = _g.ChannelsLast ? (_g.Channels, (nint)1) : (1, (nint)_g.OutHeight * _g.OutWidth);
        T all = rows.Samples * columns.Samples;
        for (int ph = 0; ph < _g.OutHeight; ph++)
            for (int pw = 0; pw < _g.OutWidth; pw++)
            {
                T* to = y + ((nint)ph * _g.OutWidth + pw) * outPixel;
                for (int c = firstChannel; c < endChannel; c++) to[c * outChannel] = T.NegativeInfinity;
                long met = 0;
                int taps = 0;
                var (firstRow, lastRow) = rows.Range(ph);
                var (firstColumn, lastColumn) = columns.Range(pw);
                for (long i = firstRow; i <= lastRow; i++)
                {
                    if (!rows.TryLocate(ph, i, out int low, out int high, out T down)) continue;
                    for (long j = firstColumn; j <= lastColumn; j++)
                    {
                        if (!columns.TryLocate(pw, j, out int left, out int right, out T across)) continue;
                        (offsets[taps], offsets[taps + 1]) = ((low * _g.Width + left) * pixel, (low * _g.Width + right) * pixel);
                        (offsets[taps + 2], offsets[taps + 3]) = ((high * _g.Width + left) * pixel, (high * _g.Width + right) * pixel);
                        (weights[taps], weights[taps + 1]) = ((T.One - down) * (T.One - across), (T.One - down) * across);
                        (weights[taps + 2], weights[taps + 3]) = (down * (T.One - across), down * across);
                        taps += 4;
                        met++;
                        if (taps < MaxTaps) continue;
                        Raise(x, channel, offsets, weights, taps, to, outChannel, firstChannel, endChannel);
                        taps = 0;
                    }
                }

                Raise(x, channel, offsets, weights, taps, to, outChannel, firstChannel, endChannel);
                if (met > 0 && T.CreateTruncating(met) >= all) continue;
                for (int c = firstChannel; c < endChannel; c++) to[c * outChannel] = T.Max(to[c * outChannel], T.Zero);
            }
    }

    /// <summary>Raises the results of one bin to the greatest weighted tap of every channel.</summary>
    [MethodImpl(Compile.Alone)]
    private static void Raise(T* x, nint channel, int* offsets, T* weights, int taps, T* y, nint outChannel, int firstChannel, int endChannel)
    {
        for (int c = firstChannel; c < endChannel; c++)
        {
            T* plane = x + c * channel;
            T max = y[c * outChannel];
            for (int t = 0; t < taps; t++) max = T.Max(max, weights[t] * plane[offsets[t]]);
            y[c * outChannel] = max;
        }
    }
}
