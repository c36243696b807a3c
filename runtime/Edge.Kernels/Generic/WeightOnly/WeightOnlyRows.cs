using System.Runtime.CompilerServices;
using Edge.Kernels.Isa;

namespace Edge.Kernels.Generic.WeightOnly;

/// <summary>
/// Rows of A times one panel: codes become float32 in registers and are summed block by block; the scale, and the zero point times the
/// sum of the row's block, are applied once a block.
/// </summary>
internal static unsafe class WeightOnlyRows<V, TCodes>
    where V : unmanaged, IVectorF32<V>
    where TCodes : IWeightCodes<V>
{
    private const int Wide = WeightOnlyLayout.Wide, Group = WeightOnlyLayout.Group;

    /// <summary>
    /// How far ahead lines are fetched. So much must be on its way that memory's latency does not show, and out of order the core sees no more
    /// than a kilobyte of 4-bit codes: without, they come at 13 GB/s where 31 are to be had (Zen 5), with 2 KB at 22, with 4 KB at 27.
    /// </summary>
    private const int Ahead = 8192;

    private const int Line = 64;

    /// <summary>One row. Odd and even rows of weights have sums of their own: eight chains of additions.</summary>
    [MethodImpl(Compile.Alone)]
    public static void One(WeightOnlyArguments* t)
    {
        V y0 = default, y1 = default, y2 = default, y3 = default;
        byte* p = t->Panel;
        float* x = t->A;
        int blockSize = t->BlockSize, left = t->PaddedK, header = Header(t->ZeroPoints);
        for (int block = 0; left > 0; block++, left -= blockSize)
        {
            byte* scales = p;
            Fetch(p, Wide * header);
            p += Wide * header;
            V a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
            for (float* end = x + Math.Min(left, blockSize); x < end; p += Wide * TCodes.GroupBytes)
            {
                V c0 = TCodes.Begin(p), c1 = TCodes.Begin(p + TCodes.GroupBytes), c2 = TCodes.Begin(p + 2 * TCodes.GroupBytes), c3 = TCodes.Begin(p + 3 * TCodes.GroupBytes);
                Fetch(p, Wide * TCodes.GroupBytes);
                for (int row = 0; row < Group; row += 2, x += 2)
                {
                    V even = V.Splat(x[0]), odd = V.Splat(x[1]);
                    a0 = V.MultiplyAdd(even, TCodes.Row(c0, p, 0, Wide, row), a0);
                    a1 = V.MultiplyAdd(even, TCodes.Row(c1, p, 1, Wide, row), a1);
                    a2 = V.MultiplyAdd(even, TCodes.Row(c2, p, 2, Wide, row), a2);
                    a3 = V.MultiplyAdd(even, TCodes.Row(c3, p, 3, Wide, row), a3);
                    (c0, c1, c2, c3) = (TCodes.Next(c0), TCodes.Next(c1), TCodes.Next(c2), TCodes.Next(c3));
                    b0 = V.MultiplyAdd(odd, TCodes.Row(c0, p, 0, Wide, row + 1), b0);
                    b1 = V.MultiplyAdd(odd, TCodes.Row(c1, p, 1, Wide, row + 1), b1);
                    b2 = V.MultiplyAdd(odd, TCodes.Row(c2, p, 2, Wide, row + 1), b2);
                    b3 = V.MultiplyAdd(odd, TCodes.Row(c3, p, 3, Wide, row + 1), b3);
                    (c0, c1, c2, c3) = (TCodes.Next(c0), TCodes.Next(c1), TCodes.Next(c2), TCodes.Next(c3));
                }
            }

            y0 = Scaled(t, scales, 0, Wide, 0, block, a0 + b0, y0);
            y1 = Scaled(t, scales, 1, Wide, 0, block, a1 + b1, y1);
            y2 = Scaled(t, scales, 2, Wide, 0, block, a2 + b2, y2);
            y3 = Scaled(t, scales, 3, Wide, 0, block, a3 + b3, y3);
        }

        y0.Store(t->Sums);
        y1.Store(t->Sums + V.Count);
        y2.Store(t->Sums + 2 * V.Count);
        y3.Store(t->Sums + 3 * V.Count);
    }

    /// <summary>Two to four rows: each code is converted once.</summary>
    [MethodImpl(Compile.Alone)]
    public static void Four(WeightOnlyArguments* t)
    {
        if (V.HasManyRegisters)
        {
            Quad(t);
            return;
        }

        for (int vector = 0; vector < Wide; vector += 2) Pair(t, vector);
    }

    /// <summary>Two to four rows and all vectors of columns, where there are registers for sixteen sums; those of all blocks are in memory.</summary>
    [MethodImpl(Compile.Alone)]
    private static void Quad(WeightOnlyArguments* t)
    {
        new Span<float>(t->Sums, 4 * Wide * V.Count).Clear();
        byte* p = t->Panel;
        float* x0 = t->A, x1 = x0 + t->RowStep, x2 = t->Rows > 2 ? x1 + t->RowStep : x1, x3 = t->Rows > 3 ? x2 + t->RowStep : x2;
        int blockSize = t->BlockSize, header = Header(t->ZeroPoints), last = t->Rows - 1;
        nint k = 0;
        for (int block = 0; k < t->PaddedK; block++)
        {
            byte* scales = p;
            Fetch(p, Wide * header);
            p += Wide * header;
            V a00 = default, a01 = default, a02 = default, a03 = default;
            V a10 = default, a11 = default, a12 = default, a13 = default;
            V a20 = default, a21 = default, a22 = default, a23 = default;
            V a30 = default, a31 = default, a32 = default, a33 = default;
            for (nint end = Math.Min(k + blockSize, t->PaddedK); k < end; p += Wide * TCodes.GroupBytes)
            {
                V c0 = TCodes.Begin(p), c1 = TCodes.Begin(p + TCodes.GroupBytes), c2 = TCodes.Begin(p + 2 * TCodes.GroupBytes), c3 = TCodes.Begin(p + 3 * TCodes.GroupBytes);
                Fetch(p, Wide * TCodes.GroupBytes);
                for (int row = 0; row < Group; row++, k++)
                {
                    V w0 = TCodes.Row(c0, p, 0, Wide, row), w1 = TCodes.Row(c1, p, 1, Wide, row), w2 = TCodes.Row(c2, p, 2, Wide, row), w3 = TCodes.Row(c3, p, 3, Wide, row), x;
                    (c0, c1, c2, c3) = (TCodes.Next(c0), TCodes.Next(c1), TCodes.Next(c2), TCodes.Next(c3));
                    x = V.Splat(x0[k]);
                    (a00, a01, a02, a03) = (V.MultiplyAdd(x, w0, a00), V.MultiplyAdd(x, w1, a01), V.MultiplyAdd(x, w2, a02), V.MultiplyAdd(x, w3, a03));
                    x = V.Splat(x1[k]);
                    (a10, a11, a12, a13) = (V.MultiplyAdd(x, w0, a10), V.MultiplyAdd(x, w1, a11), V.MultiplyAdd(x, w2, a12), V.MultiplyAdd(x, w3, a13));
                    x = V.Splat(x2[k]);
                    (a20, a21, a22, a23) = (V.MultiplyAdd(x, w0, a20), V.MultiplyAdd(x, w1, a21), V.MultiplyAdd(x, w2, a22), V.MultiplyAdd(x, w3, a23));
                    x = V.Splat(x3[k]);
                    (a30, a31, a32, a33) = (V.MultiplyAdd(x, w0, a30), V.MultiplyAdd(x, w1, a31), V.MultiplyAdd(x, w2, a32), V.MultiplyAdd(x, w3, a33));
                }
            }

            Add(t, scales, 0, 0, block, a00, a01, a02, a03);
            Add(t, scales, 1, 1, block, a10, a11, a12, a13);
            Add(t, scales, 2, Math.Min(2, last), block, a20, a21, a22, a23);
            Add(t, scales, 3, last, block, a30, a31, a32, a33);
        }
    }

    /// <summary>Adds a block to all vectors of row <paramref name="to"/> of the results, which is row <paramref name="r"/> of A.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(WeightOnlyArguments* t, byte* scales, int to, int r, int block, V a0, V a1, V a2, V a3)
    {
        float* y = t->Sums + to * Wide * V.Count;
        Scaled(t, scales, 0, Wide, r, block, a0, V.Load(y)).Store(y);
        Scaled(t, scales, 1, Wide, r, block, a1, V.Load(y + V.Count)).Store(y + V.Count);
        Scaled(t, scales, 2, Wide, r, block, a2, V.Load(y + 2 * V.Count)).Store(y + 2 * V.Count);
        Scaled(t, scales, 3, Wide, r, block, a3, V.Load(y + 3 * V.Count)).Store(y + 3 * V.Count);
    }

    /// <summary>Two to four rows and two vectors of columns.</summary>
    [MethodImpl(Compile.Alone)]
    private static void Pair(WeightOnlyArguments* t, int vector)
    {
        V y00 = default, y01 = default, y10 = default, y11 = default, y20 = default, y21 = default, y30 = default, y31 = default;
        byte* p = t->Panel;
        float* x0 = t->A, x1 = x0 + t->RowStep, x2 = t->Rows > 2 ? x1 + t->RowStep : x1, x3 = t->Rows > 3 ? x2 + t->RowStep : x2;
        int blockSize = t->BlockSize, left = t->PaddedK, header = Header(t->ZeroPoints);
        for (int block = 0; left > 0; block++, left -= blockSize)
        {
            byte* scales = p;
            p += Wide * header;
            V a00 = default, a01 = default, a10 = default, a11 = default, a20 = default, a21 = default, a30 = default, a31 = default;
            for (int k = Math.Min(left, blockSize); k > 0; k -= Group, p += Wide * TCodes.GroupBytes)
            {
                // The second pair finds the panel in the cache.
                if (vector == 0) Fetch(p, Wide * TCodes.GroupBytes);
                V c0 = TCodes.Begin(p + vector * TCodes.GroupBytes), c1 = TCodes.Begin(p + (vector + 1) * TCodes.GroupBytes);
                for (int row = 0; row < Group; row++)
                {
                    V w0 = TCodes.Row(c0, p, vector, Wide, row), w1 = TCodes.Row(c1, p, vector + 1, Wide, row);
                    (c0, c1) = (TCodes.Next(c0), TCodes.Next(c1));
                    V x = V.Splat(*x0++);
                    (a00, a01) = (V.MultiplyAdd(x, w0, a00), V.MultiplyAdd(x, w1, a01));
                    x = V.Splat(*x1++);
                    (a10, a11) = (V.MultiplyAdd(x, w0, a10), V.MultiplyAdd(x, w1, a11));
                    x = V.Splat(*x2++);
                    (a20, a21) = (V.MultiplyAdd(x, w0, a20), V.MultiplyAdd(x, w1, a21));
                    x = V.Splat(*x3++);
                    (a30, a31) = (V.MultiplyAdd(x, w0, a30), V.MultiplyAdd(x, w1, a31));
                }
            }

            int last = t->Rows - 1;
            y00 = Scaled(t, scales, vector, Wide, 0, block, a00, y00);
            y01 = Scaled(t, scales, vector + 1, Wide, 0, block, a01, y01);
            y10 = Scaled(t, scales, vector, Wide, 1, block, a10, y10);
            y11 = Scaled(t, scales, vector + 1, Wide, 1, block, a11, y11);
            y20 = Scaled(t, scales, vector, Wide, Math.Min(2, last), block, a20, y20);
            y21 = Scaled(t, scales, vector + 1, Wide, Math.Min(2, last), block, a21, y21);
            y30 = Scaled(t, scales, vector, Wide, last, block, a30, y30);
            y31 = Scaled(t, scales, vector + 1, Wide, last, block, a31, y31);
        }

        float* to = t->Sums + vector * V.Count;
        Store(to, y00, y01);
        Store(to + Wide * V.Count, y10, y11);
        Store(to + 2 * Wide * V.Count, y20, y21);
        Store(to + 3 * Wide * V.Count, y30, y31);
    }

    /// <summary>Rows one by one, four chains of additions each.</summary>
    [MethodImpl(Compile.Alone)]
    public static void Narrow(WeightOnlyArguments* t)
    {
        int blockSize = t->BlockSize, header = Header(t->ZeroPoints);
        for (int r = 0; r < t->Rows; r++)
        {
            V y = default;
            byte* p = t->Panel;
            float* x = t->A + r * t->RowStep;
            int left = t->PaddedK;
            for (int block = 0; left > 0; block++, left -= blockSize)
            {
                byte* scales = p;
                p += header;
                V a = default, b = default, c = default, d = default;
                for (float* end = x + Math.Min(left, blockSize); x < end; p += TCodes.GroupBytes)
                {
                    V codes = TCodes.Begin(p);
                    for (int row = 0; row < Group; row += 4, x += 4)
                    {
                        a = V.MultiplyAdd(V.Splat(x[0]), TCodes.Row(codes, p, 0, 1, row), a);
                        codes = TCodes.Next(codes);
                        b = V.MultiplyAdd(V.Splat(x[1]), TCodes.Row(codes, p, 0, 1, row + 1), b);
                        codes = TCodes.Next(codes);
                        c = V.MultiplyAdd(V.Splat(x[2]), TCodes.Row(codes, p, 0, 1, row + 2), c);
                        codes = TCodes.Next(codes);
                        d = V.MultiplyAdd(V.Splat(x[3]), TCodes.Row(codes, p, 0, 1, row + 3), d);
                        codes = TCodes.Next(codes);
                    }
                }

                y = Scaled(t, scales, 0, 1, r, block, a + b + (c + d), y);
            }

            y.Store(t->Sums + (nint)r * Wide * V.Count);
        }
    }

    /// <summary>Fetches what lies <see cref="Ahead"/> of these bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch(byte* p, int bytes)
    {
        for (int at = 0; at < bytes; at += Line) V.Prefetch(p + Ahead + at);
    }

    /// <summary>Bytes of scales and zero points of a vector of columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Header(ZeroPointKind kind) => V.Count * (sizeof(float) + (kind == ZeroPointKind.None ? 0 : kind == ZeroPointKind.Bytes ? 1 : sizeof(float)));

    /// <summary>Adds a block to the result of row <paramref name="r"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Scaled(WeightOnlyArguments* t, byte* scales, int vector, int vectors, int r, int block, V sum, V y)
    {
        if (t->ZeroPoints != ZeroPointKind.None)
        {
            byte* zeros = scales + vectors * V.Count * sizeof(float);
            V zero = t->ZeroPoints == ZeroPointKind.Bytes ? V.LoadS8((sbyte*)zeros + vector * V.Count) : V.Load((float*)zeros + vector * V.Count);
            sum -= V.Splat(t->BlockSums[(nint)r * t->Blocks + block]) * zero;
        }

        return V.MultiplyAdd(sum, V.Load((float*)scales + vector * V.Count), y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* to, V left, V right)
    {
        left.Store(to);
        right.Store(to + V.Count);
    }
}
