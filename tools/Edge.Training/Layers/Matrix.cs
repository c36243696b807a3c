namespace Edge.Training.Layers;

internal static unsafe class Matrix
{
    private const int Tile = 8;

    /// <summary><c>[rows, columns]</c>, rows <paramref name="stride"/> apart, into <c>[columns, rows]</c>, dense. No aliasing.</summary>
    public static void Transpose(float* source, int rows, int columns, nint stride, float* target)
    {
        for (int r0 = 0; r0 < rows; r0 += Tile)
        {
            int r1 = Math.Min(r0 + Tile, rows);
            for (int c = 0; c < columns; c++)
            {
                float* to = target + (nint)c * rows;
                for (int r = r0; r < r1; r++) to[r] = source[r * stride + c];
            }
        }
    }
}
