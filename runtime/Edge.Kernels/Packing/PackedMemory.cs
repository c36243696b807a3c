using Edge.Tensors;

namespace Edge.Kernels.Packing;

/// <summary>
/// New blocks of packed weights, one after another in few pieces of memory: together they are large enough for large pages.
/// A piece is freed when all of its blocks are disposed, and this is. Not synchronized, but blocks may be disposed anywhere.
/// </summary>
/// <param name="expected">
/// Bytes that all blocks are expected to take. If there are fewer, the rest is address space without memory; if more, what
/// is over lies in smaller pieces.
/// </param>
public sealed unsafe class PackedMemory(long expected) : IDisposable
{
    /// <summary>Bytes of a piece at least, and at most where no block is larger: address space may be scarce.</summary>
    private const int LeastBytes = 1 << 18, MostBytes = 1 << 26;

    private Piece? _piece;
    private nint _used;

    /// <summary>A new block of zeros.</summary>
    public PackedBlock Take(nint bytes)
    {
        // The slack of a block is the beginning of the next, or that of the piece.
        if (_piece is null || _piece.Memory.ByteLength - _used < bytes)
        {
            _piece?.Release();
            _piece = new Piece(new Arena(Math.Max(bytes, (nint)Math.Clamp(expected, LeastBytes, MostBytes))));
            _used = 0;
            expected -= _piece.Memory.ByteLength;
        }

        byte* start = _piece.Memory.Base + _used;
        _used = (_used + bytes + Tensor.Alignment - 1) & ~(nint)(Tensor.Alignment - 1);
        return new PackedBlock(start, bytes, _piece.Share(), filled: false);
    }

    public void Dispose()
    {
        _piece?.Release();
        _piece = null;
    }

    /// <summary>Memory with a count of its owners.</summary>
    private sealed class Piece(Arena memory)
    {
        private int _users = 1;

        public Arena Memory => memory;

        public IDisposable Share()
        {
            Interlocked.Increment(ref _users);
            return new User(this);
        }

        public void Release()
        {
            if (Interlocked.Decrement(ref _users) == 0) memory.Dispose();
        }

        /// <summary>One of the owners; the block disposes it once.</summary>
        private sealed class User(Piece piece) : IDisposable
        {
            public void Dispose() => piece.Release();
        }
    }
}
