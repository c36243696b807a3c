using System.Runtime.CompilerServices;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>
/// Register tiles. Accumulator <c>c[r][j]</c> holds row r, columns <c>j·Lanes … (j+1)·Lanes − 1</c>; B is loaded once a
/// step and multiplied with each row's four bytes in turn. Written out, because only locals live in registers.
/// </summary>
internal static unsafe partial class Tile<TTile, TAcc, TB, TX>
    where TTile : ITile<TAcc, TB, TX>
    where TAcc : struct
    where TB : struct
    where TX : struct
{
    /// <summary>1 row of 2 vectors: 2 accumulators.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows1(TileArguments* t)
    {
        nint half = 4 * TTile.Lanes;
        byte* init = t->Init;
        TAcc c00 = TTile.LoadInit(init), c01 = TTile.LoadInit(init + half);
        byte* b = t->Panel;
        byte** rows = t->Rows;
        for (nint tap = t->Taps; tap > 0; tap--)
        {
            byte* p0 = rows[0];
            rows += 1;
            nint end = t->End;
            for (nint k = t->Start; k < end; k += 4)
            {
                TB b0 = TTile.LoadB(b), b1 = TTile.LoadB(b + half);
                TX x = TTile.Broadcast(p0 + k);
                c00 = TTile.MultiplyAdd(c00, x, b0);
                c01 = TTile.MultiplyAdd(c01, x, b1);
                b += 2 * half;
            }
        }
        byte* y = t->Y;
        TTile.StoreRow(t, y, c00, c01);
    }

    /// <summary>4 rows of 2 vectors: 8 accumulators.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows4(TileArguments* t)
    {
        nint half = 4 * TTile.Lanes;
        byte* init = t->Init;
        TAcc c00 = TTile.LoadInit(init), c01 = TTile.LoadInit(init + half);
        init += t->InitStride;
        TAcc c10 = TTile.LoadInit(init), c11 = TTile.LoadInit(init + half);
        init += t->InitStride;
        TAcc c20 = TTile.LoadInit(init), c21 = TTile.LoadInit(init + half);
        init += t->InitStride;
        TAcc c30 = TTile.LoadInit(init), c31 = TTile.LoadInit(init + half);
        byte* b = t->Panel;
        byte** rows = t->Rows;
        for (nint tap = t->Taps; tap > 0; tap--)
        {
            byte* p0 = rows[0], p1 = rows[1], p2 = rows[2], p3 = rows[3];
            rows += 4;
            nint end = t->End;
            for (nint k = t->Start; k < end; k += 4)
            {
                TB b0 = TTile.LoadB(b), b1 = TTile.LoadB(b + half);
                TX x = TTile.Broadcast(p0 + k);
                c00 = TTile.MultiplyAdd(c00, x, b0);
                c01 = TTile.MultiplyAdd(c01, x, b1);
                x = TTile.Broadcast(p1 + k);
                c10 = TTile.MultiplyAdd(c10, x, b0);
                c11 = TTile.MultiplyAdd(c11, x, b1);
                x = TTile.Broadcast(p2 + k);
                c20 = TTile.MultiplyAdd(c20, x, b0);
                c21 = TTile.MultiplyAdd(c21, x, b1);
                x = TTile.Broadcast(p3 + k);
                c30 = TTile.MultiplyAdd(c30, x, b0);
                c31 = TTile.MultiplyAdd(c31, x, b1);
                b += 2 * half;
            }
        }
        byte* y = t->Y;
        TTile.StoreRow(t, y, c00, c01);
        TTile.StoreRow(t, y + t->YStride, c10, c11);
        TTile.StoreRow(t, y + 2 * t->YStride, c20, c21);
        TTile.StoreRow(t, y + 3 * t->YStride, c30, c31);
    }

    /// <summary>6 rows of 2 vectors: 12 accumulators.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows6(TileArguments* t)
    {
        nint half = 4 * TTile.Lanes;
        byte* init = t->Init;
        TAcc c00 = TTile.LoadInit(init), c01 = TTile.LoadInit(init + half);
        init += t->InitStride;
        TAcc c10 = TTile.LoadInit(init), c11 = TTile.LoadInit(init + half);
        init += t->InitStride;
        TAcc c20 = TTile.LoadInit(init), c21 = TTile.LoadInit(init + half);
        init += t->InitStride;
        TAcc c30 = TTile.LoadInit(init), c31 = TTile.LoadInit(init + half);
        init += t->InitStride;
        TAcc c40 = TTile.LoadInit(init), c41 = TTile.LoadInit(init + half);
        init += t->InitStride;
        TAcc c50 = TTile.LoadInit(init), c51 = TTile.LoadInit(init + half);
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
                TB b0 = TTile.LoadB(b), b1 = TTile.LoadB(b + half);
                TX x = TTile.Broadcast(p0 + k);
                c00 = TTile.MultiplyAdd(c00, x, b0);
                c01 = TTile.MultiplyAdd(c01, x, b1);
                x = TTile.Broadcast(p1 + k);
                c10 = TTile.MultiplyAdd(c10, x, b0);
                c11 = TTile.MultiplyAdd(c11, x, b1);
                x = TTile.Broadcast(p2 + k);
                c20 = TTile.MultiplyAdd(c20, x, b0);
                c21 = TTile.MultiplyAdd(c21, x, b1);
                x = TTile.Broadcast(p3 + k);
                c30 = TTile.MultiplyAdd(c30, x, b0);
                c31 = TTile.MultiplyAdd(c31, x, b1);
                x = TTile.Broadcast(p4 + k);
                c40 = TTile.MultiplyAdd(c40, x, b0);
                c41 = TTile.MultiplyAdd(c41, x, b1);
                x = TTile.Broadcast(p5 + k);
                c50 = TTile.MultiplyAdd(c50, x, b0);
                c51 = TTile.MultiplyAdd(c51, x, b1);
                b += 2 * half;
            }
        }
        byte* y = t->Y;
        TTile.StoreRow(t, y, c00, c01);
        TTile.StoreRow(t, y + t->YStride, c10, c11);
        TTile.StoreRow(t, y + 2 * t->YStride, c20, c21);
        TTile.StoreRow(t, y + 3 * t->YStride, c30, c31);
        TTile.StoreRow(t, y + 4 * t->YStride, c40, c41);
        TTile.StoreRow(t, y + 5 * t->YStride, c50, c51);
    }
}
