using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Edge.Kernels.Reduction;

/// <summary>
/// Places of the greatest or the least of sets of numbers: of several the first, or the last. NaN is never an extreme unless it
/// comes first. Integers of one byte and float32 go by vectors. Free of locks.
/// </summary>
public static unsafe class ArgExtremes
{
    /// <param name="x"><c>[outer, length, inner]</c>.</param>
    /// <param name="y"><c>[outer, inner]</c>: places, of which those from <paramref name="first"/> to <paramref name="end"/> are written.</param>
    /// <param name="first">The first set.</param>
    /// <param name="end">Behind the last one.</param>
    /// <param name="length">Elements of a set; at least 1.</param>
    /// <param name="inner">From an element of a set to the next one.</param>
    /// <param name="greatest">The greatest, else the least.</param>
    /// <param name="last">The last of several, else the first.</param>
    public static void Run<T>(T* x, long* y, int first, int end, int length, int inner, bool greatest, bool last) where T : unmanaged, INumber<T>
    {
        if (inner == 1)
        {
            for (int set = first; set < end; set++)
            {
                T* row = x + (nint)set * length;
                int at = -1;
                if (typeof(T) == typeof(float) && length >= Vector256<float>.Count) at = OfFloats((float*)row, length, greatest, last);
                else if ((typeof(T) == typeof(byte) || typeof(T) == typeof(sbyte)) && length >= Vector128<byte>.Count) at = OfBytes((byte*)row, length, Flip(typeof(T) == typeof(sbyte), greatest), last);
                y[set] = at >= 0 ? at : One(row, length, 1, greatest, last);
            }

            return;
        }

        for (int set = first; set < end;)
        {
            (int outer, int within) = Math.DivRem(set, inner);
            T* column = x + (nint)outer * length * inner + within;
            int columns = Math.Min(end - set, inner - within), done = typeof(T) == typeof(float) ? OfColumns((float*)column, y + set, columns, length, inner, greatest, last) : 0;
            for (; done < columns; done++) y[set + done] = One(column + done, length, inner, greatest, last);
            set += columns;
        }
    }

    private static long One<T>(T* x, int length, nint stride, bool greatest, bool last) where T : unmanaged, INumber<T>
    {
        T extreme = x[0];
        long at = 0;
        for (int k = 1; k < length; k++)
        {
            T v = x[k * stride];
            if ((greatest ? v > extreme : v < extreme) || (last && v == extreme)) (extreme, at) = (v, k);
        }

        return at;
    }

    /// <summary>What makes the greatest unsigned byte of the one that is looked for, by exclusive or.</summary>
    private static byte Flip(bool signed, bool greatest) => (byte)((signed ? 0x80 : 0) ^ (greatest ? 0 : 0xFF));

    /// <summary>The place in a row of at least a vector; −1 if one of the numbers is NaN.</summary>
    [MethodImpl(Compile.Alone)]
    private static int OfFloats(float* x, int length, bool greatest, bool last)
    {
        int n = Vector256<float>.Count, rest = length - n;
        // The least is the greatest of the negative ones.
        Vector256<float> flip = Vector256.Create(greatest ? 0f : -0f), best = Vector256.Load(x + rest) ^ flip, ordered = Vector256.Equals(best, best);
        for (int i = 0; i < rest; i += n)
        {
            Vector256<float> v = Vector256.Load(x + i) ^ flip;
            ordered &= Vector256.Equals(v, v);
            best = Vector256.ConditionalSelect(Vector256.GreaterThan(v, best), v, best);
        }

        if (ordered.AsInt32() != Vector256<int>.AllBitsSet) return -1;
        Vector128<float> half = Greater(best.GetLower(), best.GetUpper());
        half = Greater(half, Vector128.Shuffle(half, Vector128.Create(2, 3, 0, 1)));
        half = Greater(half, Vector128.Shuffle(half, Vector128.Create(1, 0, 3, 2)));
        best = Vector256.Create(half, half) ^ flip;
        if (last)
        {
            for (int i = rest; i > 0; i -= n)
                if (Vector256.Equals(Vector256.Load(x + i), best).ExtractMostSignificantBits() is var found and not 0) return i + 31 - BitOperations.LeadingZeroCount(found);
            return 31 - BitOperations.LeadingZeroCount(Vector256.Equals(Vector256.Load(x), best).ExtractMostSignificantBits());
        }

        for (int i = 0; i < rest; i += n)
            if (Vector256.Equals(Vector256.Load(x + i), best).ExtractMostSignificantBits() is var found and not 0) return i + BitOperations.TrailingZeroCount(found);
        return rest + BitOperations.TrailingZeroCount(Vector256.Equals(Vector256.Load(x + rest), best).ExtractMostSignificantBits());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Greater(Vector128<float> a, Vector128<float> b) => Vector128.ConditionalSelect(Vector128.GreaterThan(b, a), b, a);

    /// <summary>The place in a row of at least a vector.</summary>
    [MethodImpl(Compile.Alone)]
    private static int OfBytes(byte* x, int length, byte flip, bool last)
    {
        int n = Vector128<byte>.Count, rest = length - n;
        Vector128<byte> flips = Vector128.Create(flip), best = Vector128.Load(x + rest) ^ flips;
        for (int i = 0; i < rest; i += n) best = Vector128.Max(best, Vector128.Load(x + i) ^ flips);
        best = Vector128.Max(best, Vector128.Shuffle(best, Vector128.Create((byte)8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7)));
        best = Vector128.Max(best, Vector128.Shuffle(best, Vector128.Create((byte)4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11)));
        best = Vector128.Max(best, Vector128.Shuffle(best, Vector128.Create((byte)2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)));
        best = Vector128.Max(best, Vector128.Shuffle(best, Vector128.Create((byte)1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14))) ^ flips;
        if (last)
        {
            for (int i = rest; i > 0; i -= n)
                if (Vector128.Equals(Vector128.Load(x + i), best).ExtractMostSignificantBits() is var found and not 0) return i + 31 - BitOperations.LeadingZeroCount(found);
            return 31 - BitOperations.LeadingZeroCount(Vector128.Equals(Vector128.Load(x), best).ExtractMostSignificantBits());
        }

        for (int i = 0; i < rest; i += n)
            if (Vector128.Equals(Vector128.Load(x + i), best).ExtractMostSignificantBits() is var found and not 0) return i + BitOperations.TrailingZeroCount(found);
        return rest + BitOperations.TrailingZeroCount(Vector128.Equals(Vector128.Load(x + rest), best).ExtractMostSignificantBits());
    }

    /// <summary>Sets that lie side by side, as many as vectors hold; returns how many.</summary>
    [MethodImpl(Compile.Alone)]
    private static int OfColumns(float* x, long* y, int columns, int length, nint stride, bool greatest, bool last)
    {
        int n = Vector256<float>.Count, c = 0;
        Vector256<float> flip = Vector256.Create(greatest ? 0f : -0f);
        for (; c <= columns - 2 * n; c += 2 * n)
        {
            float* row = x + c;
            Vector256<float> low = Vector256.Load(row) ^ flip, high = Vector256.Load(row + n) ^ flip;
            Vector256<int> lowAt = Vector256<int>.Zero, highAt = Vector256<int>.Zero;
            for (int k = 1; k < length; k++)
            {
                row += stride;
                Vector256<int> at = Vector256.Create(k);
                Vector256<float> v = Vector256.Load(row) ^ flip, w = Vector256.Load(row + n) ^ flip;
                Vector256<float> lower = last ? Vector256.GreaterThanOrEqual(v, low) : Vector256.GreaterThan(v, low);
                Vector256<float> higher = last ? Vector256.GreaterThanOrEqual(w, high) : Vector256.GreaterThan(w, high);
                (low, lowAt) = (Vector256.ConditionalSelect(lower, v, low), Vector256.ConditionalSelect(lower.AsInt32(), at, lowAt));
                (high, highAt) = (Vector256.ConditionalSelect(higher, w, high), Vector256.ConditionalSelect(higher.AsInt32(), at, highAt));
            }

            Widen(lowAt, y + c);
            Widen(highAt, y + c + n);
        }

        return c;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Widen(Vector256<int> places, long* y)
    {
        (Vector256<long> low, Vector256<long> high) = Vector256.Widen(places);
        low.Store(y);
        high.Store(y + Vector256<long>.Count);
    }
}
