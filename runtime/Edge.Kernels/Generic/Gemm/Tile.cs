using System.Runtime.CompilerServices;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>
/// Register tiles. Accumulator <c>c[r][j]</c> holds row r, columns <c>j·Lanes … (j+1)·Lanes − 1</c>; B is loaded once a
/// step and multiplied with each row's four bytes in turn. Written out, because only locals live in registers. A tile
/// without a right half is compiled without what belongs to it.
/// </summary>
internal static unsafe partial class Tile<TTile, TAcc, TB, TX>
    where TTile : ITile<TAcc, TB, TX>
    where TAcc : struct
    where TB : struct
    where TX : struct
{
    /// <summary>One row, whose steps go in turn to four pairs of accumulators, so that sums do not wait for each other.</summary>
    [MethodImpl(Compile.Alone)]
    public static void Rows1(TileArguments* t)
    {
        nint right = 4 * TTile.Lanes, step = TTile.HasRight ? 2 * right : right;
        TAcc c00 = TTile.LoadInit(t->Init), c01 = TTile.HasRight ? TTile.LoadInit(t->Init + right) : default;
        TAcc c10 = TTile.Zero, c11 = TTile.Zero, c20 = TTile.Zero, c21 = TTile.Zero, c30 = TTile.Zero, c31 = TTile.Zero;
        byte* b = t->Panel;
        byte** rows = t->Rows;
        for (nint tap = t->Taps; tap > 0; tap--)
        {
            byte* p = *rows++;
            nint k = t->Start, end = t->End;
            for (; k + 16 <= end; k += 16, b += 4 * step)
            {
                TX x = TTile.Broadcast(p + k);
                c00 = TTile.MultiplyAdd(c00, x, TTile.LoadB(b));
                if (TTile.HasRight) c01 = TTile.MultiplyAdd(c01, x, TTile.LoadB(b + right));
                x = TTile.Broadcast(p + k + 4);
                c10 = TTile.MultiplyAdd(c10, x, TTile.LoadB(b + step));
                if (TTile.HasRight) c11 = TTile.MultiplyAdd(c11, x, TTile.LoadB(b + step + right));
                x = TTile.Broadcast(p + k + 8);
                c20 = TTile.MultiplyAdd(c20, x, TTile.LoadB(b + 2 * step));
                if (TTile.HasRight) c21 = TTile.MultiplyAdd(c21, x, TTile.LoadB(b + 2 * step + right));
                x = TTile.Broadcast(p + k + 12);
                c30 = TTile.MultiplyAdd(c30, x, TTile.LoadB(b + 3 * step));
                if (TTile.HasRight) c31 = TTile.MultiplyAdd(c31, x, TTile.LoadB(b + 3 * step + right));
            }
            for (; k < end; k += 4, b += step)
            {
                TX x = TTile.Broadcast(p + k);
                c00 = TTile.MultiplyAdd(c00, x, TTile.LoadB(b));
                if (TTile.HasRight) c01 = TTile.MultiplyAdd(c01, x, TTile.LoadB(b + right));
            }
        }
        c00 = TTile.Add(TTile.Add(c00, c10), TTile.Add(c20, c30));
        if (TTile.HasRight) c01 = TTile.Add(TTile.Add(c01, c11), TTile.Add(c21, c31));
        TTile.StoreLeft(t, t->Y, c00);
        TTile.StoreRight(t, t->Y, c01);
    }

    /// <summary>4 rows of 2 vectors: 8 accumulators.</summary>
    [MethodImpl(Compile.Alone)]
    public static void Rows4(TileArguments* t)
    {
        nint right = 4 * TTile.Lanes, step = TTile.HasRight ? 2 * right : right;
        byte* init = t->Init;
        TAcc c00 = TTile.LoadInit(init), c01 = TTile.HasRight ? TTile.LoadInit(init + right) : default;
        init += t->InitStride;
        TAcc c10 = TTile.LoadInit(init), c11 = TTile.HasRight ? TTile.LoadInit(init + right) : default;
        init += t->InitStride;
        TAcc c20 = TTile.LoadInit(init), c21 = TTile.HasRight ? TTile.LoadInit(init + right) : default;
        init += t->InitStride;
        TAcc c30 = TTile.LoadInit(init), c31 = TTile.HasRight ? TTile.LoadInit(init + right) : default;
        byte* b = t->Panel;
        byte** rows = t->Rows;
        for (nint tap = t->Taps; tap > 0; tap--)
        {
            byte* p0 = rows[0], p1 = rows[1], p2 = rows[2], p3 = rows[3];
            rows += 4;
            nint end = t->End;
            for (nint k = t->Start; k < end; k += 4)
            {
                TB b0 = TTile.LoadB(b), b1 = TTile.HasRight ? TTile.LoadB(b + right) : default;
                TX x = TTile.Broadcast(p0 + k);
                c00 = TTile.MultiplyAdd(c00, x, b0);
                if (TTile.HasRight) c01 = TTile.MultiplyAdd(c01, x, b1);
                x = TTile.Broadcast(p1 + k);
                c10 = TTile.MultiplyAdd(c10, x, b0);
                if (TTile.HasRight) c11 = TTile.MultiplyAdd(c11, x, b1);
                x = TTile.Broadcast(p2 + k);
                c20 = TTile.MultiplyAdd(c20, x, b0);
                if (TTile.HasRight) c21 = TTile.MultiplyAdd(c21, x, b1);
                x = TTile.Broadcast(p3 + k);
                c30 = TTile.MultiplyAdd(c30, x, b0);
                if (TTile.HasRight) c31 = TTile.MultiplyAdd(c31, x, b1);
                b += step;
            }
        }
        byte* y = t->Y;
        TTile.StoreLeft(t, y, c00);
        TTile.StoreRight(t, y, c01);
        y += t->YStride;
        TTile.StoreLeft(t, y, c10);
        TTile.StoreRight(t, y, c11);
        y += t->YStride;
        TTile.StoreLeft(t, y, c20);
        TTile.StoreRight(t, y, c21);
        y += t->YStride;
        TTile.StoreLeft(t, y, c30);
        TTile.StoreRight(t, y, c31);
    }

    /// <summary>6 rows of 2 vectors: 12 accumulators.</summary>
    [MethodImpl(Compile.Alone)]
    public static void Rows6(TileArguments* t)
    {
        nint right = 4 * TTile.Lanes, step = TTile.HasRight ? 2 * right : right;
        byte* init = t->Init;
        TAcc c00 = TTile.LoadInit(init), c01 = TTile.HasRight ? TTile.LoadInit(init + right) : default;
        init += t->InitStride;
        TAcc c10 = TTile.LoadInit(init), c11 = TTile.HasRight ? TTile.LoadInit(init + right) : default;
        init += t->InitStride;
        TAcc c20 = TTile.LoadInit(init), c21 = TTile.HasRight ? TTile.LoadInit(init + right) : default;
        init += t->InitStride;
        TAcc c30 = TTile.LoadInit(init), c31 = TTile.HasRight ? TTile.LoadInit(init + right) : default;
        init += t->InitStride;
        TAcc c40 = TTile.LoadInit(init), c41 = TTile.HasRight ? TTile.LoadInit(init + right) : default;
        init += t->InitStride;
        TAcc c50 = TTile.LoadInit(init), c51 = TTile.HasRight ? TTile.LoadInit(init + right) : default;
        byte* b = t->Panel;
        byte** rows = t->Rows;
        for (nint tap = t->Taps; tap > 0; tap--)
        {
            byte* p0 = rows[0], p1 = rows[1], p2 = rows[2], p3 = rows[3];
            byte* p4 = rows[4], p5 = rows[5];
            rows += 6;
            nint end = t->End;
            for (nint k = t->Start; k < end; k += 4)
            {
                TB b0 = TTile.LoadB(b), b1 = TTile.HasRight ? TTile.LoadB(b + right) : default;
                TX x = TTile.Broadcast(p0 + k);
                c00 = TTile.MultiplyAdd(c00, x, b0);
                if (TTile.HasRight) c01 = TTile.MultiplyAdd(c01, x, b1);
                x = TTile.Broadcast(p1 + k);
                c10 = TTile.MultiplyAdd(c10, x, b0);
                if (TTile.HasRight) c11 = TTile.MultiplyAdd(c11, x, b1);
                x = TTile.Broadcast(p2 + k);
                c20 = TTile.MultiplyAdd(c20, x, b0);
                if (TTile.HasRight) c21 = TTile.MultiplyAdd(c21, x, b1);
                x = TTile.Broadcast(p3 + k);
                c30 = TTile.MultiplyAdd(c30, x, b0);
                if (TTile.HasRight) c31 = TTile.MultiplyAdd(c31, x, b1);
                x = TTile.Broadcast(p4 + k);
                c40 = TTile.MultiplyAdd(c40, x, b0);
                if (TTile.HasRight) c41 = TTile.MultiplyAdd(c41, x, b1);
                x = TTile.Broadcast(p5 + k);
                c50 = TTile.MultiplyAdd(c50, x, b0);
                if (TTile.HasRight) c51 = TTile.MultiplyAdd(c51, x, b1);
                b += step;
            }
        }
        byte* y = t->Y;
        TTile.StoreLeft(t, y, c00);
        TTile.StoreRight(t, y, c01);
        y += t->YStride;
        TTile.StoreLeft(t, y, c10);
        TTile.StoreRight(t, y, c11);
        y += t->YStride;
        TTile.StoreLeft(t, y, c20);
        TTile.StoreRight(t, y, c21);
        y += t->YStride;
        TTile.StoreLeft(t, y, c30);
        TTile.StoreRight(t, y, c31);
        y += t->YStride;
        TTile.StoreLeft(t, y, c40);
        TTile.StoreRight(t, y, c41);
        y += t->YStride;
        TTile.StoreLeft(t, y, c50);
        TTile.StoreRight(t, y, c51);
    }
}
