using System.Buffers;
using System.Collections.Concurrent;

namespace Edge.Devices;

/// <summary>
/// Keeps the memory of disposed frames for the next ones. All frames of a source have one size as a rule, so the pool
/// serves buffers that are large enough from a short list and lets the others go to the garbage collector.
/// </summary>
/// <remarks>Safe for concurrent use. Contents of a rented buffer are undefined.</remarks>
/// <param name="capacity">Buffers kept at most while nobody uses them.</param>
public sealed class FramePool(int capacity = 8)
{
    private readonly ConcurrentQueue<byte[]> _idle = new();
    private int _idleCount;

    /// <summary>The pool of all who have no reason for one of their own.</summary>
    public static FramePool Shared { get; } = new();

    /// <summary>Buffers that wait for use.</summary>
    public int Idle => Volatile.Read(ref _idleCount);

    /// <summary>A buffer of exactly <paramref name="bytes"/> bytes. Its disposal gives it back; disposing twice is harmless.</summary>
    public IMemoryOwner<byte> Rent(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        while (_idle.TryDequeue(out byte[]? array))
        {
            Interlocked.Decrement(ref _idleCount);
            // A buffer far too large is dropped as well: one huge picture must not be kept alive by small ones.
            if (array.Length >= bytes && array.Length / 4 <= bytes) return new Lease(this, array, bytes);
        }
        return new Lease(this, GC.AllocateUninitializedArray<byte>(bytes), bytes);
    }

    private void Return(byte[] array)
    {
        if (Interlocked.Increment(ref _idleCount) <= capacity) _idle.Enqueue(array);
        else Interlocked.Decrement(ref _idleCount);
    }

    private sealed class Lease(FramePool pool, byte[] array, int length) : IMemoryOwner<byte>
    {
        private byte[]? _array = array;

        public Memory<byte> Memory => new(_array ?? throw new ObjectDisposedException(nameof(Frame)), 0, length);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _array, null) is { } a) pool.Return(a);
        }
    }
}
