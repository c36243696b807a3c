using System.Runtime.CompilerServices;

namespace Edge.Kernels.Generic.Winograd;

/// <summary>
/// The transforms of F(m×m, 3×3): those of one dimension, on rows first and then on columns. A lane is a channel. Each takes
/// channels from the given one on as far as whole vectors go and returns the first channel left over.
/// </summary>
internal static unsafe class WinogradTransforms<TWinograd, TIsa, TVec>
    where TWinograd : IWinograd
    where TIsa : ILanesF32<TVec>
    where TVec : struct
{
    [MethodImpl(Compile.Alone)]
    public static int Input(WinogradInput* t, int from)
    {
        int n = TWinograd.Outputs + 2;
        bool inside = t->Inside.IsWhole(n);
        nint c = from, tempRow = n * TIsa.Lanes;
        for (; c + TIsa.Lanes <= t->Channels; c += TIsa.Lanes)
        {
            if (inside) Rows(t, t->X + c);
            else RowsWithPadding(t, t->X + c);
            for (int j = 0; j < n; j++) TWinograd.Input<TIsa, TVec, Yes>(t->Temporary + j * TIsa.Lanes, tempRow, 0, n, t->Planes + c + j * t->PlaneStep, n * t->PlaneStep);
        }
        return (int)c;
    }

    /// <summary>All that a vector of channels reads of the residual's pixel is read before the pixel is written.</summary>
    [MethodImpl(Compile.Alone)]
    public static int Output(WinogradOutput* t, int from)
    {
        int m = TWinograd.Outputs, n = m + 2;
        nint c = from, tempRow = m * TIsa.Lanes;
        TVec low = TIsa.Create(t->Low), high = TIsa.Create(t->High);
        for (; c + TIsa.Lanes <= t->Channels; c += TIsa.Lanes)
        {
            float* to = t->Temporary;
            for (int i = 0; i < n; i++, to += tempRow)
            {
                TWinograd.Output<TIsa, TVec>(t->Planes + c + i * n * t->PlaneStep, t->PlaneStep, out TVec y0, out TVec y1, out TVec y2, out TVec y3);
                TIsa.Store(y0, to);
                TIsa.Store(y1, to + TIsa.Lanes);
                if (m == 2) continue;
                TIsa.Store(y2, to + 2 * TIsa.Lanes);
                TIsa.Store(y3, to + 3 * TIsa.Lanes);
            }

            TVec bias = TIsa.Load(t->Bias + c);
            for (int x = 0; x < t->Columns; x++)
            {
                TWinograd.Output<TIsa, TVec>(t->Temporary + x * TIsa.Lanes, tempRow, out TVec y0, out TVec y1, out TVec y2, out TVec y3);
                nint at = x * t->PixelStep + c;
                Finish(t, at, y0, bias, low, high);
                if (t->Rows > 1) Finish(t, at + t->RowStep, y1, bias, low, high);
                if (m == 2) continue;
                if (t->Rows > 2) Finish(t, at + 2 * t->RowStep, y2, bias, low, high);
                if (t->Rows > 3) Finish(t, at + 3 * t->RowStep, y3, bias, low, high);
            }
        }
        return (int)c;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rows(WinogradInput* t, float* x)
    {
        int n = TWinograd.Outputs + 2;
        float* to = t->Temporary;
        for (int i = 0; i < n; i++, x += t->RowStep, to += n * TIsa.Lanes) TWinograd.Input<TIsa, TVec, Yes>(x, t->PixelStep, 0, n, to, TIsa.Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RowsWithPadding(WinogradInput* t, float* x)
    {
        int n = TWinograd.Outputs + 2;
        float* to = t->Temporary;
        for (int i = 0; i < n; i++, x += t->RowStep, to += n * TIsa.Lanes)
        {
            if (i >= t->Inside.FirstRow && i < t->Inside.UntilRow) TWinograd.Input<TIsa, TVec, No>(x, t->PixelStep, t->Inside.FirstColumn, t->Inside.UntilColumn, to, TIsa.Lanes);
            else for (int j = 0; j < n; j++) TIsa.Store(default, to + j * TIsa.Lanes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(WinogradOutput* t, nint at, TVec v, TVec bias, TVec low, TVec high)
    {
        v = TIsa.Add(v, bias);
        if (t->Residual != null) v = TIsa.Add(v, TIsa.Load(t->Residual + at));
        TIsa.Store(TIsa.AtMost(high, TIsa.AtLeast(low, v)), t->Y + at);
    }
}
