namespace Edge.Kernels.Emit;

/// <summary>
/// Functions of machine code made for one owner, and freed with it: whoever calls one keeps this object alive until the
/// call has returned. Immutable; several threads may call at once.
/// </summary>
internal sealed unsafe class EmittedCode : IDisposable
{
    /// <summary>Functions begin here, as loops inside of them are aligned relative to their beginning.</summary>
    private const int Alignment = 64;

    private readonly int[] _starts;
    private readonly int _length;
    private byte* _memory;

    /// <exception cref="NotSupportedException">The system refuses executable memory.</exception>
    public EmittedCode(IEnumerable<byte[]> functions)
    {
        _memory = ExecutableMemory.Publish([.. functions], Alignment, filler: 0x90, out _starts, out _length);
    }

    ~EmittedCode() => Free();

    /// <summary>Bytes of code.</summary>
    public int ByteLength => _length;

    /// <summary>The address of a function.</summary>
    /// <exception cref="ObjectDisposedException">The code was freed.</exception>
    public byte* this[int function]
    {
        get
        {
            ObjectDisposedException.ThrowIf(_memory is null, this);
            return _memory + _starts[function];
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_memory is null) return;
        ExecutableMemory.Release(_memory, _length);
        _memory = null;
    }
}
