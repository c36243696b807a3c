namespace Edge.Tensors;

/// <summary>
/// One block of zeroed native memory, aligned to <see cref="Tensor.Alignment"/>, followed by <see cref="Tensor.Slack"/>
/// readable bytes. Freed by <see cref="Dispose"/> or the finalizer. The base address never moves. What is made is meant to be
/// used from end to end: of 2 MB and more, Linux may bring it in by large pages.
/// </summary>
public sealed unsafe class Arena : IDisposable
{
    private void* _memory;
    private byte* _base;

    public Arena(nint bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ByteLength = bytes;
        nint alignment = Alignment(bytes);
        // Zeros that nobody writes over take no memory: the system brings pages when they are first touched.
        _memory = SystemPages.AllocateZeroed(Taken(bytes));
        _base = (byte*)(((nint)_memory + alignment - 1) & ~(alignment - 1));
        HugePages.Advise(_base, bytes);
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

    private static nint Alignment(nint bytes) => bytes >= HugePages.Size ? HugePages.Size : Tensor.Alignment;

    private static nuint Taken(nint bytes) => (nuint)(bytes + Tensor.Slack + Alignment(bytes));

    private void Free()
    {
        SystemPages.Free(_memory, Taken(ByteLength));
        _memory = null;
        _base = null;
    }
}
