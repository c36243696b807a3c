using System.Runtime.CompilerServices;

namespace Edge.Kernels.Generic.Depthwise;

/// <summary>
/// float32 depthwise kernels. A lane is a channel. Each takes channels <c>from … Channels − 1</c> of every unit as far as
/// whole vectors go and returns the first channel left over. All that a vector of channels reads is read before any of
/// it is written.
/// </summary>
internal static unsafe class DepthwiseF32<TIsa, TVec>
    where TIsa : ILanesF32<TVec>
    where TVec : struct
{
    /// <summary>Any kernel: <c>[taps][4]</c> addresses.</summary>
    [MethodImpl(Compile.Alone)]
    public static int AnyKernel(DepthwiseArguments* t, int from)
    {
        nint c = from;
        for (int unit = 0; unit < t->Units; unit++)
        {
            for (c = from; c + TIsa.Lanes <= t->Channels; c += TIsa.Lanes)
            {
                nint at = t->Offset + unit * t->UnitStride + c * sizeof(float);
                TVec bias = TIsa.Load((float*)t->Bias + c);
                TVec a0 = bias, a1 = bias, a2 = bias, a3 = bias;
                if (t->HasResidual) AddResidual(t, unit, c, ref a0, ref a1, ref a2, ref a3);
                byte** rows = t->Rows;
                float* w = (float*)t->Weights + c;
                for (int tap = t->Taps; tap > 0; tap--)
                {
                    TVec v = TIsa.Load(w);
                    a0 = TIsa.MultiplyAdd(a0, TIsa.Load((float*)(rows[0] + at)), v);
                    a1 = TIsa.MultiplyAdd(a1, TIsa.Load((float*)(rows[1] + at)), v);
                    a2 = TIsa.MultiplyAdd(a2, TIsa.Load((float*)(rows[2] + at)), v);
                    a3 = TIsa.MultiplyAdd(a3, TIsa.Load((float*)(rows[3] + at)), v);
                    rows += DepthwiseArguments.Pixels;
                    w += t->WeightStride;
                }
                Store(t, unit, c, a0, a1, a2, a3);
            }
        }
        return (int)c;
    }

    /// <summary>Kernels 3 wide at stride 1: of 6 neighbouring input pixels a row, <c>[kernel rows][6]</c> addresses, each is loaded once.</summary>
    [MethodImpl(Compile.Alone)]
    public static int Width3Stride1(DepthwiseArguments* t, int from)
    {
        nint c = from;
        for (int unit = 0; unit < t->Units; unit++)
        {
            for (c = from; c + TIsa.Lanes <= t->Channels; c += TIsa.Lanes)
            {
                nint at = t->Offset + unit * t->UnitStride + c * sizeof(float);
                TVec bias = TIsa.Load((float*)t->Bias + c);
                TVec a0 = bias, a1 = bias, a2 = bias, a3 = bias;
                if (t->HasResidual) AddResidual(t, unit, c, ref a0, ref a1, ref a2, ref a3);
                byte** rows = t->Rows;
                float* w = (float*)t->Weights + c;
                for (int ky = t->KernelRows; ky > 0; ky--)
                {
                    TVec w0 = TIsa.Load(w);
                    TVec w1 = TIsa.Load(w + t->WeightStride);
                    TVec w2 = TIsa.Load(w + 2 * t->WeightStride);
                    TVec v = TIsa.Load((float*)(rows[0] + at));
                    a0 = TIsa.MultiplyAdd(a0, v, w0);
                    v = TIsa.Load((float*)(rows[1] + at));
                    a0 = TIsa.MultiplyAdd(a0, v, w1);
                    a1 = TIsa.MultiplyAdd(a1, v, w0);
                    v = TIsa.Load((float*)(rows[2] + at));
                    a0 = TIsa.MultiplyAdd(a0, v, w2);
                    a1 = TIsa.MultiplyAdd(a1, v, w1);
                    a2 = TIsa.MultiplyAdd(a2, v, w0);
                    v = TIsa.Load((float*)(rows[3] + at));
                    a1 = TIsa.MultiplyAdd(a1, v, w2);
                    a2 = TIsa.MultiplyAdd(a2, v, w1);
                    a3 = TIsa.MultiplyAdd(a3, v, w0);
                    v = TIsa.Load((float*)(rows[4] + at));
                    a2 = TIsa.MultiplyAdd(a2, v, w2);
                    a3 = TIsa.MultiplyAdd(a3, v, w1);
                    v = TIsa.Load((float*)(rows[5] + at));
                    a3 = TIsa.MultiplyAdd(a3, v, w2);
                    rows += 6;
                    w += 3 * t->WeightStride;
                }
                Store(t, unit, c, a0, a1, a2, a3);
            }
        }
        return (int)c;
    }

    /// <summary>Kernels 3 wide at stride 2: of 9 neighbouring input pixels a row, <c>[kernel rows][9]</c> addresses, each is loaded once.</summary>
    [MethodImpl(Compile.Alone)]
    public static int Width3Stride2(DepthwiseArguments* t, int from)
    {
        nint c = from;
        for (int unit = 0; unit < t->Units; unit++)
        {
            for (c = from; c + TIsa.Lanes <= t->Channels; c += TIsa.Lanes)
            {
                nint at = t->Offset + unit * t->UnitStride + c * sizeof(float);
                TVec bias = TIsa.Load((float*)t->Bias + c);
                TVec a0 = bias, a1 = bias, a2 = bias, a3 = bias;
                if (t->HasResidual) AddResidual(t, unit, c, ref a0, ref a1, ref a2, ref a3);
                byte** rows = t->Rows;
                float* w = (float*)t->Weights + c;
                for (int ky = t->KernelRows; ky > 0; ky--)
                {
                    TVec w0 = TIsa.Load(w);
                    TVec w1 = TIsa.Load(w + t->WeightStride);
                    TVec w2 = TIsa.Load(w + 2 * t->WeightStride);
                    TVec v = TIsa.Load((float*)(rows[0] + at));
                    a0 = TIsa.MultiplyAdd(a0, v, w0);
                    v = TIsa.Load((float*)(rows[1] + at));
                    a0 = TIsa.MultiplyAdd(a0, v, w1);
                    v = TIsa.Load((float*)(rows[2] + at));
                    a0 = TIsa.MultiplyAdd(a0, v, w2);
                    a1 = TIsa.MultiplyAdd(a1, v, w0);
                    v = TIsa.Load((float*)(rows[3] + at));
                    a1 = TIsa.MultiplyAdd(a1, v, w1);
                    v = TIsa.Load((float*)(rows[4] + at));
                    a1 = TIsa.MultiplyAdd(a1, v, w2);
                    a2 = TIsa.MultiplyAdd(a2, v, w0);
                    v = TIsa.Load((float*)(rows[5] + at));
                    a2 = TIsa.MultiplyAdd(a2, v, w1);
                    v = TIsa.Load((float*)(rows[6] + at));
                    a2 = TIsa.MultiplyAdd(a2, v, w2);
                    a3 = TIsa.MultiplyAdd(a3, v, w0);
                    v = TIsa.Load((float*)(rows[7] + at));
                    a3 = TIsa.MultiplyAdd(a3, v, w1);
                    v = TIsa.Load((float*)(rows[8] + at));
                    a3 = TIsa.MultiplyAdd(a3, v, w2);
                    rows += 9;
                    w += 3 * t->WeightStride;
                }
                Store(t, unit, c, a0, a1, a2, a3);
            }
        }
        return (int)c;
    }

    /// <summary>Kernels 5 wide at stride 1: of 8 neighbouring input pixels a row, <c>[kernel rows][8]</c> addresses, each is loaded once.</summary>
    [MethodImpl(Compile.Alone)]
    public static int Width5Stride1(DepthwiseArguments* t, int from)
    {
        nint c = from;
        for (int unit = 0; unit < t->Units; unit++)
        {
            for (c = from; c + TIsa.Lanes <= t->Channels; c += TIsa.Lanes)
            {
                nint at = t->Offset + unit * t->UnitStride + c * sizeof(float);
                TVec bias = TIsa.Load((float*)t->Bias + c);
                TVec a0 = bias, a1 = bias, a2 = bias, a3 = bias;
                if (t->HasResidual) AddResidual(t, unit, c, ref a0, ref a1, ref a2, ref a3);
                byte** rows = t->Rows;
                float* w = (float*)t->Weights + c;
                for (int ky = t->KernelRows; ky > 0; ky--)
                {
                    TVec w0 = TIsa.Load(w);
                    TVec w1 = TIsa.Load(w + t->WeightStride);
                    TVec w2 = TIsa.Load(w + 2 * t->WeightStride);
                    TVec w3 = TIsa.Load(w + 3 * t->WeightStride);
                    TVec w4 = TIsa.Load(w + 4 * t->WeightStride);
                    TVec v = TIsa.Load((float*)(rows[0] + at));
                    a0 = TIsa.MultiplyAdd(a0, v, w0);
                    v = TIsa.Load((float*)(rows[1] + at));
                    a0 = TIsa.MultiplyAdd(a0, v, w1);
                    a1 = TIsa.MultiplyAdd(a1, v, w0);
                    v = TIsa.Load((float*)(rows[2] + at));
                    a0 = TIsa.MultiplyAdd(a0, v, w2);
                    a1 = TIsa.MultiplyAdd(a1, v, w1);
                    a2 = TIsa.MultiplyAdd(a2, v, w0);
                    v = TIsa.Load((float*)(rows[3] + at));
                    a0 = TIsa.MultiplyAdd(a0, v, w3);
                    a1 = TIsa.MultiplyAdd(a1, v, w2);
                    a2 = TIsa.MultiplyAdd(a2, v, w1);
                    a3 = TIsa.MultiplyAdd(a3, v, w0);
                    v = TIsa.Load((float*)(rows[4] + at));
                    a0 = TIsa.MultiplyAdd(a0, v, w4);
                    a1 = TIsa.MultiplyAdd(a1, v, w3);
                    a2 = TIsa.MultiplyAdd(a2, v, w2);
                    a3 = TIsa.MultiplyAdd(a3, v, w1);
                    v = TIsa.Load((float*)(rows[5] + at));
                    a1 = TIsa.MultiplyAdd(a1, v, w4);
                    a2 = TIsa.MultiplyAdd(a2, v, w3);
                    a3 = TIsa.MultiplyAdd(a3, v, w2);
                    v = TIsa.Load((float*)(rows[6] + at));
                    a2 = TIsa.MultiplyAdd(a2, v, w4);
                    a3 = TIsa.MultiplyAdd(a3, v, w3);
                    v = TIsa.Load((float*)(rows[7] + at));
                    a3 = TIsa.MultiplyAdd(a3, v, w4);
                    rows += 8;
                    w += 5 * t->WeightStride;
                }
                Store(t, unit, c, a0, a1, a2, a3);
            }
        }
        return (int)c;
    }

    /// <summary>Kernels 5 wide at stride 2: of 11 neighbouring input pixels a row, <c>[kernel rows][11]</c> addresses, each is loaded once.</summary>
    [MethodImpl(Compile.Alone)]
    public static int Width5Stride2(DepthwiseArguments* t, int from)
    {
        nint c = from;
        for (int unit = 0; unit < t->Units; unit++)
        {
            for (c = from; c + TIsa.Lanes <= t->Channels; c += TIsa.Lanes)
            {
                nint at = t->Offset + unit * t->UnitStride + c * sizeof(float);
                TVec bias = TIsa.Load((float*)t->Bias + c);
                TVec a0 = bias, a1 = bias, a2 = bias, a3 = bias;
                if (t->HasResidual) AddResidual(t, unit, c, ref a0, ref a1, ref a2, ref a3);
                byte** rows = t->Rows;
                float* w = (float*)t->Weights + c;
                for (int ky = t->KernelRows; ky > 0; ky--)
                {
                    TVec w0 = TIsa.Load(w);
                    TVec w1 = TIsa.Load(w + t->WeightStride);
                    TVec w2 = TIsa.Load(w + 2 * t->WeightStride);
                    TVec w3 = TIsa.Load(w + 3 * t->WeightStride);
                    TVec w4 = TIsa.Load(w + 4 * t->WeightStride);
                    TVec v = TIsa.Load((float*)(rows[0] + at));
                    a0 = TIsa.MultiplyAdd(a0, v, w0);
                    v = TIsa.Load((float*)(rows[1] + at));
                    a0 = TIsa.MultiplyAdd(a0, v, w1);
                    v = TIsa.Load((float*)(rows[2] + at));
                    a0 = TIsa.MultiplyAdd(a0, v, w2);
                    a1 = TIsa.MultiplyAdd(a1, v, w0);
                    v = TIsa.Load((float*)(rows[3] + at));
                    a0 = TIsa.MultiplyAdd(a0, v, w3);
                    a1 = TIsa.MultiplyAdd(a1, v, w1);
                    v = TIsa.Load((float*)(rows[4] + at));
                    a0 = TIsa.MultiplyAdd(a0, v, w4);
                    a1 = TIsa.MultiplyAdd(a1, v, w2);
                    a2 = TIsa.MultiplyAdd(a2, v, w0);
                    v = TIsa.Load((float*)(rows[5] + at));
                    a1 = TIsa.MultiplyAdd(a1, v, w3);
                    a2 = TIsa.MultiplyAdd(a2, v, w1);
                    v = TIsa.Load((float*)(rows[6] + at));
                    a1 = TIsa.MultiplyAdd(a1, v, w4);
                    a2 = TIsa.MultiplyAdd(a2, v, w2);
                    a3 = TIsa.MultiplyAdd(a3, v, w0);
                    v = TIsa.Load((float*)(rows[7] + at));
                    a2 = TIsa.MultiplyAdd(a2, v, w3);
                    a3 = TIsa.MultiplyAdd(a3, v, w1);
                    v = TIsa.Load((float*)(rows[8] + at));
                    a2 = TIsa.MultiplyAdd(a2, v, w4);
                    a3 = TIsa.MultiplyAdd(a3, v, w2);
                    v = TIsa.Load((float*)(rows[9] + at));
                    a3 = TIsa.MultiplyAdd(a3, v, w3);
                    v = TIsa.Load((float*)(rows[10] + at));
                    a3 = TIsa.MultiplyAdd(a3, v, w4);
                    rows += 11;
                    w += 5 * t->WeightStride;
                }
                Store(t, unit, c, a0, a1, a2, a3);
            }
        }
        return (int)c;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddResidual(DepthwiseArguments* t, int unit, nint c, ref TVec a0, ref TVec a1, ref TVec a2, ref TVec a3)
    {
        nint at = t->ResidualOffset + unit * t->UnitStrideY;
        a0 = TIsa.Add(a0, TIsa.Load((float*)(t->Y0 + at) + c));
        a1 = TIsa.Add(a1, TIsa.Load((float*)(t->Y1 + at) + c));
        a2 = TIsa.Add(a2, TIsa.Load((float*)(t->Y2 + at) + c));
        a3 = TIsa.Add(a3, TIsa.Load((float*)(t->Y3 + at) + c));
    }

    /// <summary>Clamps and stores, the last pixel first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(DepthwiseArguments* t, int unit, nint c, TVec a0, TVec a1, TVec a2, TVec a3)
    {
        nint at = unit * t->UnitStrideY;
        TVec low = TIsa.Create(t->Low), high = TIsa.Create(t->High);
        TIsa.Store(TIsa.AtMost(high, TIsa.AtLeast(low, a3)), (float*)(t->Y3 + at) + c);
        TIsa.Store(TIsa.AtMost(high, TIsa.AtLeast(low, a2)), (float*)(t->Y2 + at) + c);
        TIsa.Store(TIsa.AtMost(high, TIsa.AtLeast(low, a1)), (float*)(t->Y1 + at) + c);
        TIsa.Store(TIsa.AtMost(high, TIsa.AtLeast(low, a0)), (float*)(t->Y0 + at) + c);
    }
}
