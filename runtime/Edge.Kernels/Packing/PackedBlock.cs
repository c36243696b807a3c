using Edge.Tensors;

namespace Edge.Kernels.Packing;

/// <summary>
/// Packed weights of a <see cref="PackedStore"/>: zeroed memory, its own or part of a piece that several share, which whoever
/// asked for it fills before anybody else sees it, or bytes that are complete and read-only. Aligned to <see cref="Tensor.Alignment"/> and followed by
/// <see cref="Tensor.Slack"/> readable bytes. The address never moves.
/// </summary>
public sealed unsafe class PackedBlock : IDisposable
{
    private readonly Arena? _own;
    private readonly byte* _kept;
    private IDisposable? _owner;

    /// <summary>A new block.</summary>
    public PackedBlock(nint bytes)
    {
        _own = new Arena(bytes);
        ByteLength = bytes;
    }

    /// <summary>A block of somebody's memory.</summary>
    /// <param name="kept">Its bytes.</param>
    /// <param name="bytes">Size.</param>
    /// <param name="owner">Keeps the bytes valid until it is disposed, which the block does once.</param>
    /// <param name="filled">Whether the bytes are complete; else they are zero.</param>
    public PackedBlock(byte* kept, nint bytes, IDisposable owner, bool filled = true)
    {
        _kept = kept;
        ByteLength = bytes;
        _owner = owner;
        IsFilled = filled;
    }

    public nint ByteLength { get; }

    /// <summary>Whether the bytes are complete, and must not be written to.</summary>
    public bool IsFilled { get; }

    /// <exception cref="ObjectDisposedException">The block was disposed.</exception>
    public byte* Base
    {
        get
        {
            if (_own is not null) return _own.Base;
            ObjectDisposedException.ThrowIf(_owner is null, this);
            return _kept;
        }
    }

    public void Dispose()
    {
        _own?.Dispose();
        Interlocked.Exchange(ref _owner, null)?.Dispose();
    }
}
