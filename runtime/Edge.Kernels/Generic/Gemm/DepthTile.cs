using System.Runtime.CompilerServices;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>
/// Register tiles whose vectors lie along the sum: every row and column has an accumulator of its own, whose lanes are added up
/// in the end. A step takes 16 bytes of each row and of each of 8 columns. Rows of four take the columns in two halves, each
/// with 16 accumulators, and store nothing before both are done, since results may lie where initial values did. Within a
/// column the same operation goes through all rows before the next, and a column's products are added up while the next one's are
/// formed, and it is loaded before, so that cores that execute in order wait little.
/// </summary>
/// <typeparam name="TIsa">The products.</typeparam>
/// <typeparam name="TAcc">Its accumulators.</typeparam>
/// <typeparam name="TX">Its operands.</typeparam>
/// <typeparam name="TProducts">Its sums of two products.</typeparam>
/// <typeparam name="TRequantize">Whether results become bytes.</typeparam>
internal static unsafe class DepthTile<TIsa, TAcc, TX, TProducts, TRequantize>
    where TIsa : IDepthLanes<TAcc, TX, TProducts>
    where TAcc : struct
    where TX : struct
    where TProducts : struct
    where TRequantize : IFlag
{
    /// <summary>Bytes of a column that a step takes.</summary>
    public const int StepBytes = 16;

    /// <summary>Columns of a half.</summary>
    private const int Half = 4;

    public static void Rows4(TileArguments* t)
    {
        Sum4(t, t->Panel, 2 * Half * StepBytes, t->Init, out Quad left);
        Sum4(t, t->Panel + Half * StepBytes, 2 * Half * StepBytes, t->Init + Half * sizeof(int), out Quad right);
        Store4(t, 0, left);
        Store4(t, Half, right);
    }

    public static void LeftRows4(TileArguments* t)
    {
        Sum4(t, t->Panel, Half * StepBytes, t->Init, out Quad left);
        Store4(t, 0, left);
    }

    public static void Rows1(TileArguments* t)
    {
        TAcc left = Sum1(t, t->Panel, 2 * Half * StepBytes, t->Init);
        TAcc right = Sum1(t, t->Panel + Half * StepBytes, 2 * Half * StepBytes, t->Init + Half * sizeof(int));
        Store(t, t->Y, 0, left);
        Store(t, t->Y, Half, right);
    }

    public static void LeftRows1(TileArguments* t) => Store(t, t->Y, 0, Sum1(t, t->Panel, Half * StepBytes, t->Init));

    /// <summary>4 rows of a half: 16 accumulators, 4 rows of A, a column of B and 5 registers of products.</summary>
    /// <param name="t">The operands.</param>
    /// <param name="b">The half's first column.</param>
    /// <param name="step">From one step of it to the next.</param>
    /// <param name="init">Its initial values.</param>
    /// <param name="sums">A register for each row, a column a lane.</param>
    [MethodImpl(Compile.Alone)]
    private static void Sum4(TileArguments* t, byte* b, nint step, byte* init, out Quad sums)
    {
        TAcc c00 = default, c01 = default, c02 = default, c03 = default;
        TAcc c10 = default, c11 = default, c12 = default, c13 = default;
        TAcc c20 = default, c21 = default, c22 = default, c23 = default;
        TAcc c30 = default, c31 = default, c32 = default, c33 = default;
        byte** rows = t->Rows;
        for (nint tap = t->Taps; tap > 0; tap--)
        {
            nint start = t->Start;
            byte* p0 = rows[0] + start, p1 = rows[1] + start, p2 = rows[2] + start, p3 = rows[3] + start;
            rows += 4;
            for (nint left = t->End - start; left > 0; left -= StepBytes)
            {
                TX x0 = TIsa.LoadBytes(p0, 0), x1 = TIsa.LoadBytes(p1, 0), x2 = TIsa.LoadBytes(p2, 0), x3 = TIsa.LoadBytes(p3, 0);
                p0 += StepBytes;
                p1 += StepBytes;
                p2 += StepBytes;
                p3 += StepBytes;
                TX column = TIsa.LoadBytes(b, 0);
                TProducts s0 = TIsa.MultiplyLow(x0, column), s1 = TIsa.MultiplyLow(x1, column), s2 = TIsa.MultiplyLow(x2, column), s3 = TIsa.MultiplyLow(x3, column);
                TX next = TIsa.LoadBytes(b, StepBytes);
                s0 = TIsa.MultiplyHighAdd(s0, x0, column);
                s1 = TIsa.MultiplyHighAdd(s1, x1, column);
                s2 = TIsa.MultiplyHighAdd(s2, x2, column);
                s3 = TIsa.MultiplyHighAdd(s3, x3, column);
                column = next;
                TProducts t0 = TIsa.MultiplyLow(x0, column);
                c00 = TIsa.AddPairs(c00, s0);
                TProducts t1 = TIsa.MultiplyLow(x1, column);
                c10 = TIsa.AddPairs(c10, s1);
                TProducts t2 = TIsa.MultiplyLow(x2, column);
                c20 = TIsa.AddPairs(c20, s2);
                TProducts t3 = TIsa.MultiplyLow(x3, column);
                c30 = TIsa.AddPairs(c30, s3);
                next = TIsa.LoadBytes(b, 2 * StepBytes);
                t0 = TIsa.MultiplyHighAdd(t0, x0, column);
                t1 = TIsa.MultiplyHighAdd(t1, x1, column);
                t2 = TIsa.MultiplyHighAdd(t2, x2, column);
                t3 = TIsa.MultiplyHighAdd(t3, x3, column);
                column = next;
                s0 = TIsa.MultiplyLow(x0, column);
                c01 = TIsa.AddPairs(c01, t0);
                s1 = TIsa.MultiplyLow(x1, column);
                c11 = TIsa.AddPairs(c11, t1);
                s2 = TIsa.MultiplyLow(x2, column);
                c21 = TIsa.AddPairs(c21, t2);
                s3 = TIsa.MultiplyLow(x3, column);
                c31 = TIsa.AddPairs(c31, t3);
                next = TIsa.LoadBytes(b, 3 * StepBytes);
                s0 = TIsa.MultiplyHighAdd(s0, x0, column);
                s1 = TIsa.MultiplyHighAdd(s1, x1, column);
                s2 = TIsa.MultiplyHighAdd(s2, x2, column);
                s3 = TIsa.MultiplyHighAdd(s3, x3, column);
                column = next;
                t0 = TIsa.MultiplyLow(x0, column);
                c02 = TIsa.AddPairs(c02, s0);
                t1 = TIsa.MultiplyLow(x1, column);
                c12 = TIsa.AddPairs(c12, s1);
                t2 = TIsa.MultiplyLow(x2, column);
                c22 = TIsa.AddPairs(c22, s2);
                t3 = TIsa.MultiplyLow(x3, column);
                c32 = TIsa.AddPairs(c32, s3);
                t0 = TIsa.MultiplyHighAdd(t0, x0, column);
                t1 = TIsa.MultiplyHighAdd(t1, x1, column);
                t2 = TIsa.MultiplyHighAdd(t2, x2, column);
                t3 = TIsa.MultiplyHighAdd(t3, x3, column);
                c03 = TIsa.AddPairs(c03, t0);
                c13 = TIsa.AddPairs(c13, t1);
                c23 = TIsa.AddPairs(c23, t2);
                c33 = TIsa.AddPairs(c33, t3);
                b += step;
            }
        }

        nint stride = t->InitStride;
        sums = new Quad
        {
            Row0 = TIsa.Add(TIsa.SumEach(c00, c01, c02, c03), TIsa.Load((int*)init)),
            Row1 = TIsa.Add(TIsa.SumEach(c10, c11, c12, c13), TIsa.Load((int*)(init + stride))),
            Row2 = TIsa.Add(TIsa.SumEach(c20, c21, c22, c23), TIsa.Load((int*)(init + 2 * stride))),
            Row3 = TIsa.Add(TIsa.SumEach(c30, c31, c32, c33), TIsa.Load((int*)(init + 3 * stride))),
        };
    }

    /// <summary>As <see cref="Sum4"/> for one row.</summary>
    [MethodImpl(Compile.Alone)]
    private static TAcc Sum1(TileArguments* t, byte* b, nint step, byte* init)
    {
        TAcc c0 = default, c1 = default, c2 = default, c3 = default;
        byte** rows = t->Rows;
        for (nint tap = t->Taps; tap > 0; tap--)
        {
            byte* p = *rows++ + t->Start;
            for (nint left = t->End - t->Start; left > 0; left -= StepBytes, p += StepBytes, b += step)
            {
                TX x = TIsa.LoadBytes(p, 0);
                TX b0 = TIsa.LoadBytes(b, 0), b1 = TIsa.LoadBytes(b, StepBytes), b2 = TIsa.LoadBytes(b, 2 * StepBytes), b3 = TIsa.LoadBytes(b, 3 * StepBytes);
                TProducts s0 = TIsa.MultiplyLow(x, b0), s1 = TIsa.MultiplyLow(x, b1), s2 = TIsa.MultiplyLow(x, b2), s3 = TIsa.MultiplyLow(x, b3);
                s0 = TIsa.MultiplyHighAdd(s0, x, b0);
                s1 = TIsa.MultiplyHighAdd(s1, x, b1);
                s2 = TIsa.MultiplyHighAdd(s2, x, b2);
                s3 = TIsa.MultiplyHighAdd(s3, x, b3);
                c0 = TIsa.AddPairs(c0, s0);
                c1 = TIsa.AddPairs(c1, s1);
                c2 = TIsa.AddPairs(c2, s2);
                c3 = TIsa.AddPairs(c3, s3);
            }
        }

        return TIsa.Add(TIsa.SumEach(c0, c1, c2, c3), TIsa.Load((int*)init));
    }

    private static void Store4(TileArguments* t, int column, in Quad sums)
    {
        byte* y = t->Y;
        Store(t, y, column, sums.Row0);
        Store(t, y += t->YStride, column, sums.Row1);
        Store(t, y += t->YStride, column, sums.Row2);
        Store(t, y + t->YStride, column, sums.Row3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TileArguments* t, byte* row, int column, TAcc sums)
    {
        if (TRequantize.IsSet) TIsa.StoreBytes(sums, row + column, t->Scale + column, t->Low, t->High, t->ZeroPoint);
        else TIsa.Store(sums, (int*)row + column);
    }

    /// <summary>Sums of four rows.</summary>
    private struct Quad
    {
        public TAcc Row0, Row1, Row2, Row3;
    }
}
