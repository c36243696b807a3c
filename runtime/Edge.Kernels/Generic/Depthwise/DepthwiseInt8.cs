using System.Runtime.CompilerServices;

namespace Edge.Kernels.Generic.Depthwise;

/// <summary>
/// int8 depthwise kernels. A lane is a channel. Each takes channels <c>from … Channels − 1</c> of every unit as far as
/// whole vectors go and returns the first channel left over. Weights are <c>[pairs of taps][channels]</c>: see
/// <see cref="DepthwiseLayout.TapPairs"/>.
/// </summary>
internal static unsafe partial class DepthwiseInt8<TIsa, TAcc, TPair, TSigned, TRequantize>
    where TIsa : IPairLanes<TAcc, TPair>
    where TAcc : struct
    where TPair : struct
    where TSigned : IFlag
    where TRequantize : IFlag
{
    /// <summary>Any kernel: <c>[taps][4]</c> addresses, of an even number of taps.</summary>
    [MethodImpl(Compile.Alone)]
    public static int AnyKernel(DepthwiseArguments* t, int from)
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
                short* weights = (short*)t->Weights + 2 * c;
                for (int tap = t->Taps; tap > 0; tap -= 2)
                {
                    TPair w = TIsa.LoadWeights(weights);
                    a0 = TIsa.MultiplyAdd(a0, TIsa.LoadInputs<TSigned>(rows[0] + at, rows[4] + at), w);
                    a1 = TIsa.MultiplyAdd(a1, TIsa.LoadInputs<TSigned>(rows[1] + at, rows[5] + at), w);
                    a2 = TIsa.MultiplyAdd(a2, TIsa.LoadInputs<TSigned>(rows[2] + at, rows[6] + at), w);
                    a3 = TIsa.MultiplyAdd(a3, TIsa.LoadInputs<TSigned>(rows[3] + at, rows[7] + at), w);
                    rows += 2 * DepthwiseArguments.Pixels;
                    weights += t->WeightStride;
                }
                Store(t, unit, c, a0, a1, a2, a3);
            }
        }
        return (int)c;
    }

    /// <summary>The last pixel is stored first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(DepthwiseArguments* t, int unit, nint c, TAcc a0, TAcc a1, TAcc a2, TAcc a3)
    {
        nint at = unit * t->UnitStrideY;
        if (TRequantize.IsSet) TIsa.StorePixels(a0, a1, a2, a3, t->Y0 + at + c, t->Y1 + at + c, t->Y2 + at + c, t->Y3 + at + c, t->Scale + c, t->Low, t->High, t->ZeroPoint);
        else
        {
            TIsa.Store(a3, (int*)(t->Y3 + at) + c);
            TIsa.Store(a2, (int*)(t->Y2 + at) + c);
            TIsa.Store(a1, (int*)(t->Y1 + at) + c);
            TIsa.Store(a0, (int*)(t->Y0 + at) + c);
        }
    }
}
