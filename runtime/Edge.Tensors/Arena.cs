using System.Runtime.InteropServices;

namespace Edge.Tensors;

/// <summary>
/// One block of zeroed native memory, aligned to <see cref="Tensor.Alignment"/>, followed by <see cref="Tensor.Slack"/>
/// readable bytes. Freed by <see cref="Dispose"/> or the finalizer. The base address never moves.
/// </summary>
public sealed unsafe class Arena : IDisposable
{
    private byte* _base;

    public Arena(nint bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ByteLength = bytes;
        nuint total = (nuint)(bytes + Tensor.Slack);
        _base = (byte*)NativeMemory.AlignedAlloc(total, Tensor.Alignment);
        NativeMemory.Clear(_base, total);
        GC.AddMemoryPressure((long)total);
    }

    ~Arena() => Free();

    public nint ByteLength { get; }

    /// <exception cref="ObjectDisposedException">The arena was disposed.</exception>
    public byte* Base
    {
        get
        {
            ObjectDisposedException.ThrowIf(_base is null, this);
            return _base;
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_base is null) return;
        NativeMemory.AlignedFree(_base);
        GC.RemoveMemoryPressure((long)ByteLength + Tensor.Slack);
        _base = null;
    }
}
