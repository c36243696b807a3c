using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Edge.Kernels.Layout;

/// <summary>
/// Copies many short runs of bytes: the channels of each pixel, of which calling a routine for memory would take longer than
/// moving them. Source and target do not overlap; nothing outside of the runs is touched.
/// </summary>
internal static unsafe class Runs
{
    /// <summary>Longer ones are the system's routine's.</summary>
    private const int LongestShort = 256;

    /// <param name="source">The first run.</param>
    /// <param name="sourceStride">Bytes from one run to the next.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="targetStride">Bytes from one run to the next there.</param>
    /// <param name="count">Runs.</param>
    /// <param name="bytes">Of each.</param>
    public static void Copy(byte* source, nint sourceStride, byte* target, nint targetStride, nint count, nint bytes)
    {
        if (bytes == sourceStride && bytes == targetStride) (bytes, count) = (bytes * count, Math.Min(count, 1));
        switch (bytes)
        {
            case 0: break;
            case < 4: Tiny(source, sourceStride, target, targetStride, count, (int)bytes); break;
            case < 8: Ends<uint>(source, sourceStride, target, targetStride, count, bytes); break;
            case < 16: Ends<ulong>(source, sourceStride, target, targetStride, count, bytes); break;
            case < 32: Ends<Vector128<byte>>(source, sourceStride, target, targetStride, count, bytes); break;
            case < 64: Ends<Vector256<byte>>(source, sourceStride, target, targetStride, count, bytes); break;
            case <= LongestShort: Vectors(source, sourceStride, target, targetStride, count, bytes); break;
            default:
                for (nint i = 0; i < count; i++) Buffer.MemoryCopy(source + i * sourceStride, target + i * targetStride, bytes, bytes);
                break;
        }
    }

    [MethodImpl(Compile.Alone)]
    private static void Tiny(byte* source, nint sourceStride, byte* target, nint targetStride, nint count, int bytes)
    {
        for (nint i = 0; i < count; i++, source += sourceStride, target += targetStride)
            for (int b = 0; b < bytes; b++) target[b] = source[b];
    }

    /// <summary>Of one to two <typeparamref name="T"/>: its beginning and its end.</summary>
    [MethodImpl(Compile.Alone)]
    private static void Ends<T>(byte* source, nint sourceStride, byte* target, nint targetStride, nint count, nint bytes) where T : unmanaged
    {
        nint last = bytes - sizeof(T);
        for (nint i = 0; i < count; i++, source += sourceStride, target += targetStride)
        {
            T first = Unsafe.ReadUnaligned<T>(source), end = Unsafe.ReadUnaligned<T>(source + last);
            Unsafe.WriteUnaligned(target, first);
            Unsafe.WriteUnaligned(target + last, end);
        }
    }

    [MethodImpl(Compile.Alone)]
    private static void Vectors(byte* source, nint sourceStride, byte* target, nint targetStride, nint count, nint bytes)
    {
        nint last = bytes - Vector256<byte>.Count;
        for (nint i = 0; i < count; i++, source += sourceStride, target += targetStride)
        {
            for (nint b = 0; b < last; b += Vector256<byte>.Count) Vector256.Load(source + b).Store(target + b);
            Vector256.Load(source + last).Store(target + last);
        }
    }
}
