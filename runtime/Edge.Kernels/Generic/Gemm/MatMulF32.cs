using Edge.Kernels.Dense;
using Edge.Kernels.Layout;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>A float32 matrix product whose right side is packed apart, by whoever runs it.</summary>
internal static unsafe class MatMulF32
{
    /// <inheritdoc cref="DenseKernels.PackedF32Bytes"/>
    /// <remarks>Panels, then one row of zeros as initial values.</remarks>
    public static nint PackedBytes(TileSet tiles, int n, int k) => Layout(tiles, 1, n, k, k).PackedBytes + tiles.Columns * sizeof(float);

    /// <inheritdoc cref="DenseKernels.PackF32"/>
    public static void Pack(TileSet tiles, int n, int k, float* b, nint ldb, bool transposeB, byte* packed, WorkerPool pool)
    {
        ConvLayout layout = Layout(tiles, 1, n, k, k);
        var pack = new PackPanels(layout, packed, b, ldb, transposeB);
        if ((long)k * n < 16 * 1024)
            for (int p = 0; p < layout.Panels; p++) pack.Execute(p);
        else pool.Run(ref pack, layout.Panels);
        new Span<byte>(packed + layout.PackedBytes, tiles.Columns * sizeof(float)).Clear();
    }

    /// <inheritdoc cref="DenseKernels.MatMulPackedF32"/>
    public static void Run(TileSet tiles, int m, int n, int k, float* a, nint lda, byte* packed, float* c, nint ldc, WorkerPool pool)
    {
        ConvLayout layout = Layout(tiles, m, n, k, lda);
        if (SingleRowF32.Takes(layout, tiles))
        {
            SingleRowF32.Run(layout, tiles, packed, (float*)(packed + layout.PackedBytes), 0, (byte*)a, null, c, Activation.None.Bounds);
            return;
        }

        var finish = new F32Finish((float*)(packed + layout.PackedBytes), 0, null, c, ldc, Activation.None, null);
        ConvTiles<F32Finish>.Run(layout, tiles, packed, null, (byte*)a, finish, pool);
    }

    private static ConvLayout Layout(TileSet tiles, int m, int n, int k, nint lda) =>
        new(ConvGeometry.MatMul(m, k, n), tiles, sizeof(float), lda * sizeof(float));

    /// <summary>One chunk is one panel <c>[k][columns]</c>; columns beyond n are zero.</summary>
    private readonly struct PackPanels(in ConvLayout layout, byte* panels, float* b, nint ldb, bool transposeB) : IParallelJob
    {
        private readonly ConvLayout _layout = layout;

        public void Execute(int chunk)
        {
            int k = _layout.Geometry.InChannels, columns = _layout.PanelColumns(chunk);
            int from = chunk * _layout.Columns;
            int count = Math.Min(columns, _layout.Geometry.OutChannels - from);
            var to = (float*)(panels + _layout.PanelOffset(chunk));
            if (count < columns) new Span<byte>(to, checked((int)((nint)k * columns * sizeof(float)))).Clear();
            if (transposeB)
            {
                StridedLoops.Transpose<uint>((byte*)(b + from * ldb), (byte*)to, k, count, ldb * sizeof(float), (nint)columns * sizeof(float));
            }
            else
            {
                for (int p = 0; p < k; p++) new Span<float>(b + p * ldb + from, count).CopyTo(new Span<float>(to + (nint)p * columns, count));
            }
        }
    }
}
