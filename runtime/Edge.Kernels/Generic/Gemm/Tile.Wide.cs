using System.Runtime.CompilerServices;

namespace Edge.Kernels.Generic.Gemm;

internal static unsafe partial class Tile<TTile, TAcc, TB, TX>
    where TTile : ITile<TAcc, TB, TX>
    where TAcc : struct
    where TB : struct
    where TX : struct
{
    /// <summary>8 rows of 2 vectors: 16 accumulators.</summary>
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

    /// <summary>12 rows of 2 vectors: 24 accumulators.</summary>
    [MethodImpl(Compile.Alone)]
    public static void Rows12(TileArguments* t)
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
        init += t->InitStride;
        TAcc c80 = TTile.LoadInit(init), c81 = TTile.HasRight ? TTile.LoadInit(init + right) : default;
        init += t->InitStride;
        TAcc c90 = TTile.LoadInit(init), c91 = TTile.HasRight ? TTile.LoadInit(init + right) : default;
        init += t->InitStride;
        TAcc ca0 = TTile.LoadInit(init), ca1 = TTile.HasRight ? TTile.LoadInit(init + right) : default;
        init += t->InitStride;
        TAcc cb0 = TTile.LoadInit(init), cb1 = TTile.HasRight ? TTile.LoadInit(init + right) : default;
        byte* b = t->Panel;
        byte** rows = t->Rows;
        for (nint tap = t->Taps; tap > 0; tap--)
        {
            byte* p0 = rows[0], p1 = rows[1], p2 = rows[2], p3 = rows[3];
            byte* p4 = rows[4], p5 = rows[5], p6 = rows[6], p7 = rows[7];
            byte* p8 = rows[8], p9 = rows[9], pa = rows[10], pb = rows[11];
            rows += 12;
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
                x = TTile.Broadcast(p6 + k);
                c60 = TTile.MultiplyAdd(c60, x, b0);
                if (TTile.HasRight) c61 = TTile.MultiplyAdd(c61, x, b1);
                x = TTile.Broadcast(p7 + k);
                c70 = TTile.MultiplyAdd(c70, x, b0);
                if (TTile.HasRight) c71 = TTile.MultiplyAdd(c71, x, b1);
                x = TTile.Broadcast(p8 + k);
                c80 = TTile.MultiplyAdd(c80, x, b0);
                if (TTile.HasRight) c81 = TTile.MultiplyAdd(c81, x, b1);
                x = TTile.Broadcast(p9 + k);
                c90 = TTile.MultiplyAdd(c90, x, b0);
                if (TTile.HasRight) c91 = TTile.MultiplyAdd(c91, x, b1);
                x = TTile.Broadcast(pa + k);
                ca0 = TTile.MultiplyAdd(ca0, x, b0);
                if (TTile.HasRight) ca1 = TTile.MultiplyAdd(ca1, x, b1);
                x = TTile.Broadcast(pb + k);
                cb0 = TTile.MultiplyAdd(cb0, x, b0);
                if (TTile.HasRight) cb1 = TTile.MultiplyAdd(cb1, x, b1);
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
        y += t->YStride;
        TTile.StoreLeft(t, y, c80);
        TTile.StoreRight(t, y, c81);
        y += t->YStride;
        TTile.StoreLeft(t, y, c90);
        TTile.StoreRight(t, y, c91);
        y += t->YStride;
        TTile.StoreLeft(t, y, ca0);
        TTile.StoreRight(t, y, ca1);
        y += t->YStride;
        TTile.StoreLeft(t, y, cb0);
        TTile.StoreRight(t, y, cb1);
    }
}
