using System.Runtime.CompilerServices;

namespace Edge.Kernels.Generic.Depthwise;

/// <summary>
/// int8 depthwise kernels. A lane is a channel. Each takes channels <c>from … Channels − 1</c> as far as whole vectors go
/// and returns the first channel left over. Weights are <c>[pairs of taps][channels]</c>; which taps make a pair is said
/// at each kernel.
/// </summary>
internal static unsafe class DepthwiseInt8<TIsa, TAcc, TPair, TSigned, TRequantize>
    where TIsa : IPairLanes<TAcc, TPair>
    where TAcc : struct
    where TPair : struct
    where TSigned : IFlag
    where TRequantize : IFlag
{
    /// <summary>Any kernel: <c>[taps][4]</c> addresses, an even number of taps, each pair two taps that follow each other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int AnyKernel(DepthwiseArguments* t, int from)
    {
        nint c = from;
        for (; c + TIsa.Lanes <= t->Channels; c += TIsa.Lanes)
        {
            TAcc bias = TIsa.Load((int*)t->Bias + c);
            TAcc a0 = bias, a1 = bias, a2 = bias, a3 = bias;
            byte** rows = t->Rows;
            short* weights = (short*)t->Weights + 2 * c;
            for (int tap = t->Taps; tap > 0; tap -= 2)
            {
                TPair w = TIsa.LoadWeights(weights);
                a0 = TIsa.MultiplyAdd(a0, TIsa.LoadInputs<TSigned>(rows[0] + c, rows[4] + c), w);
                a1 = TIsa.MultiplyAdd(a1, TIsa.LoadInputs<TSigned>(rows[1] + c, rows[5] + c), w);
                a2 = TIsa.MultiplyAdd(a2, TIsa.LoadInputs<TSigned>(rows[2] + c, rows[6] + c), w);
                a3 = TIsa.MultiplyAdd(a3, TIsa.LoadInputs<TSigned>(rows[3] + c, rows[7] + c), w);
                rows += 2 * DepthwiseArguments.Pixels;
                weights += t->WeightStride;
            }
            Store(t, c, a0, a1, a2, a3);
        }
        return (int)c;
    }

    /// <summary>
    /// 3×3 at stride 1: <c>[3][6]</c> addresses. Pairs 0…2 hold the upper two rows of each kernel column, pairs 3…5 the
    /// lowest one, so that what is loaded of an input column serves up to three pixels.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int ThreeByThreeStride1(DepthwiseArguments* t, int from)
    {
        nint c = from, stride = t->WeightStride;
        byte** rows = t->Rows;
        for (; c + TIsa.Lanes <= t->Channels; c += TIsa.Lanes)
        {
            short* weights = (short*)t->Weights + 2 * c;
            TPair u0 = TIsa.LoadWeights(weights), u1 = TIsa.LoadWeights(weights + stride), u2 = TIsa.LoadWeights(weights + 2 * stride);
            weights += 3 * stride;
            TPair l0 = TIsa.LoadWeights(weights), l1 = TIsa.LoadWeights(weights + stride), l2 = TIsa.LoadWeights(weights + 2 * stride);
            TAcc bias = TIsa.Load((int*)t->Bias + c);
            TPair x = TIsa.LoadInputs<TSigned>(rows[0] + c, rows[6] + c), z = TIsa.LoadInput<TSigned>(rows[12] + c);
            TAcc a0 = Column(bias, x, u0, z, l0);
            x = TIsa.LoadInputs<TSigned>(rows[1] + c, rows[7] + c);
            z = TIsa.LoadInput<TSigned>(rows[13] + c);
            a0 = Column(a0, x, u1, z, l1);
            TAcc a1 = Column(bias, x, u0, z, l0);
            x = TIsa.LoadInputs<TSigned>(rows[2] + c, rows[8] + c);
            z = TIsa.LoadInput<TSigned>(rows[14] + c);
            a0 = Column(a0, x, u2, z, l2);
            a1 = Column(a1, x, u1, z, l1);
            TAcc a2 = Column(bias, x, u0, z, l0);
            x = TIsa.LoadInputs<TSigned>(rows[3] + c, rows[9] + c);
            z = TIsa.LoadInput<TSigned>(rows[15] + c);
            a1 = Column(a1, x, u2, z, l2);
            a2 = Column(a2, x, u1, z, l1);
            TAcc a3 = Column(bias, x, u0, z, l0);
            x = TIsa.LoadInputs<TSigned>(rows[4] + c, rows[10] + c);
            z = TIsa.LoadInput<TSigned>(rows[16] + c);
            a2 = Column(a2, x, u2, z, l2);
            a3 = Column(a3, x, u1, z, l1);
            x = TIsa.LoadInputs<TSigned>(rows[5] + c, rows[11] + c);
            z = TIsa.LoadInput<TSigned>(rows[17] + c);
            a3 = Column(a3, x, u2, z, l2);
            Store(t, c, a0, a1, a2, a3);
        }
        return (int)c;
    }

    /// <summary>3×3 at stride 2: <c>[3][9]</c> addresses; pairs as at stride 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int ThreeByThreeStride2(DepthwiseArguments* t, int from)
    {
        nint c = from, stride = t->WeightStride;
        byte** rows = t->Rows;
        for (; c + TIsa.Lanes <= t->Channels; c += TIsa.Lanes)
        {
            short* weights = (short*)t->Weights + 2 * c;
            TPair u0 = TIsa.LoadWeights(weights), u1 = TIsa.LoadWeights(weights + stride), u2 = TIsa.LoadWeights(weights + 2 * stride);
            weights += 3 * stride;
            TPair l0 = TIsa.LoadWeights(weights), l1 = TIsa.LoadWeights(weights + stride), l2 = TIsa.LoadWeights(weights + 2 * stride);
            TAcc bias = TIsa.Load((int*)t->Bias + c);
            TAcc a0 = Column(bias, TIsa.LoadInputs<TSigned>(rows[0] + c, rows[9] + c), u0, TIsa.LoadInput<TSigned>(rows[18] + c), l0);
            a0 = Column(a0, TIsa.LoadInputs<TSigned>(rows[1] + c, rows[10] + c), u1, TIsa.LoadInput<TSigned>(rows[19] + c), l1);
            TPair x = TIsa.LoadInputs<TSigned>(rows[2] + c, rows[11] + c), z = TIsa.LoadInput<TSigned>(rows[20] + c);
            a0 = Column(a0, x, u2, z, l2);
            TAcc a1 = Column(bias, x, u0, z, l0);
            a1 = Column(a1, TIsa.LoadInputs<TSigned>(rows[3] + c, rows[12] + c), u1, TIsa.LoadInput<TSigned>(rows[21] + c), l1);
            x = TIsa.LoadInputs<TSigned>(rows[4] + c, rows[13] + c);
            z = TIsa.LoadInput<TSigned>(rows[22] + c);
            a1 = Column(a1, x, u2, z, l2);
            TAcc a2 = Column(bias, x, u0, z, l0);
            a2 = Column(a2, TIsa.LoadInputs<TSigned>(rows[5] + c, rows[14] + c), u1, TIsa.LoadInput<TSigned>(rows[23] + c), l1);
            x = TIsa.LoadInputs<TSigned>(rows[6] + c, rows[15] + c);
            z = TIsa.LoadInput<TSigned>(rows[24] + c);
            a2 = Column(a2, x, u2, z, l2);
            TAcc a3 = Column(bias, x, u0, z, l0);
            a3 = Column(a3, TIsa.LoadInputs<TSigned>(rows[7] + c, rows[16] + c), u1, TIsa.LoadInput<TSigned>(rows[25] + c), l1);
            a3 = Column(a3, TIsa.LoadInputs<TSigned>(rows[8] + c, rows[17] + c), u2, TIsa.LoadInput<TSigned>(rows[26] + c), l2);
            Store(t, c, a0, a1, a2, a3);
        }
        return (int)c;
    }

    /// <summary>One kernel column: two taps of <paramref name="x"/>, one of <paramref name="z"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TAcc Column(TAcc acc, TPair x, TPair upper, TPair z, TPair lower) => TIsa.MultiplyAddFirst(TIsa.MultiplyAdd(acc, x, upper), z, lower);

    /// <summary>The last pixel is stored first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(DepthwiseArguments* t, nint c, TAcc a0, TAcc a1, TAcc a2, TAcc a3)
    {
        if (TRequantize.IsSet)
        {
            TIsa.StoreBytes(a3, (byte*)t->Y3 + c, t->Scale + c, t->Low, t->High, t->ZeroPoint);
            TIsa.StoreBytes(a2, (byte*)t->Y2 + c, t->Scale + c, t->Low, t->High, t->ZeroPoint);
            TIsa.StoreBytes(a1, (byte*)t->Y1 + c, t->Scale + c, t->Low, t->High, t->ZeroPoint);
            TIsa.StoreBytes(a0, (byte*)t->Y0 + c, t->Scale + c, t->Low, t->High, t->ZeroPoint);
        }
        else
        {
            TIsa.Store(a3, (int*)t->Y3 + c);
            TIsa.Store(a2, (int*)t->Y2 + c);
            TIsa.Store(a1, (int*)t->Y1 + c);
            TIsa.Store(a0, (int*)t->Y0 + c);
        }
    }
}
