using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Edge.Kernels.Layout;

/// <summary>Makes pixels of two or three planes, and one plane of two of pixels, vectors at a time: channel shuffles and colour pictures.</summary>
internal static unsafe class Planes
{
    /// <summary>Out of any vector: gives zero.</summary>
    private const byte No = 255;

    /// <summary>Interleaves as many elements as vectors hold.</summary>
    /// <param name="source">The first plane.</param>
    /// <param name="plane">Bytes from one plane to the next.</param>
    /// <param name="planes">How many there are.</param>
    /// <param name="target">Pixels, one behind the other; not overlapping the planes.</param>
    /// <param name="count">Pixels.</param>
    /// <returns>How many were; none of other types than those of one or four bytes, or of other numbers of planes.</returns>
    public static int Interleave<T>(byte* source, nint plane, int planes, byte* target, int count) where T : unmanaged => (sizeof(T), planes) switch
    {
        (sizeof(byte), 2) => TwoOfBytes(source, source + plane, target, count),
        (sizeof(uint), 2) => TwoOfWords((uint*)source, (uint*)(source + plane), (uint*)target, count),
        (sizeof(byte), 3) => ThreeOfBytes(source, plane, target, count),
        (sizeof(uint), 3) => ThreeOfWords(source, plane, target, count),
        _ => 0,
    };

    /// <summary>Copies every second element, as many as vectors hold; nothing behind the last one is read.</summary>
    /// <param name="source">The first element.</param>
    /// <param name="target">Not overlapping them.</param>
    /// <param name="count">Elements to copy.</param>
    /// <returns>How many were; none of other types than those of one or four bytes.</returns>
    public static int EverySecond<T>(byte* source, byte* target, int count) where T : unmanaged => sizeof(T) switch
    {
        sizeof(byte) => EverySecondByte(source, target, count),
        sizeof(uint) => EverySecondWord((uint*)source, (uint*)target, count),
        _ => 0,
    };

    [MethodImpl(Compile.Alone)]
    private static int EverySecondByte(byte* source, byte* target, int count)
    {
        int n = Vector128<byte>.Count, i = 0;
        for (; i < count - n; i += n)
        {
            Vector128<byte> x = Vector128.Load(source + 2 * i), y = Vector128.Load(source + 2 * i + n);
            (Vector128.Shuffle(x, Vector128.Create(0, 2, 4, 6, 8, 10, 12, 14, No, No, No, No, No, No, No, No)) | Vector128.Shuffle(y, Vector128.Create(No, No, No, No, No, No, No, No, 0, 2, 4, 6, 8, 10, 12, 14))).Store(target + i);
        }

        return i;
    }

    [MethodImpl(Compile.Alone)]
    private static int EverySecondWord(uint* source, uint* target, int count)
    {
        int n = Vector128<uint>.Count, i = 0;
        for (; i < count - n; i += n)
        {
            Vector128<uint> x = Vector128.Load(source + 2 * i), y = Vector128.Load(source + 2 * i + n);
            (Vector128.Shuffle(x, Vector128.Create(0u, 2, No, No)) | Vector128.Shuffle(y, Vector128.Create(No, No, 0u, 2))).Store(target + i);
        }

        return i;
    }

    [MethodImpl(Compile.Alone)]
    private static int TwoOfBytes(byte* a, byte* b, byte* target, int count)
    {
        int n = Vector128<byte>.Count;
        if (count < n)
        {
            if (count < n / 2) return 0;
            // What is done twice is the same.
            TwoOfHalf(a, b, target);
            TwoOfHalf(a + count - n / 2, b + count - n / 2, target + 2 * (count - n / 2));
            return count;
        }

        for (int i = 0; ; i = Math.Min(i + n, count - n))
        {
            Vector128<byte> x = Vector128.Load(a + i), y = Vector128.Load(b + i);
            (Vector128.Shuffle(x, Vector128.Create(0, No, 1, No, 2, No, 3, No, 4, No, 5, No, 6, No, 7, No)) | Vector128.Shuffle(y, Vector128.Create(No, 0, No, 1, No, 2, No, 3, No, 4, No, 5, No, 6, No, 7))).Store(target + 2 * i);
            (Vector128.Shuffle(x, Vector128.Create(8, No, 9, No, 10, No, 11, No, 12, No, 13, No, 14, No, 15, No)) | Vector128.Shuffle(y, Vector128.Create(No, 8, No, 9, No, 10, No, 11, No, 12, No, 13, No, 14, No, 15))).Store(target + 2 * i + n);
            if (i == count - n) return count;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TwoOfHalf(byte* a, byte* b, byte* target)
    {
        Vector128<byte> both = Vector128.Create(Vector64.Load(a), Vector64.Load(b));
        Vector128.Shuffle(both, Vector128.Create(0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, (byte)15)).Store(target);
    }

    [MethodImpl(Compile.Alone)]
    private static int TwoOfWords(uint* a, uint* b, uint* target, int count)
    {
        int n = Vector128<uint>.Count;
        if (count < n) return 0;
        for (int i = 0; ; i = Math.Min(i + n, count - n))
        {
            Vector128<uint> x = Vector128.Load(a + i), y = Vector128.Load(b + i);
            (Vector128.Shuffle(x, Vector128.Create(0u, No, 1, No)) | Vector128.Shuffle(y, Vector128.Create(No, 0u, No, 1))).Store(target + 2 * i);
            (Vector128.Shuffle(x, Vector128.Create(2u, No, 3, No)) | Vector128.Shuffle(y, Vector128.Create(No, 2u, No, 3))).Store(target + 2 * i + n);
            if (i == count - n) return count;
        }
    }

    [MethodImpl(Compile.Alone)]
    private static int ThreeOfBytes(byte* source, nint plane, byte* target, int count)
    {
        int i = 0;
        for (; i <= count - Vector128<byte>.Count; i += Vector128<byte>.Count, target += 3 * Vector128<byte>.Count)
        {
            Vector128<byte> a = Vector128.Load(source + i), b = Vector128.Load(source + plane + i), c = Vector128.Load(source + 2 * plane + i);
            Vector128<byte> low = Vector128.Shuffle(a, Vector128.Create(0, No, No, 1, No, No, 2, No, No, 3, No, No, 4, No, No, 5))
                | Vector128.Shuffle(b, Vector128.Create(No, 0, No, No, 1, No, No, 2, No, No, 3, No, No, 4, No, No))
                | Vector128.Shuffle(c, Vector128.Create(No, No, 0, No, No, 1, No, No, 2, No, No, 3, No, No, 4, No));
            Vector128<byte> middle = Vector128.Shuffle(a, Vector128.Create(No, No, 6, No, No, 7, No, No, 8, No, No, 9, No, No, 10, No))
                | Vector128.Shuffle(b, Vector128.Create(5, No, No, 6, No, No, 7, No, No, 8, No, No, 9, No, No, 10))
                | Vector128.Shuffle(c, Vector128.Create(No, 5, No, No, 6, No, No, 7, No, No, 8, No, No, 9, No, No));
            Vector128<byte> high = Vector128.Shuffle(a, Vector128.Create(No, 11, No, No, 12, No, No, 13, No, No, 14, No, No, 15, No, No))
                | Vector128.Shuffle(b, Vector128.Create(No, No, 11, No, No, 12, No, No, 13, No, No, 14, No, No, 15, No))
                | Vector128.Shuffle(c, Vector128.Create(10, No, No, 11, No, No, 12, No, No, 13, No, No, 14, No, No, 15));
            low.Store(target);
            middle.Store(target + Vector128<byte>.Count);
            high.Store(target + 2 * Vector128<byte>.Count);
        }

        return i;
    }

    [MethodImpl(Compile.Alone)]
    private static int ThreeOfWords(byte* source, nint plane, byte* target, int count)
    {
        uint* first = (uint*)source, second = (uint*)(source + plane), third = (uint*)(source + 2 * plane);
        var to = (uint*)target;
        int i = 0;
        for (; i <= count - Vector128<uint>.Count; i += Vector128<uint>.Count, to += 3 * Vector128<uint>.Count)
        {
            Vector128<uint> a = Vector128.Load(first + i), b = Vector128.Load(second + i), c = Vector128.Load(third + i);
            (Vector128.Shuffle(a, Vector128.Create(0u, No, No, 1)) | Vector128.Shuffle(b, Vector128.Create(No, 0u, No, No)) | Vector128.Shuffle(c, Vector128.Create(No, No, 0u, No))).Store(to);
            (Vector128.Shuffle(a, Vector128.Create(No, No, 2u, No)) | Vector128.Shuffle(b, Vector128.Create(1u, No, No, 2)) | Vector128.Shuffle(c, Vector128.Create(No, 1u, No, No))).Store(to + Vector128<uint>.Count);
            (Vector128.Shuffle(a, Vector128.Create(No, 3u, No, No)) | Vector128.Shuffle(b, Vector128.Create(No, No, 3u, No)) | Vector128.Shuffle(c, Vector128.Create(2u, No, No, 3))).Store(to + 2 * Vector128<uint>.Count);
        }

        return i;
    }
}
