using System.Numerics;
using Edge.Kernels.Dense;
using Edge.Kernels.Layout;
using Edge.Kernels.Threading;
using Edge.Tensors;

namespace Edge.Runtime.Operators.QLinearConv;

/// <summary>
/// Takes the zero point of the input off a convolution that was computed without it:
/// <c>Σ (x − z)(w − z_w) = Σ x (w − z_w) − z · Σ (w − z_w)</c>, each sum over the taps that lie inside the picture. The
/// sums of weights differ only near the borders; they are kept once for each distinct set of rows and columns of taps.
/// </summary>
internal sealed unsafe class ZeroPointCorrection
{
    private readonly ConvGeometry _g;
    private readonly int[] _rowClass;
    private readonly int[] _columnClass;
    private readonly int _columnClasses;
    private readonly int[] _sums;

    /// <param name="g">The shape.</param>
    /// <param name="w">The weights, <c>[OC, C/group, kH, kW]</c>.</param>
    /// <param name="zeroPoints">None, one, or one for each output channel.</param>
    public ZeroPointCorrection(in ConvGeometry g, Tensor w, int[] zeroPoints)
    {
        _g = g;
        var rows = Taps(g.OutHeight, g.StrideHeight, g.PadTop, g.KernelHeight, g.DilationHeight, g.InHeight, out _rowClass);
        var columns = Taps(g.OutWidth, g.StrideWidth, g.PadLeft, g.KernelWidth, g.DilationWidth, g.InWidth, out _columnClass);
        _columnClasses = columns.Count;
        _sums = new int[rows.Count * columns.Count * g.OutChannels];
        int[] weights = Quantized.Integers(w);
        for (int r = 0; r < rows.Count; r++)
            for (int c = 0; c < columns.Count; c++) Sum(weights, zeroPoints, rows[r], columns[c], _sums.AsSpan((r * columns.Count + c) * g.OutChannels, g.OutChannels));
    }

    /// <param name="y">The convolution of x as it is, <c>[N, OH, OW, OC]</c>; corrected in place.</param>
    /// <param name="zeroPoint">The zero point of x.</param>
    /// <param name="pool">The threads to use.</param>
    public void Run(int* y, int zeroPoint, WorkerPool pool)
    {
        if (zeroPoint == 0) return;
        int rows = _g.Batch * _g.OutHeight;
        int chunks = Grain.Chunks((nint)rows * _g.OutWidth * _g.OutChannels * sizeof(int), rows, pool.Threads);
        var job = new Job(this, y, zeroPoint, rows, chunks);
        pool.Run(ref job, chunks);
    }

    /// <summary>The distinct ranges of kernel rows that lie inside the picture, and which of them each output row has.</summary>
    private static List<(int First, int End)> Taps(int output, int stride, int pad, int kernel, int dilation, int input, out int[] classes)
    {
        var distinct = new List<(int, int)>();
        classes = new int[output];
        for (int o = 0; o < output; o++)
        {
            int first = kernel, end = 0;
            for (int k = 0; k < kernel; k++)
            {
                if ((uint)(o * stride - pad + k * dilation) >= (uint)input) continue;
                first = Math.Min(first, k);
                end = k + 1;
            }

            int index = distinct.IndexOf((first, end));
            if (index < 0)
            {
                index = distinct.Count;
                distinct.Add((first, end));
            }

            classes[o] = index;
        }

        return distinct;
    }

    private void Sum(int[] weights, int[] zeroPoints, (int First, int End) rows, (int First, int End) columns, Span<int> sums)
    {
        int inner = _g.InChannelsPerGroup;
        for (int oc = 0; oc < sums.Length; oc++)
        {
            int zero = zeroPoints.Length == 0 ? 0 : zeroPoints[zeroPoints.Length == 1 ? 0 : oc];
            for (int ic = 0; ic < inner; ic++)
                for (int kh = rows.First; kh < rows.End; kh++)
                    for (int kw = columns.First; kw < columns.End; kw++)
                        sums[oc] += weights[((oc * inner + ic) * _g.KernelHeight + kh) * _g.KernelWidth + kw] - zero;
        }
    }

    private void Row(int* y, int zeroPoint, int row)
    {
        int channels = _g.OutChannels;
        int first = _rowClass[row % _g.OutHeight] * _columnClasses;
        y += (nint)row * _g.OutWidth * channels;
        for (int ow = 0; ow < _g.OutWidth; ow++, y += channels)
        {
            var sums = _sums.AsSpan((first + _columnClass[ow]) * channels, channels);
            var pixel = new Span<int>(y, channels);
            int c = 0;
            // One lane is one output channel.
            for (; c + Vector<int>.Count <= channels; c += Vector<int>.Count)
                (new Vector<int>(pixel[c..]) - new Vector<int>(zeroPoint) * new Vector<int>(sums[c..])).CopyTo(pixel[c..]);
            for (; c < channels; c++) pixel[c] -= zeroPoint * sums[c];
        }
    }

    private readonly struct Job(ZeroPointCorrection correction, int* y, int zeroPoint, int rows, int chunks) : IParallelJob
    {
        public void Execute(int chunk)
        {
            int end = Grain.Start(rows, chunk + 1, chunks);
            for (int r = Grain.Start(rows, chunk, chunks); r < end; r++) correction.Row(y, zeroPoint, r);
        }
    }
}
