using System.Runtime.CompilerServices;

namespace Edge.Kernels.Generic.Depthwise;

// Each input column is loaded once for the two kernel rows of a pair and serves all the pixels that see it.
internal static unsafe partial class DepthwiseInt8<TIsa, TAcc, TPair, TSigned, TRequantize>
    where TIsa : IPairLanes<TAcc, TPair>
    where TAcc : struct
    where TPair : struct
    where TSigned : IFlag
    where TRequantize : IFlag
{
    /// <summary>Kernels 3 wide at stride 1: <c>[kernel rows][6]</c> addresses.</summary>
    [MethodImpl(Compile.Alone)]
    public static int Width3Stride1(DepthwiseArguments* t, int from)
    {
        nint c = from;
        for (int unit = 0; unit < t->Units; unit++)
        {
            for (c = from; c + TIsa.Lanes <= t->Channels; c += TIsa.Lanes)
            {
                nint at = t->Offset + unit * t->UnitStride + c;
                TAcc bias = TIsa.Load((int*)t->Bias + c);
                TAcc a0 = bias, a1 = bias, a2 = bias, a3 = bias;
                byte** rows = t->Rows;
                short* w = (short*)t->Weights + 2 * c;
                int ky = t->KernelRows;
                for (; ky > 1; ky -= 2)
                {
                    TPair w0 = TIsa.LoadWeights(w);
                    TPair w1 = TIsa.LoadWeights(w + t->WeightStride);
                    TPair w2 = TIsa.LoadWeights(w + 2 * t->WeightStride);
                    TPair x = TIsa.LoadInputs<TSigned>(rows[0] + at, rows[6] + at);
                    a0 = TIsa.MultiplyAdd(a0, x, w0);
                    x = TIsa.LoadInputs<TSigned>(rows[1] + at, rows[7] + at);
                    a0 = TIsa.MultiplyAdd(a0, x, w1);
                    a1 = TIsa.MultiplyAdd(a1, x, w0);
                    x = TIsa.LoadInputs<TSigned>(rows[2] + at, rows[8] + at);
                    a0 = TIsa.MultiplyAdd(a0, x, w2);
                    a1 = TIsa.MultiplyAdd(a1, x, w1);
                    a2 = TIsa.MultiplyAdd(a2, x, w0);
                    x = TIsa.LoadInputs<TSigned>(rows[3] + at, rows[9] + at);
                    a1 = TIsa.MultiplyAdd(a1, x, w2);
                    a2 = TIsa.MultiplyAdd(a2, x, w1);
                    a3 = TIsa.MultiplyAdd(a3, x, w0);
                    x = TIsa.LoadInputs<TSigned>(rows[4] + at, rows[10] + at);
                    a2 = TIsa.MultiplyAdd(a2, x, w2);
                    a3 = TIsa.MultiplyAdd(a3, x, w1);
                    x = TIsa.LoadInputs<TSigned>(rows[5] + at, rows[11] + at);
                    a3 = TIsa.MultiplyAdd(a3, x, w2);
                    rows += 12;
                    w += 3 * t->WeightStride;
                }
                if (ky == 1)
                {
                    TPair w0 = TIsa.LoadWeights(w);
                    TPair w1 = TIsa.LoadWeights(w + t->WeightStride);
                    TPair w2 = TIsa.LoadWeights(w + 2 * t->WeightStride);
                    TPair x = TIsa.LoadInput<TSigned>(rows[0] + at);
                    a0 = TIsa.MultiplyAddFirst(a0, x, w0);
                    x = TIsa.LoadInput<TSigned>(rows[1] + at);
                    a0 = TIsa.MultiplyAddFirst(a0, x, w1);
                    a1 = TIsa.MultiplyAddFirst(a1, x, w0);
                    x = TIsa.LoadInput<TSigned>(rows[2] + at);
                    a0 = TIsa.MultiplyAddFirst(a0, x, w2);
                    a1 = TIsa.MultiplyAddFirst(a1, x, w1);
                    a2 = TIsa.MultiplyAddFirst(a2, x, w0);
                    x = TIsa.LoadInput<TSigned>(rows[3] + at);
                    a1 = TIsa.MultiplyAddFirst(a1, x, w2);
                    a2 = TIsa.MultiplyAddFirst(a2, x, w1);
                    a3 = TIsa.MultiplyAddFirst(a3, x, w0);
                    x = TIsa.LoadInput<TSigned>(rows[4] + at);
                    a2 = TIsa.MultiplyAddFirst(a2, x, w2);
                    a3 = TIsa.MultiplyAddFirst(a3, x, w1);
                    x = TIsa.LoadInput<TSigned>(rows[5] + at);
                    a3 = TIsa.MultiplyAddFirst(a3, x, w2);
                }
                Store(t, unit, c, a0, a1, a2, a3);
            }
        }
        return (int)c;
    }

    /// <summary>Kernels 3 wide at stride 2: <c>[kernel rows][9]</c> addresses.</summary>
    [MethodImpl(Compile.Alone)]
    public static int Width3Stride2(DepthwiseArguments* t, int from)
    {
        nint c = from;
        for (int unit = 0; unit < t->Units; unit++)
        {
            for (c = from; c + TIsa.Lanes <= t->Channels; c += TIsa.Lanes)
            {
                nint at = t->Offset + unit * t->UnitStride + c;
                TAcc bias = TIsa.Load((int*)t->Bias + c);
                TAcc a0 = bias, a1 = bias, a2 = bias, a3 = bias;
                byte** rows = t->Rows;
                short* w = (short*)t->Weights + 2 * c;
                int ky = t->KernelRows;
                for (; ky > 1; ky -= 2)
                {
                    TPair w0 = TIsa.LoadWeights(w);
                    TPair w1 = TIsa.LoadWeights(w + t->WeightStride);
                    TPair w2 = TIsa.LoadWeights(w + 2 * t->WeightStride);
                    TPair x = TIsa.LoadInputs<TSigned>(rows[0] + at, rows[9] + at);
                    a0 = TIsa.MultiplyAdd(a0, x, w0);
                    x = TIsa.LoadInputs<TSigned>(rows[1] + at, rows[10] + at);
                    a0 = TIsa.MultiplyAdd(a0, x, w1);
                    x = TIsa.LoadInputs<TSigned>(rows[2] + at, rows[11] + at);
                    a0 = TIsa.MultiplyAdd(a0, x, w2);
                    a1 = TIsa.MultiplyAdd(a1, x, w0);
                    x = TIsa.LoadInputs<TSigned>(rows[3] + at, rows[12] + at);
                    a1 = TIsa.MultiplyAdd(a1, x, w1);
                    x = TIsa.LoadInputs<TSigned>(rows[4] + at, rows[13] + at);
                    a1 = TIsa.MultiplyAdd(a1, x, w2);
                    a2 = TIsa.MultiplyAdd(a2, x, w0);
                    x = TIsa.LoadInputs<TSigned>(rows[5] + at, rows[14] + at);
                    a2 = TIsa.MultiplyAdd(a2, x, w1);
                    x = TIsa.LoadInputs<TSigned>(rows[6] + at, rows[15] + at);
                    a2 = TIsa.MultiplyAdd(a2, x, w2);
                    a3 = TIsa.MultiplyAdd(a3, x, w0);
                    x = TIsa.LoadInputs<TSigned>(rows[7] + at, rows[16] + at);
                    a3 = TIsa.MultiplyAdd(a3, x, w1);
                    x = TIsa.LoadInputs<TSigned>(rows[8] + at, rows[17] + at);
                    a3 = TIsa.MultiplyAdd(a3, x, w2);
                    rows += 18;
                    w += 3 * t->WeightStride;
                }
                if (ky == 1)
                {
                    TPair w0 = TIsa.LoadWeights(w);
                    TPair w1 = TIsa.LoadWeights(w + t->WeightStride);
                    TPair w2 = TIsa.LoadWeights(w + 2 * t->WeightStride);
                    TPair x = TIsa.LoadInput<TSigned>(rows[0] + at);
                    a0 = TIsa.MultiplyAddFirst(a0, x, w0);
                    x = TIsa.LoadInput<TSigned>(rows[1] + at);
                    a0 = TIsa.MultiplyAddFirst(a0, x, w1);
                    x = TIsa.LoadInput<TSigned>(rows[2] + at);
                    a0 = TIsa.MultiplyAddFirst(a0, x, w2);
                    a1 = TIsa.MultiplyAddFirst(a1, x, w0);
                    x = TIsa.LoadInput<TSigned>(rows[3] + at);
                    a1 = TIsa.MultiplyAddFirst(a1, x, w1);
                    x = TIsa.LoadInput<TSigned>(rows[4] + at);
                    a1 = TIsa.MultiplyAddFirst(a1, x, w2);
                    a2 = TIsa.MultiplyAddFirst(a2, x, w0);
                    x = TIsa.LoadInput<TSigned>(rows[5] + at);
                    a2 = TIsa.MultiplyAddFirst(a2, x, w1);
                    x = TIsa.LoadInput<TSigned>(rows[6] + at);
                    a2 = TIsa.MultiplyAddFirst(a2, x, w2);
                    a3 = TIsa.MultiplyAddFirst(a3, x, w0);
                    x = TIsa.LoadInput<TSigned>(rows[7] + at);
                    a3 = TIsa.MultiplyAddFirst(a3, x, w1);
                    x = TIsa.LoadInput<TSigned>(rows[8] + at);
                    a3 = TIsa.MultiplyAddFirst(a3, x, w2);
                }
                Store(t, unit, c, a0, a1, a2, a3);
            }
        }
        return (int)c;
    }

    /// <summary>Kernels 5 wide at stride 1: <c>[kernel rows][8]</c> addresses.</summary>
    [MethodImpl(Compile.Alone)]
    public static int Width5Stride1(DepthwiseArguments* t, int from)
    {
        nint c = from;
        for (int unit = 0; unit < t->Units; unit++)
        {
            for (c = from; c + TIsa.Lanes <= t->Channels; c += TIsa.Lanes)
            {
                nint at = t->Offset + unit * t->UnitStride + c;
                TAcc bias = TIsa.Load((int*)t->Bias + c);
                TAcc a0 = bias, a1 = bias, a2 = bias, a3 = bias;
                byte** rows = t->Rows;
                short* w = (short*)t->Weights + 2 * c;
                int ky = t->KernelRows;
                for (; ky > 1; ky -= 2)
                {
                    TPair w0 = TIsa.LoadWeights(w);
                    TPair w1 = TIsa.LoadWeights(w + t->WeightStride);
                    TPair w2 = TIsa.LoadWeights(w + 2 * t->WeightStride);
                    TPair w3 = TIsa.LoadWeights(w + 3 * t->WeightStride);
                    TPair w4 = TIsa.LoadWeights(w + 4 * t->WeightStride);
                    TPair x = TIsa.LoadInputs<TSigned>(rows[0] + at, rows[8] + at);
                    a0 = TIsa.MultiplyAdd(a0, x, w0);
                    x = TIsa.LoadInputs<TSigned>(rows[1] + at, rows[9] + at);
                    a0 = TIsa.MultiplyAdd(a0, x, w1);
                    a1 = TIsa.MultiplyAdd(a1, x, w0);
                    x = TIsa.LoadInputs<TSigned>(rows[2] + at, rows[10] + at);
                    a0 = TIsa.MultiplyAdd(a0, x, w2);
                    a1 = TIsa.MultiplyAdd(a1, x, w1);
                    a2 = TIsa.MultiplyAdd(a2, x, w0);
                    x = TIsa.LoadInputs<TSigned>(rows[3] + at, rows[11] + at);
                    a0 = TIsa.MultiplyAdd(a0, x, w3);
                    a1 = TIsa.MultiplyAdd(a1, x, w2);
                    a2 = TIsa.MultiplyAdd(a2, x, w1);
                    a3 = TIsa.MultiplyAdd(a3, x, w0);
                    x = TIsa.LoadInputs<TSigned>(rows[4] + at, rows[12] + at);
                    a0 = TIsa.MultiplyAdd(a0, x, w4);
                    a1 = TIsa.MultiplyAdd(a1, x, w3);
                    a2 = TIsa.MultiplyAdd(a2, x, w2);
                    a3 = TIsa.MultiplyAdd(a3, x, w1);
                    x = TIsa.LoadInputs<TSigned>(rows[5] + at, rows[13] + at);
                    a1 = TIsa.MultiplyAdd(a1, x, w4);
                    a2 = TIsa.MultiplyAdd(a2, x, w3);
                    a3 = TIsa.MultiplyAdd(a3, x, w2);
                    x = TIsa.LoadInputs<TSigned>(rows[6] + at, rows[14] + at);
                    a2 = TIsa.MultiplyAdd(a2, x, w4);
                    a3 = TIsa.MultiplyAdd(a3, x, w3);
                    x = TIsa.LoadInputs<TSigned>(rows[7] + at, rows[15] + at);
                    a3 = TIsa.MultiplyAdd(a3, x, w4);
                    rows += 16;
                    w += 5 * t->WeightStride;
                }
                if (ky == 1)
                {
                    TPair w0 = TIsa.LoadWeights(w);
                    TPair w1 = TIsa.LoadWeights(w + t->WeightStride);
                    TPair w2 = TIsa.LoadWeights(w + 2 * t->WeightStride);
                    TPair w3 = TIsa.LoadWeights(w + 3 * t->WeightStride);
                    TPair w4 = TIsa.LoadWeights(w + 4 * t->WeightStride);
                    TPair x = TIsa.LoadInput<TSigned>(rows[0] + at);
                    a0 = TIsa.MultiplyAddFirst(a0, x, w0);
                    x = TIsa.LoadInput<TSigned>(rows[1] + at);
                    a0 = TIsa.MultiplyAddFirst(a0, x, w1);
                    a1 = TIsa.MultiplyAddFirst(a1, x, w0);
                    x = TIsa.LoadInput<TSigned>(rows[2] + at);
                    a0 = TIsa.MultiplyAddFirst(a0, x, w2);
                    a1 = TIsa.MultiplyAddFirst(a1, x, w1);
                    a2 = TIsa.MultiplyAddFirst(a2, x, w0);
                    x = TIsa.LoadInput<TSigned>(rows[3] + at);
                    a0 = TIsa.MultiplyAddFirst(a0, x, w3);
                    a1 = TIsa.MultiplyAddFirst(a1, x, w2);
                    a2 = TIsa.MultiplyAddFirst(a2, x, w1);
                    a3 = TIsa.MultiplyAddFirst(a3, x, w0);
                    x = TIsa.LoadInput<TSigned>(rows[4] + at);
                    a0 = TIsa.MultiplyAddFirst(a0, x, w4);
                    a1 = TIsa.MultiplyAddFirst(a1, x, w3);
                    a2 = TIsa.MultiplyAddFirst(a2, x, w2);
                    a3 = TIsa.MultiplyAddFirst(a3, x, w1);
                    x = TIsa.LoadInput<TSigned>(rows[5] + at);
                    a1 = TIsa.MultiplyAddFirst(a1, x, w4);
                    a2 = TIsa.MultiplyAddFirst(a2, x, w3);
                    a3 = TIsa.MultiplyAddFirst(a3, x, w2);
                    x = TIsa.LoadInput<TSigned>(rows[6] + at);
                    a2 = TIsa.MultiplyAddFirst(a2, x, w4);
                    a3 = TIsa.MultiplyAddFirst(a3, x, w3);
                    x = TIsa.LoadInput<TSigned>(rows[7] + at);
                    a3 = TIsa.MultiplyAddFirst(a3, x, w4);
                }
                Store(t, unit, c, a0, a1, a2, a3);
            }
        }
        return (int)c;
    }

    /// <summary>Kernels 5 wide at stride 2: <c>[kernel rows][11]</c> addresses.</summary>
    [MethodImpl(Compile.Alone)]
    public static int Width5Stride2(DepthwiseArguments* t, int from)
    {
        nint c = from;
        for (int unit = 0; unit < t->Units; unit++)
        {
            for (c = from; c + TIsa.Lanes <= t->Channels; c += TIsa.Lanes)
            {
                nint at = t->Offset + unit * t->UnitStride + c;
                TAcc bias = TIsa.Load((int*)t->Bias + c);
                TAcc a0 = bias, a1 = bias, a2 = bias, a3 = bias;
                byte** rows = t->Rows;
                short* w = (short*)t->Weights + 2 * c;
                int ky = t->KernelRows;
                for (; ky > 1; ky -= 2)
                {
                    TPair w0 = TIsa.LoadWeights(w);
                    TPair w1 = TIsa.LoadWeights(w + t->WeightStride);
                    TPair w2 = TIsa.LoadWeights(w + 2 * t->WeightStride);
                    TPair w3 = TIsa.LoadWeights(w + 3 * t->WeightStride);
                    TPair w4 = TIsa.LoadWeights(w + 4 * t->WeightStride);
                    TPair x = TIsa.LoadInputs<TSigned>(rows[0] + at, rows[11] + at);
                    a0 = TIsa.MultiplyAdd(a0, x, w0);
                    x = TIsa.LoadInputs<TSigned>(rows[1] + at, rows[12] + at);
                    a0 = TIsa.MultiplyAdd(a0, x, w1);
                    x = TIsa.LoadInputs<TSigned>(rows[2] + at, rows[13] + at);
                    a0 = TIsa.MultiplyAdd(a0, x, w2);
                    a1 = TIsa.MultiplyAdd(a1, x, w0);
                    x = TIsa.LoadInputs<TSigned>(rows[3] + at, rows[14] + at);
                    a0 = TIsa.MultiplyAdd(a0, x, w3);
                    a1 = TIsa.MultiplyAdd(a1, x, w1);
                    x = TIsa.LoadInputs<TSigned>(rows[4] + at, rows[15] + at);
                    a0 = TIsa.MultiplyAdd(a0, x, w4);
                    a1 = TIsa.MultiplyAdd(a1, x, w2);
                    a2 = TIsa.MultiplyAdd(a2, x, w0);
                    x = TIsa.LoadInputs<TSigned>(rows[5] + at, rows[16] + at);
                    a1 = TIsa.MultiplyAdd(a1, x, w3);
                    a2 = TIsa.MultiplyAdd(a2, x, w1);
                    x = TIsa.LoadInputs<TSigned>(rows[6] + at, rows[17] + at);
                    a1 = TIsa.MultiplyAdd(a1, x, w4);
                    a2 = TIsa.MultiplyAdd(a2, x, w2);
                    a3 = TIsa.MultiplyAdd(a3, x, w0);
                    x = TIsa.LoadInputs<TSigned>(rows[7] + at, rows[18] + at);
                    a2 = TIsa.MultiplyAdd(a2, x, w3);
                    a3 = TIsa.MultiplyAdd(a3, x, w1);
                    x = TIsa.LoadInputs<TSigned>(rows[8] + at, rows[19] + at);
                    a2 = TIsa.MultiplyAdd(a2, x, w4);
                    a3 = TIsa.MultiplyAdd(a3, x, w2);
                    x = TIsa.LoadInputs<TSigned>(rows[9] + at, rows[20] + at);
                    a3 = TIsa.MultiplyAdd(a3, x, w3);
                    x = TIsa.LoadInputs<TSigned>(rows[10] + at, rows[21] + at);
                    a3 = TIsa.MultiplyAdd(a3, x, w4);
                    rows += 22;
                    w += 5 * t->WeightStride;
                }
                if (ky == 1)
                {
                    TPair w0 = TIsa.LoadWeights(w);
                    TPair w1 = TIsa.LoadWeights(w + t->WeightStride);
                    TPair w2 = TIsa.LoadWeights(w + 2 * t->WeightStride);
                    TPair w3 = TIsa.LoadWeights(w + 3 * t->WeightStride);
                    TPair w4 = TIsa.LoadWeights(w + 4 * t->WeightStride);
                    TPair x = TIsa.LoadInput<TSigned>(rows[0] + at);
                    a0 = TIsa.MultiplyAddFirst(a0, x, w0);
                    x = TIsa.LoadInput<TSigned>(rows[1] + at);
                    a0 = TIsa.MultiplyAddFirst(a0, x, w1);
                    x = TIsa.LoadInput<TSigned>(rows[2] + at);
                    a0 = TIsa.MultiplyAddFirst(a0, x, w2);
                    a1 = TIsa.MultiplyAddFirst(a1, x, w0);
                    x = TIsa.LoadInput<TSigned>(rows[3] + at);
                    a0 = TIsa.MultiplyAddFirst(a0, x, w3);
                    a1 = TIsa.MultiplyAddFirst(a1, x, w1);
                    x = TIsa.LoadInput<TSigned>(rows[4] + at);
                    a0 = TIsa.MultiplyAddFirst(a0, x, w4);
                    a1 = TIsa.MultiplyAddFirst(a1, x, w2);
                    a2 = TIsa.MultiplyAddFirst(a2, x, w0);
                    x = TIsa.LoadInput<TSigned>(rows[5] + at);
                    a1 = TIsa.MultiplyAddFirst(a1, x, w3);
                    a2 = TIsa.MultiplyAddFirst(a2, x, w1);
                    x = TIsa.LoadInput<TSigned>(rows[6] + at);
                    a1 = TIsa.MultiplyAddFirst(a1, x, w4);
                    a2 = TIsa.MultiplyAddFirst(a2, x, w2);
                    a3 = TIsa.MultiplyAddFirst(a3, x, w0);
                    x = TIsa.LoadInput<TSigned>(rows[7] + at);
                    a2 = TIsa.MultiplyAddFirst(a2, x, w3);
                    a3 = TIsa.MultiplyAddFirst(a3, x, w1);
                    x = TIsa.LoadInput<TSigned>(rows[8] + at);
                    a2 = TIsa.MultiplyAddFirst(a2, x, w4);
                    a3 = TIsa.MultiplyAddFirst(a3, x, w2);
                    x = TIsa.LoadInput<TSigned>(rows[9] + at);
                    a3 = TIsa.MultiplyAddFirst(a3, x, w3);
                    x = TIsa.LoadInput<TSigned>(rows[10] + at);
                    a3 = TIsa.MultiplyAddFirst(a3, x, w4);
                }
                Store(t, unit, c, a0, a1, a2, a3);
            }
        }
        return (int)c;
    }
}
