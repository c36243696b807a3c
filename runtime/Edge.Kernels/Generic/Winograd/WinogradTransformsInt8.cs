using System.Runtime.CompilerServices;
using Edge.Kernels.Generic.Gemm;

namespace Edge.Kernels.Generic.Winograd;

/// <summary>As <see cref="WinogradTransforms{TWinograd,TIsa,TVec}"/>, of bytes.</summary>
internal static unsafe class WinogradTransformsInt8<TWinograd, TIsa, TAcc, TPair>
    where TWinograd : IWinogradInt8
    where TIsa : IWordLanes<TAcc, TPair>
    where TAcc : struct
    where TPair : struct
{
    private static int Words => 2 * TIsa.Lanes;

    /// <summary>All channels, and behind them as many as the last vector has: numbers that meet no weights.</summary>
    [MethodImpl(Compile.Alone)]
    public static void Input<TSigned>(WinogradInputInt8* t) where TSigned : IFlag
    {
        int n = TWinograd.Outputs + 2;
        bool inside = t->Inside.IsWhole(n);
        nint tempRow = n * Words;
        TPair zero = TIsa.CreateWords(t->ZeroPoint);
        for (nint c = 0; c < t->Channels; c += Words)
        {
            short* to = t->Temporary;
            byte* x = t->X + c;
            for (int i = 0; i < n; i++, x += t->RowStep, to += tempRow)
            {
                if (inside) Row<TSigned, Yes>(t, x, zero, to);
                else if (i >= t->Inside.FirstRow && i < t->Inside.UntilRow) Row<TSigned, No>(t, x, zero, to);
                else for (int j = 0; j < n; j++) TIsa.StoreWords(default, to + j * Words);
            }

            short* from = t->Temporary;
            for (int j = 0; j < n; j++, from += Words)
                TWinograd.Input<TIsa, TAcc, TPair>(
                    TIsa.LoadWords(from), TIsa.LoadWords(from + tempRow), TIsa.LoadWords(from + 2 * tempRow), TIsa.LoadWords(from + 3 * tempRow),
                    n > 4 ? TIsa.LoadWords(from + 4 * tempRow) : default, n > 4 ? TIsa.LoadWords(from + 5 * tempRow) : default,
                    t->Planes + c + j * t->PlaneStep, n * t->PlaneStep);
        }
    }

    /// <summary>All channels; what whole vectors would write beyond the last goes elsewhere.</summary>
    /// <typeparam name="TRequantize">Whether results become bytes; else they stay int32.</typeparam>
    [MethodImpl(Compile.Alone)]
    public static void Output<TRequantize>(WinogradOutputInt8* t) where TRequantize : IFlag
    {
        int m = TWinograd.Outputs, n = m + 2;
        nint tempRow = m * TIsa.Lanes;
        for (nint c = 0; c < t->Channels; c += TIsa.Lanes)
        {
            int* to = t->Temporary;
            for (int i = 0; i < n; i++, to += tempRow)
            {
                TWinograd.Output<TIsa, TAcc, TPair>(t->Planes + c + i * n * t->PlaneStep, t->PlaneStep, out TAcc y0, out TAcc y1, out TAcc y2, out TAcc y3);
                TIsa.Store(y0, to);
                TIsa.Store(y1, to + TIsa.Lanes);
                if (m == 2) continue;
                TIsa.Store(y2, to + 2 * TIsa.Lanes);
                TIsa.Store(y3, to + 3 * TIsa.Lanes);
            }

            for (int x = 0; x < t->Columns; x++)
            {
                TWinograd.Output<TIsa, TAcc, TPair>(t->Temporary + x * TIsa.Lanes, tempRow, out TAcc y0, out TAcc y1, out TAcc y2, out TAcc y3);
                nint at = x * t->PixelStep + c;
                Finish<TRequantize>(t, c, at, y0);
                if (t->Rows > 1) Finish<TRequantize>(t, c, at + t->RowStep, y1);
                if (m == 2) continue;
                if (t->Rows > 2) Finish<TRequantize>(t, c, at + 2 * t->RowStep, y2);
                if (t->Rows > 3) Finish<TRequantize>(t, c, at + 3 * t->RowStep, y3);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row<TSigned, TInside>(WinogradInputInt8* t, byte* x, TPair zero, short* to) where TSigned : IFlag where TInside : IFlag =>
        TWinograd.Input<TIsa, TAcc, TPair>(
            Pixel<TSigned, TInside>(t, x, 0, zero), Pixel<TSigned, TInside>(t, x, 1, zero), Pixel<TSigned, TInside>(t, x, 2, zero), Pixel<TSigned, TInside>(t, x, 3, zero),
            TWinograd.Outputs > 2 ? Pixel<TSigned, TInside>(t, x, 4, zero) : default, TWinograd.Outputs > 2 ? Pixel<TSigned, TInside>(t, x, 5, zero) : default,
            to, Words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TPair Pixel<TSigned, TInside>(WinogradInputInt8* t, byte* x, int column, TPair zero) where TSigned : IFlag where TInside : IFlag =>
        TInside.IsSet || (t->Inside.FirstColumn <= column && t->Inside.UntilColumn > column)
            ? TIsa.SubtractWords(TIsa.LoadWide<TSigned>(x + column * t->PixelStep), zero)
            : default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<TRequantize>(WinogradOutputInt8* t, nint c, nint at, TAcc y) where TRequantize : IFlag
    {
        TAcc acc = TIsa.Add(TWinograd.Unscale<TIsa, TAcc, TPair>(y), TIsa.Load(t->Bias + c));
        int elementBytes = TRequantize.IsSet ? 1 : sizeof(int);
        byte* to = t->Y + at * elementBytes;
        bool whole = c + TIsa.Lanes <= t->Channels;
        byte* vector = whole ? to : (byte*)t->Last;
        if (TRequantize.IsSet) TIsa.StoreBytes(acc, vector, t->Scale + c, t->Low, t->High, t->ZeroPoint);
        else TIsa.Store(acc, (int*)vector);
        if (!whole) new Span<byte>(vector, (int)(t->Channels - c) * elementBytes).CopyTo(new Span<byte>(to, (int)(t->Channels - c) * elementBytes));
    }
}
