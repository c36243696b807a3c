using System.Runtime.CompilerServices;

namespace Edge.Kernels.Generic.Depthwise;

/// <summary>
/// float32 depthwise kernels. A lane is a channel. Each takes channels <c>from … Channels − 1</c> as far as whole vectors
/// go and returns the first channel left over. All that a vector of channels reads is read before any of it is written.
/// </summary>
internal static unsafe class DepthwiseF32<TIsa, TVec>
    where TIsa : ILanesF32<TVec>
    where TVec : struct
{
    /// <summary>Any kernel: <c>[taps][4]</c> addresses.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int AnyKernel(DepthwiseArguments* t, int from)
    {
        nint c = from;
        for (; c + TIsa.Lanes <= t->Channels; c += TIsa.Lanes)
        {
            TVec bias = TIsa.Load((float*)t->Bias + c);
            TVec a0 = bias, a1 = bias, a2 = bias, a3 = bias;
            if (t->HasResidual) AddResidual(t, c, ref a0, ref a1, ref a2, ref a3);
            byte** rows = t->Rows;
            float* w = (float*)t->Weights + c;
            for (int tap = t->Taps; tap > 0; tap--)
            {
                TVec v = TIsa.Load(w);
                a0 = TIsa.MultiplyAdd(a0, TIsa.Load((float*)rows[0] + c), v);
                a1 = TIsa.MultiplyAdd(a1, TIsa.Load((float*)rows[1] + c), v);
                a2 = TIsa.MultiplyAdd(a2, TIsa.Load((float*)rows[2] + c), v);
                a3 = TIsa.MultiplyAdd(a3, TIsa.Load((float*)rows[3] + c), v);
                rows += DepthwiseArguments.Pixels;
                w += t->WeightStride;
            }
            Store(t, c, a0, a1, a2, a3);
        }
        return (int)c;
    }

    /// <summary>3×3 at stride 1: of 6 neighbouring input pixels a row, <c>[3][6]</c> addresses, each is loaded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int ThreeByThreeStride1(DepthwiseArguments* t, int from)
    {
        nint c = from;
        for (; c + TIsa.Lanes <= t->Channels; c += TIsa.Lanes)
        {
            TVec bias = TIsa.Load((float*)t->Bias + c);
            TVec a0 = bias, a1 = bias, a2 = bias, a3 = bias;
            if (t->HasResidual) AddResidual(t, c, ref a0, ref a1, ref a2, ref a3);
            byte** rows = t->Rows;
            float* w = (float*)t->Weights + c;
            for (int ky = 3; ky > 0; ky--)
            {
                TVec w0 = TIsa.Load(w), w1 = TIsa.Load(w + t->WeightStride), w2 = TIsa.Load(w + 2 * t->WeightStride);
                TVec v = TIsa.Load((float*)rows[0] + c);
                a0 = TIsa.MultiplyAdd(a0, v, w0);
                v = TIsa.Load((float*)rows[1] + c);
                a0 = TIsa.MultiplyAdd(a0, v, w1);
                a1 = TIsa.MultiplyAdd(a1, v, w0);
                v = TIsa.Load((float*)rows[2] + c);
                a0 = TIsa.MultiplyAdd(a0, v, w2);
                a1 = TIsa.MultiplyAdd(a1, v, w1);
                a2 = TIsa.MultiplyAdd(a2, v, w0);
                v = TIsa.Load((float*)rows[3] + c);
                a1 = TIsa.MultiplyAdd(a1, v, w2);
                a2 = TIsa.MultiplyAdd(a2, v, w1);
                a3 = TIsa.MultiplyAdd(a3, v, w0);
                v = TIsa.Load((float*)rows[4] + c);
                a2 = TIsa.MultiplyAdd(a2, v, w2);
                a3 = TIsa.MultiplyAdd(a3, v, w1);
                v = TIsa.Load((float*)rows[5] + c);
                a3 = TIsa.MultiplyAdd(a3, v, w2);
                rows += 6;
                w += 3 * t->WeightStride;
            }
            Store(t, c, a0, a1, a2, a3);
        }
        return (int)c;
    }

    /// <summary>3×3 at stride 2: of 9 neighbouring input pixels a row, <c>[3][9]</c> addresses, each is loaded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int ThreeByThreeStride2(DepthwiseArguments* t, int from)
    {
        nint c = from;
        for (; c + TIsa.Lanes <= t->Channels; c += TIsa.Lanes)
        {
            TVec bias = TIsa.Load((float*)t->Bias + c);
            TVec a0 = bias, a1 = bias, a2 = bias, a3 = bias;
            if (t->HasResidual) AddResidual(t, c, ref a0, ref a1, ref a2, ref a3);
            byte** rows = t->Rows;
            float* w = (float*)t->Weights + c;
            for (int ky = 3; ky > 0; ky--)
            {
                TVec w0 = TIsa.Load(w), w1 = TIsa.Load(w + t->WeightStride), w2 = TIsa.Load(w + 2 * t->WeightStride);
                a0 = TIsa.MultiplyAdd(a0, TIsa.Load((float*)rows[0] + c), w0);
                a0 = TIsa.MultiplyAdd(a0, TIsa.Load((float*)rows[1] + c), w1);
                TVec v = TIsa.Load((float*)rows[2] + c);
                a0 = TIsa.MultiplyAdd(a0, v, w2);
                a1 = TIsa.MultiplyAdd(a1, v, w0);
                a1 = TIsa.MultiplyAdd(a1, TIsa.Load((float*)rows[3] + c), w1);
                v = TIsa.Load((float*)rows[4] + c);
                a1 = TIsa.MultiplyAdd(a1, v, w2);
                a2 = TIsa.MultiplyAdd(a2, v, w0);
                a2 = TIsa.MultiplyAdd(a2, TIsa.Load((float*)rows[5] + c), w1);
                v = TIsa.Load((float*)rows[6] + c);
                a2 = TIsa.MultiplyAdd(a2, v, w2);
                a3 = TIsa.MultiplyAdd(a3, v, w0);
                a3 = TIsa.MultiplyAdd(a3, TIsa.Load((float*)rows[7] + c), w1);
                a3 = TIsa.MultiplyAdd(a3, TIsa.Load((float*)rows[8] + c), w2);
                rows += 9;
                w += 3 * t->WeightStride;
            }
            Store(t, c, a0, a1, a2, a3);
        }
        return (int)c;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddResidual(DepthwiseArguments* t, nint c, ref TVec a0, ref TVec a1, ref TVec a2, ref TVec a3)
    {
        a0 = TIsa.Add(a0, TIsa.Load((float*)((byte*)t->Y0 + t->ResidualOffset) + c));
        a1 = TIsa.Add(a1, TIsa.Load((float*)((byte*)t->Y1 + t->ResidualOffset) + c));
        a2 = TIsa.Add(a2, TIsa.Load((float*)((byte*)t->Y2 + t->ResidualOffset) + c));
        a3 = TIsa.Add(a3, TIsa.Load((float*)((byte*)t->Y3 + t->ResidualOffset) + c));
    }

    /// <summary>Clamps and stores, the last pixel first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(DepthwiseArguments* t, nint c, TVec a0, TVec a1, TVec a2, TVec a3)
    {
        TVec low = TIsa.Create(t->Low), high = TIsa.Create(t->High);
        TIsa.Store(TIsa.AtMost(high, TIsa.AtLeast(low, a3)), (float*)t->Y3 + c);
        TIsa.Store(TIsa.AtMost(high, TIsa.AtLeast(low, a2)), (float*)t->Y2 + c);
        TIsa.Store(TIsa.AtMost(high, TIsa.AtLeast(low, a1)), (float*)t->Y1 + c);
        TIsa.Store(TIsa.AtMost(high, TIsa.AtLeast(low, a0)), (float*)t->Y0 + c);
    }
}
