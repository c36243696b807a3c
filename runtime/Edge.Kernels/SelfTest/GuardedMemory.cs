using System.Runtime.InteropServices;
using Edge.Tensors;

namespace Edge.Kernels.SelfTest;

/// <summary>Native memory, aligned to 64 bytes, between two fields of canary bytes that reveal writes outside it.</summary>
internal sealed unsafe class GuardedMemory : IDisposable
{
    private const int GuardBytes = 256;
    private const byte Canary = 0xA5;

    private readonly byte* _start;
    private readonly nint _guardAfter;

    /// <param name="bytes">Usable bytes; all are set to the canary's complement, so that elements never written show.</param>
    public GuardedMemory(nint bytes)
    {
        ByteLength = bytes;
        _guardAfter = GuardBytes + Tensor.Slack;
        _start = (byte*)NativeMemory.AlignedAlloc((nuint)(GuardBytes + bytes + _guardAfter), 64);
        NativeMemory.Fill(_start, GuardBytes, Canary);
        NativeMemory.Fill(Data, (nuint)bytes, unchecked((byte)~Canary));
        NativeMemory.Fill(Data + bytes, (nuint)_guardAfter, Canary);
    }

    public byte* Data => _start + GuardBytes;

    public nint ByteLength { get; }

    public Span<byte> Bytes => new(Data, checked((int)ByteLength));

    public Span<float> Floats => new(Data, checked((int)ByteLength / sizeof(float)));

    /// <summary>Whether nothing was written before or after.</summary>
    public bool IsIntact =>
        !new ReadOnlySpan<byte>(_start, GuardBytes).ContainsAnyExcept(Canary)
        && !new ReadOnlySpan<byte>(Data + ByteLength, (int)_guardAfter).ContainsAnyExcept(Canary);

    public void Dispose() => NativeMemory.AlignedFree(_start);
}
