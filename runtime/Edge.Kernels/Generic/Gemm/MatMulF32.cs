using Edge.Kernels.Dense;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>A float32 matrix product whose right side is packed when it is run.</summary>
internal static unsafe class MatMulF32
{
    /// <summary>Panels, then one row of zeros as initial values.</summary>
    public static nint ScratchBytes(TileSet tiles, int n, int k) => ((nint)Panels(tiles, n) * k + 1) * tiles.Columns * sizeof(float);

    /// <inheritdoc cref="DenseKernels.MatMulF32"/>
    public static void Run(TileSet tiles, int m, int n, int k, float* a, nint lda, float* b, nint ldb, bool transposeB, float* c, nint ldc, byte* scratch, WorkerPool pool)
    {
        var layout = new ConvLayout(ConvGeometry.MatMul(m, k, n), tiles.Columns, tiles.MaxRows, sizeof(float), lda * sizeof(float));
        var pack = new PackPanels((float*)scratch, tiles.Columns, n, k, b, ldb, transposeB);
        int panels = Panels(tiles, n);
        if ((long)k * n < 16 * 1024)
            for (int p = 0; p < panels; p++) pack.Execute(p);
        else pool.Run(ref pack, panels);
        byte* zeros = scratch + panels * layout.PanelBytes;
        new Span<byte>(zeros, tiles.Columns * sizeof(float)).Clear();
        var finish = new F32Finish((float*)zeros, 0, null, c, ldc, tiles.Columns, Activation.None, null);
        ConvTiles<F32Finish>.Run(layout, tiles, scratch, null, (byte*)a, finish, pool);
    }

    private static int Panels(TileSet tiles, int n) => (n + tiles.Columns - 1) / tiles.Columns;

    /// <summary>One chunk is one panel <c>[k][columns]</c>; columns beyond n are zero.</summary>
    private readonly struct PackPanels(float* panels, int columns, int n, int k, float* b, nint ldb, bool transposeB) : IParallelJob
    {
        public void Execute(int chunk)
        {
            int from = chunk * columns;
            int count = Math.Min(columns, n - from);
            float* to = panels + (nint)chunk * k * columns;
            if (count < columns) new Span<byte>(to, checked((int)((nint)k * columns * sizeof(float)))).Clear();
            if (transposeB)
            {
                for (int j = 0; j < count; j++)
                    for (int p = 0; p < k; p++) to[(nint)p * columns + j] = b[(from + j) * ldb + p];
            }
            else
            {
                for (int p = 0; p < k; p++) new Span<float>(b + p * ldb + from, count).CopyTo(new Span<float>(to + (nint)p * columns, count));
            }
        }
    }
}
