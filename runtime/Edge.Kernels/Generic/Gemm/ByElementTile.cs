using System.Runtime.CompilerServices;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>
/// Register tiles as in <see cref="Tile{TTile,TAcc,TB,TX}"/>, for instruction sets that multiply by one lane of a
/// register: A is loaded four steps at a time; steps that are left over go one by one. The weights of a step are loaded a
/// step ahead of their use, for cores that execute in order.
/// </summary>
internal static unsafe class ByElementTile<TTile, TAcc, TB, TX>
    where TTile : IByElementTile<TAcc, TB, TX>
    where TAcc : struct
    where TB : struct
    where TX : struct
{
    /// <summary>4 rows of 2 vectors: 8 accumulators, 4 registers of A.</summary>
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
            nint k = t->Start, end = t->End;
            for (; k + 16 <= end; k += 16)
            {
                TX x0 = TTile.LoadA(p0 + k), x1 = TTile.LoadA(p1 + k), x2 = TTile.LoadA(p2 + k), x3 = TTile.LoadA(p3 + k);
                TB b0 = TTile.LoadB(b), b1 = TTile.HasRight ? TTile.LoadB(b + right) : default;
                TB b2 = TTile.LoadB(b + step), b3 = TTile.HasRight ? TTile.LoadB(b + step + right) : default;
                c00 = TTile.MultiplyAddLane(c00, x0, b0, 0);
                if (TTile.HasRight) c01 = TTile.MultiplyAddLane(c01, x0, b1, 0);
                c10 = TTile.MultiplyAddLane(c10, x1, b0, 0);
                if (TTile.HasRight) c11 = TTile.MultiplyAddLane(c11, x1, b1, 0);
                c20 = TTile.MultiplyAddLane(c20, x2, b0, 0);
                if (TTile.HasRight) c21 = TTile.MultiplyAddLane(c21, x2, b1, 0);
                c30 = TTile.MultiplyAddLane(c30, x3, b0, 0);
                if (TTile.HasRight) c31 = TTile.MultiplyAddLane(c31, x3, b1, 0);
                b0 = TTile.LoadB(b + 2 * step);
                if (TTile.HasRight) b1 = TTile.LoadB(b + 2 * step + right);
                c00 = TTile.MultiplyAddLane(c00, x0, b2, 1);
                if (TTile.HasRight) c01 = TTile.MultiplyAddLane(c01, x0, b3, 1);
                c10 = TTile.MultiplyAddLane(c10, x1, b2, 1);
                if (TTile.HasRight) c11 = TTile.MultiplyAddLane(c11, x1, b3, 1);
                c20 = TTile.MultiplyAddLane(c20, x2, b2, 1);
                if (TTile.HasRight) c21 = TTile.MultiplyAddLane(c21, x2, b3, 1);
                c30 = TTile.MultiplyAddLane(c30, x3, b2, 1);
                if (TTile.HasRight) c31 = TTile.MultiplyAddLane(c31, x3, b3, 1);
                b2 = TTile.LoadB(b + 3 * step);
                if (TTile.HasRight) b3 = TTile.LoadB(b + 3 * step + right);
                c00 = TTile.MultiplyAddLane(c00, x0, b0, 2);
                if (TTile.HasRight) c01 = TTile.MultiplyAddLane(c01, x0, b1, 2);
                c10 = TTile.MultiplyAddLane(c10, x1, b0, 2);
                if (TTile.HasRight) c11 = TTile.MultiplyAddLane(c11, x1, b1, 2);
                c20 = TTile.MultiplyAddLane(c20, x2, b0, 2);
                if (TTile.HasRight) c21 = TTile.MultiplyAddLane(c21, x2, b1, 2);
                c30 = TTile.MultiplyAddLane(c30, x3, b0, 2);
                if (TTile.HasRight) c31 = TTile.MultiplyAddLane(c31, x3, b1, 2);
                c00 = TTile.MultiplyAddLane(c00, x0, b2, 3);
                if (TTile.HasRight) c01 = TTile.MultiplyAddLane(c01, x0, b3, 3);
                c10 = TTile.MultiplyAddLane(c10, x1, b2, 3);
                if (TTile.HasRight) c11 = TTile.MultiplyAddLane(c11, x1, b3, 3);
                c20 = TTile.MultiplyAddLane(c20, x2, b2, 3);
                if (TTile.HasRight) c21 = TTile.MultiplyAddLane(c21, x2, b3, 3);
                c30 = TTile.MultiplyAddLane(c30, x3, b2, 3);
                if (TTile.HasRight) c31 = TTile.MultiplyAddLane(c31, x3, b3, 3);
                b += 4 * step;
            }
            for (; k < end; k += 4)
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

    /// <summary>8 rows of 2 vectors: 16 accumulators, 8 registers of A.</summary>
    [MethodImpl(Compile.Alone)]
    public static void Rows8(TileArguments* t)
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
        init += t->InitStride;
        TAcc c60 = TTile.LoadInit(init), c61 = TTile.HasRight ? TTile.LoadInit(init + right) : default;
        init += t->InitStride;
        TAcc c70 = TTile.LoadInit(init), c71 = TTile.HasRight ? TTile.LoadInit(init + right) : default;
        byte* b = t->Panel;
        byte** rows = t->Rows;
        for (nint tap = t->Taps; tap > 0; tap--)
        {
            byte* p0 = rows[0], p1 = rows[1], p2 = rows[2], p3 = rows[3];
            byte* p4 = rows[4], p5 = rows[5], p6 = rows[6], p7 = rows[7];
            rows += 8;
            nint k = t->Start, end = t->End;
            for (; k + 16 <= end; k += 16)
            {
                TX x0 = TTile.LoadA(p0 + k), x1 = TTile.LoadA(p1 + k), x2 = TTile.LoadA(p2 + k), x3 = TTile.LoadA(p3 + k);
                TX x4 = TTile.LoadA(p4 + k), x5 = TTile.LoadA(p5 + k), x6 = TTile.LoadA(p6 + k), x7 = TTile.LoadA(p7 + k);
                TB b0 = TTile.LoadB(b), b1 = TTile.HasRight ? TTile.LoadB(b + right) : default;
                TB b2 = TTile.LoadB(b + step), b3 = TTile.HasRight ? TTile.LoadB(b + step + right) : default;
                c00 = TTile.MultiplyAddLane(c00, x0, b0, 0);
                if (TTile.HasRight) c01 = TTile.MultiplyAddLane(c01, x0, b1, 0);
                c10 = TTile.MultiplyAddLane(c10, x1, b0, 0);
                if (TTile.HasRight) c11 = TTile.MultiplyAddLane(c11, x1, b1, 0);
                c20 = TTile.MultiplyAddLane(c20, x2, b0, 0);
                if (TTile.HasRight) c21 = TTile.MultiplyAddLane(c21, x2, b1, 0);
                c30 = TTile.MultiplyAddLane(c30, x3, b0, 0);
                if (TTile.HasRight) c31 = TTile.MultiplyAddLane(c31, x3, b1, 0);
                c40 = TTile.MultiplyAddLane(c40, x4, b0, 0);
                if (TTile.HasRight) c41 = TTile.MultiplyAddLane(c41, x4, b1, 0);
                c50 = TTile.MultiplyAddLane(c50, x5, b0, 0);
                if (TTile.HasRight) c51 = TTile.MultiplyAddLane(c51, x5, b1, 0);
                c60 = TTile.MultiplyAddLane(c60, x6, b0, 0);
                if (TTile.HasRight) c61 = TTile.MultiplyAddLane(c61, x6, b1, 0);
                c70 = TTile.MultiplyAddLane(c70, x7, b0, 0);
                if (TTile.HasRight) c71 = TTile.MultiplyAddLane(c71, x7, b1, 0);
                b0 = TTile.LoadB(b + 2 * step);
                if (TTile.HasRight) b1 = TTile.LoadB(b + 2 * step + right);
                c00 = TTile.MultiplyAddLane(c00, x0, b2, 1);
                if (TTile.HasRight) c01 = TTile.MultiplyAddLane(c01, x0, b3, 1);
                c10 = TTile.MultiplyAddLane(c10, x1, b2, 1);
                if (TTile.HasRight) c11 = TTile.MultiplyAddLane(c11, x1, b3, 1);
                c20 = TTile.MultiplyAddLane(c20, x2, b2, 1);
                if (TTile.HasRight) c21 = TTile.MultiplyAddLane(c21, x2, b3, 1);
                c30 = TTile.MultiplyAddLane(c30, x3, b2, 1);
                if (TTile.HasRight) c31 = TTile.MultiplyAddLane(c31, x3, b3, 1);
                c40 = TTile.MultiplyAddLane(c40, x4, b2, 1);
                if (TTile.HasRight) c41 = TTile.MultiplyAddLane(c41, x4, b3, 1);
                c50 = TTile.MultiplyAddLane(c50, x5, b2, 1);
                if (TTile.HasRight) c51 = TTile.MultiplyAddLane(c51, x5, b3, 1);
                c60 = TTile.MultiplyAddLane(c60, x6, b2, 1);
                if (TTile.HasRight) c61 = TTile.MultiplyAddLane(c61, x6, b3, 1);
                c70 = TTile.MultiplyAddLane(c70, x7, b2, 1);
                if (TTile.HasRight) c71 = TTile.MultiplyAddLane(c71, x7, b3, 1);
                b2 = TTile.LoadB(b + 3 * step);
                if (TTile.HasRight) b3 = TTile.LoadB(b + 3 * step + right);
                c00 = TTile.MultiplyAddLane(c00, x0, b0, 2);
                if (TTile.HasRight) c01 = TTile.MultiplyAddLane(c01, x0, b1, 2);
                c10 = TTile.MultiplyAddLane(c10, x1, b0, 2);
                if (TTile.HasRight) c11 = TTile.MultiplyAddLane(c11, x1, b1, 2);
                c20 = TTile.MultiplyAddLane(c20, x2, b0, 2);
                if (TTile.HasRight) c21 = TTile.MultiplyAddLane(c21, x2, b1, 2);
                c30 = TTile.MultiplyAddLane(c30, x3, b0, 2);
                if (TTile.HasRight) c31 = TTile.MultiplyAddLane(c31, x3, b1, 2);
                c40 = TTile.MultiplyAddLane(c40, x4, b0, 2);
                if (TTile.HasRight) c41 = TTile.MultiplyAddLane(c41, x4, b1, 2);
                c50 = TTile.MultiplyAddLane(c50, x5, b0, 2);
                if (TTile.HasRight) c51 = TTile.MultiplyAddLane(c51, x5, b1, 2);
                c60 = TTile.MultiplyAddLane(c60, x6, b0, 2);
                if (TTile.HasRight) c61 = TTile.MultiplyAddLane(c61, x6, b1, 2);
                c70 = TTile.MultiplyAddLane(c70, x7, b0, 2);
                if (TTile.HasRight) c71 = TTile.MultiplyAddLane(c71, x7, b1, 2);
                c00 = TTile.MultiplyAddLane(c00, x0, b2, 3);
                if (TTile.HasRight) c01 = TTile.MultiplyAddLane(c01, x0, b3, 3);
                c10 = TTile.MultiplyAddLane(c10, x1, b2, 3);
                if (TTile.HasRight) c11 = TTile.MultiplyAddLane(c11, x1, b3, 3);
                c20 = TTile.MultiplyAddLane(c20, x2, b2, 3);
                if (TTile.HasRight) c21 = TTile.MultiplyAddLane(c21, x2, b3, 3);
                c30 = TTile.MultiplyAddLane(c30, x3, b2, 3);
                if (TTile.HasRight) c31 = TTile.MultiplyAddLane(c31, x3, b3, 3);
                c40 = TTile.MultiplyAddLane(c40, x4, b2, 3);
                if (TTile.HasRight) c41 = TTile.MultiplyAddLane(c41, x4, b3, 3);
                c50 = TTile.MultiplyAddLane(c50, x5, b2, 3);
                if (TTile.HasRight) c51 = TTile.MultiplyAddLane(c51, x5, b3, 3);
                c60 = TTile.MultiplyAddLane(c60, x6, b2, 3);
                if (TTile.HasRight) c61 = TTile.MultiplyAddLane(c61, x6, b3, 3);
                c70 = TTile.MultiplyAddLane(c70, x7, b2, 3);
                if (TTile.HasRight) c71 = TTile.MultiplyAddLane(c71, x7, b3, 3);
                b += 4 * step;
            }
            for (; k < end; k += 4)
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
                x = TTile.Broadcast(p6 + k);
                c60 = TTile.MultiplyAdd(c60, x, b0);
                if (TTile.HasRight) c61 = TTile.MultiplyAdd(c61, x, b1);
                x = TTile.Broadcast(p7 + k);
                c70 = TTile.MultiplyAdd(c70, x, b0);
                if (TTile.HasRight) c71 = TTile.MultiplyAdd(c71, x, b1);
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
        y += t->YStride;
        TTile.StoreLeft(t, y, c60);
        TTile.StoreRight(t, y, c61);
        y += t->YStride;
        TTile.StoreLeft(t, y, c70);
        TTile.StoreRight(t, y, c71);
    }
}
