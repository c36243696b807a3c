using System.Numerics;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Sampling;

/// <summary>
/// Reads a tensor at the points of a grid, between its elements. Taps and weights of a block of points are found once and
/// serve all channels. Immutable.
/// </summary>
public sealed unsafe class GridSampleKernel<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Points whose taps are on the stack at once.</summary>
    private const int Block = 64;

    private const int MaxTapsOfAxis = 4;

    private readonly GridSampleGeometry _g;
    private readonly SampleAxis<T>[] _axes;
    private readonly int _rank;
    private readonly int _perAxis;
    private readonly int _taps;
    private readonly int _blocks;
    private readonly nint _plane;
    private readonly int _blocksPerChunk;

    public GridSampleKernel(GridSampleGeometry geometry)
    {
        _g = geometry;
        _rank = geometry.Input.Length;
        _axes = Array.ConvertAll(geometry.Input, size => new SampleAxis<T>(size, geometry.Mode, geometry.Padding, geometry.AlignCorners));
        _perAxis = SampleAxis<T>.Taps(geometry.Mode);
        _taps = 1;
        _plane = 1;
        foreach (int size in geometry.Input)
        {
            _taps *= _perAxis;
            _plane = checked((int)(_plane * size));
        }

        _blocks = (geometry.Pixels + Block - 1) / Block;
        _blocksPerChunk = (int)Math.Max(1, Grain.Light / ((long)Block * _taps * Math.Max(1, geometry.Channels)));
    }

    /// <param name="x"><c>[Batch, Channels, Input…]</c>, or channels-last.</param>
    /// <param name="grid"><c>[Batch, Pixels, axes]</c>, the innermost axis of the input first.</param>
    /// <param name="y"><c>[Batch, Channels, Pixels]</c>, or channels-last.</param>
    /// <param name="pool">The threads to use.</param>
    public void Run(T* x, T* grid, T* y, WorkerPool pool)
    {
        var job = new Job { Kernel = this, X = x, Grid = grid, Y = y };
        pool.Run(ref job, Grain.Chunks((nint)_g.Batch * _blocks, _blocksPerChunk));
    }

    private struct Job : IParallelJob
    {
        public GridSampleKernel<T> Kernel;
        public T* X;
        public T* Grid;
        public T* Y;

        public readonly void Execute(int chunk) => Kernel.Sample(X, Grid, Y, chunk);
    }

    private void Sample(T* x, T* grid, T* y, int chunk)
    {
        int* offsets = stackalloc int[Block * _taps];
        T* weights = stackalloc T[Block * _taps];
        int end = (int)Math.Min((long)_g.Batch * _blocks, (chunk + 1L) * _blocksPerChunk);
        for (int block = chunk * _blocksPerChunk; block < end; block++)
        {
            var (image, first) = Math.DivRem(block, _blocks);
            first *= Block;
            int count = Math.Min(Block, _g.Pixels - first);
            T* points = grid + ((nint)image * _g.Pixels + first) * _rank;
            for (int p = 0; p < count; p++) Point(points + p * _rank, offsets + p * _taps, weights + p * _taps);
            T* from = x + image * _g.Channels * _plane;
            T* to = y + (nint)image * _g.Channels * _g.Pixels;
            if (_g.ChannelsLast)
            {
                TapSum.Rows(from, _g.Channels, offsets, weights, _taps, to + (nint)first * _g.Channels, _g.Channels, count, _g.Channels);
                continue;
            }

            for (int c = 0; c < _g.Channels; c++)
                TapSum.Plane(from + c * _plane, offsets, weights, _taps, to + (nint)c * _g.Pixels + first, count);
        }
    }

    /// <summary>The taps of one point: the products of those along its axes, the innermost axis varying fastest.</summary>
    private void Point(T* point, int* offsets, T* weights)
    {
        int* index = stackalloc int[MaxTapsOfAxis];
        T* weight = stackalloc T[MaxTapsOfAxis];
        offsets[0] = 0;
        weights[0] = T.One;
        for (int a = 0, taps = 1; a < _rank; a++, taps *= _perAxis)
        {
            _axes[a].Weigh(point[_rank - 1 - a], index, weight);
            // In place, from the end: every tap so far becomes as many as this axis has.
            for (int t = taps - 1; t >= 0; t--)
            {
                int outer = offsets[t];
                T w = weights[t];
                for (int k = _perAxis - 1; k >= 0; k--)
                {
                    offsets[t * _perAxis + k] = outer < 0 || index[k] < 0 ? -1 : outer * _g.Input[a] + index[k];
                    weights[t * _perAxis + k] = w * weight[k];
                }
            }
        }
    }
}
