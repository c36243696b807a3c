using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Edge.Kernels.Isa;

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

    /// <summary>Interleaves two planes of a few elements many times, at other places: those of each pixel in a channel shuffle.</summary>
    /// <param name="source">The first plane.</param>
    /// <param name="plane">Bytes to the second one.</param>
    /// <param name="target">Pairs, one behind the other; not overlapping the planes.</param>
    /// <param name="count">Elements of a plane.</param>
    /// <param name="times">How many times.</param>
    /// <param name="sourceStride">Bytes from each time to the next, of the planes.</param>
    /// <param name="targetStride">The same of the pairs.</param>
    [MethodImpl(Compile.Alone)]
    public static void InterleaveEach<T>(byte* source, nint plane, byte* target, int count, int times, nint sourceStride, nint targetStride) where T : unmanaged
    {
        for (int i = 0; i < times; i++, source += sourceStride, target += targetStride)
        {
            T* a = (T*)source, b = (T*)(source + plane), y = (T*)target;
            int done = sizeof(T) == sizeof(uint) ? TwoOfWords((uint*)a, (uint*)b, (uint*)y, count) : sizeof(T) == sizeof(byte) ? TwoOfBytes((byte*)a, (byte*)b, (byte*)y, count) : 0;
            for (; done < count; done++) (y[2 * done], y[2 * done + 1]) = (a[done], b[done]);
        }
    }

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
        for (; i < count - n; i += n) Interleaving.Even(Vector128.Load(source + 2 * i), Vector128.Load(source + 2 * i + n)).Store(target + i);
        return i;
    }

    [MethodImpl(Compile.Alone)]
    private static int EverySecondWord(uint* source, uint* target, int count)
    {
        int n = Vector128<uint>.Count, i = 0;
        for (; i < count - n; i += n) Interleaving.Even(Vector128.Load(source + 2 * i), Vector128.Load(source + 2 * i + n)).Store(target + i);
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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
            Interleaving.Low(x, y).Store(target + 2 * i);
            Interleaving.High(x, y).Store(target + 2 * i + n);
            if (i == count - n) return count;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TwoOfHalf(byte* a, byte* b, byte* target) =>
        Interleaving.Low(Vector64.Load(a).ToVector128Unsafe(), Vector64.Load(b).ToVector128Unsafe()).Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int TwoOfWords(uint* a, uint* b, uint* target, int count)
    {
        int n = Vector128<uint>.Count;
        if (count < n) return 0;
        for (int i = 0; ; i = Math.Min(i + n, count - n))
        {
            Vector128<uint> x = Vector128.Load(a + i), y = Vector128.Load(b + i);
            Interleaving.Low(x, y).Store(target + 2 * i);
            Interleaving.High(x, y).Store(target + 2 * i + n);
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
