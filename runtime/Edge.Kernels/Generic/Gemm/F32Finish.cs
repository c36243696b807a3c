using System.Runtime.CompilerServices;
using Edge.Kernels.Dense;
using Edge.Kernels.Isa;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>
/// float32: sums begin with the bias; the tile adds the residual and clamps, which serves no activation, ReLU and Clip; other
/// activations are applied to what the tile stored.
/// </summary>
/// <param name="bias">A bias for each column of each panel, <paramref name="biasStride"/> from panel to panel.</param>
/// <param name="biasStride">NR, or 0 if all panels share one row of zeros.</param>
/// <param name="residual">Laid out as the output; may be the output; null for none.</param>
/// <param name="y">Output, pixels <paramref name="yStride"/> elements apart.</param>
/// <param name="yStride">Elements from one output pixel to the next.</param>
/// <param name="activation">Applied last.</param>
/// <param name="activate">Applies it, if it is more than a clamp.</param>
internal readonly unsafe struct F32Finish(float* bias, int biasStride, float* residual, float* y, nint yStride, in Activation activation, delegate*<in Activation, float*, nint, nint, nint, void> activate) : ITileFinish
{
    private readonly float* _bias = bias;
    private readonly int _biasStride = biasStride;
    private readonly float* _residual = residual;
    private readonly float* _y = y;
    private readonly nint _yStride = yStride;
    private readonly Activation _activation = activation;
    private readonly delegate*<in Activation, float*, nint, nint, nint, void> _activate = activate;

    public bool NeedsRowSums => false;

    public byte RowSumFlip => 0;

    public int RowSumOfZeroPoint => 0;

    public bool TakesRun(in TileSpan span) => span.IsWhole;

    [MethodImpl(Compile.Alone)]
    public void Begin(ref TileArguments t, in TileSpan span, byte* buffer)
    {
        (t.Low, t.High) = _activation.Bounds;
        float* bias = _bias + (nint)span.Panel * _biasStride;
        float* y = _y + span.Pixel * _yStride + span.Channel;
        bool whole = span.IsWhole;
        t.Y = whole ? (byte*)y : buffer;
        t.YStride = sizeof(float) * (whole ? _yStride : span.TileColumns);
        t.Residual = _residual == null || !whole ? null : (byte*)(_residual + (y - _y));
        if (_residual == null || whole)
        {
            t.Init = (byte*)bias;
            t.InitStride = 0;
            return;
        }

        t.Init = buffer;
        t.InitStride = sizeof(float) * span.TileColumns;
        float* residual = _residual + (y - _y);
        var to = (float*)buffer;
        for (int r = 0; r < span.TileRows; r++, to += span.TileColumns)
        {
            if (r >= span.Rows) new Span<float>(to, span.TileColumns).Clear();
            else AddRow(bias, residual + r * _yStride, to, span.Columns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRow(float* a, float* b, float* to, int columns)
    {
        int c = 0;
        for (; c <= columns - VectorF32x4.Count; c += VectorF32x4.Count) (VectorF32x4.Load(a + c) + VectorF32x4.Load(b + c)).Store(to + c);
        for (; c < columns; c++) to[c] = a[c] + b[c];
    }

    public void End(in TileArguments t, in TileSpan span, byte* buffer)
    {
        var from = (float*)t.Y;
        nint stride = t.YStride / sizeof(float);
        // Rows without gaps are one row: short ones would fill few lanes of a vector.
        if (!_activation.IsClamp && stride == span.Columns) _activate(_activation, from, span.Columns * span.Rows, 1, 0);
        else if (!_activation.IsClamp) _activate(_activation, from, span.Columns, span.Rows, stride);
        if (t.Y != buffer) return;
        float* y = _y + span.Pixel * _yStride + span.Channel;
        for (int r = 0; r < span.Rows; r++) new Span<float>(from + r * stride, span.Columns).CopyTo(new Span<float>(y + r * _yStride, span.Columns));
    }
}
