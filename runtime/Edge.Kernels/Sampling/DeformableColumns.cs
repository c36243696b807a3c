using Edge.Kernels.Dense;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Sampling;

/// <summary>Strides of a tensor of numbers for each kernel tap and each output pixel, in elements.</summary>
public readonly record struct TapStrides(nint Tap, nint Pixel);

/// <summary>
/// The columns of a deformable convolution (Zhu et al. 2019): for each output pixel what its kernel reads, each tap moved
/// by an offset, between elements, and weighted. A convolution is then a matrix product. Immutable.
/// </summary>
/// <param name="g">The convolution; its input is channels-last.</param>
/// <param name="offsetGroups">Shares of the channels that have offsets of their own.</param>
public sealed unsafe class DeformableColumns(ConvGeometry g, int offsetGroups)
{
    /// <summary>Pixels whose taps are on the stack at once.</summary>
    private const int Block = 64;

    private const int Taps = 4;

    private readonly int _kernel = g.KernelHeight * g.KernelWidth;
    private readonly int _pixels = g.OutHeight * g.OutWidth;
    private readonly int _groups = offsetGroups;

    /// <summary>Numbers of a column: <c>[Group, KernelHeight, KernelWidth, InChannelsPerGroup]</c>.</summary>
    public int Rows => _kernel * g.InChannels;

    /// <param name="x">One image, <c>[InHeight, InWidth, InChannels]</c>.</param>
    /// <param name="offsets">By offset group and kernel tap, down and right in turn; by pixel.</param>
    /// <param name="offsetStrides">Strides of <paramref name="offsets"/>.</param>
    /// <param name="mask">Factors by offset group and kernel tap, and by pixel; or null.</param>
    /// <param name="maskStrides">Strides of <paramref name="mask"/>.</param>
    /// <param name="columns">Receives <c>[OutHeight · OutWidth, Rows]</c>.</param>
    /// <param name="pool">The threads to use.</param>
    public void Run(float* x, float* offsets, TapStrides offsetStrides, float* mask, TapStrides maskStrides, float* columns, WorkerPool pool)
    {
        var job = new Job { Kernel = this, X = x, Offsets = offsets, OffsetStrides = offsetStrides, Mask = mask, MaskStrides = maskStrides, Columns = columns };
        pool.Run(ref job, (_pixels + Block - 1) / Block);
    }

    private struct Job : IParallelJob
    {
        public DeformableColumns Kernel;
        public float* X;
        public float* Offsets;
        public TapStrides OffsetStrides;
        public float* Mask;
        public TapStrides MaskStrides;
        public float* Columns;

        public readonly void Execute(int chunk)
        {
            int first = chunk * Block, count = Math.Min(Block, Kernel._pixels - first);
            int* offsets = stackalloc int[Block * Taps];
            float* weights = stackalloc float[Block * Taps];
            for (int tap = 0; tap < Kernel._groups * Kernel._kernel; tap++)
            {
                for (int p = 0; p < count; p++)
                {
                    nint pixel = first + p;
                    float down = Offsets[2 * tap * OffsetStrides.Tap + pixel * OffsetStrides.Pixel];
                    float right = Offsets[(2 * tap + 1) * OffsetStrides.Tap + pixel * OffsetStrides.Pixel];
                    float factor = Mask is null ? 1 : Mask[tap * MaskStrides.Tap + pixel * MaskStrides.Pixel];
                    Kernel.Point(tap % Kernel._kernel, (int)pixel, down, right, factor, offsets + p * Taps, weights + p * Taps);
                }

                Kernel.Gather(X, tap, offsets, weights, Columns + (nint)first * Kernel.Rows, count);
            }
        }
    }

    /// <summary>The four neighbours of a moved tap; those outside are zeros and left out.</summary>
    private void Point(int tap, int pixel, float down, float right, float factor, int* offsets, float* weights)
    {
        var (kh, kw) = Math.DivRem(tap, g.KernelWidth);
        var (oh, ow) = Math.DivRem(pixel, g.OutWidth);
        float y = oh * g.StrideHeight - g.PadTop + kh * g.DilationHeight + down, x = ow * g.StrideWidth - g.PadLeft + kw * g.DilationWidth + right;
        float top = MathF.Floor(y), left = MathF.Floor(x), fy = y - top, fx = x - left;
        for (int t = 0; t < Taps; t++)
        {
            float row = top + t / 2, column = left + t % 2;
            bool inside = row >= 0 && row < g.InHeight && column >= 0 && column < g.InWidth;
            offsets[t] = inside ? (int)row * g.InWidth + (int)column : -1;
            weights[t] = (t / 2 == 0 ? 1 - fy : fy) * (t % 2 == 0 ? 1 - fx : fx) * factor;
        }
    }

    /// <summary>The channels of one offset group, which may belong to several groups of the convolution or to a part of one.</summary>
    private void Gather(float* x, int tap, int* offsets, float* weights, float* columns, int count)
    {
        int perOffset = g.InChannels / _groups, perGroup = g.InChannelsPerGroup, k = tap % _kernel;
        int channel = tap / _kernel * perOffset, end = channel + perOffset;
        while (channel < end)
        {
            var (group, within) = Math.DivRem(channel, perGroup);
            int share = Math.Min(end - channel, perGroup - within);
            TapSum.Rows(x + channel, g.InChannels, offsets, weights, Taps, columns + ((nint)group * _kernel + k) * perGroup + within, Rows, count, share);
            channel += share;
        }
    }
}
