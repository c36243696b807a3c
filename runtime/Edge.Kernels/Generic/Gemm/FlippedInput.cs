using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>
/// uint8 inputs less 128, as int8: once for all the output channels that read them, where tiles that flip what they load would
/// lose time. One chunk is a stretch of the input.
/// </summary>
/// <param name="x">The input.</param>
/// <param name="to">Its copy, which may not overlap it.</param>
/// <param name="bytes">Its length.</param>
internal readonly unsafe struct FlippedInput(byte* x, byte* to, nint bytes) : IParallelJob
{
    private const int ChunkBytes = 32 * 1024;

    public int Chunks => (int)((bytes + ChunkBytes - 1) / ChunkBytes);

    public void Execute(int chunk)
    {
        nint from = (nint)chunk * ChunkBytes;
        Flip(x + from, to + from, nint.Min(ChunkBytes, bytes - from));
    }

    [MethodImpl(Compile.Alone)]
    private static void Flip(byte* x, byte* to, nint count)
    {
        nint i = 0;
        for (; i <= count - Vector128<byte>.Count; i += Vector128<byte>.Count) (Vector128.Load(x + i) ^ Vector128.Create(Int8Normalization.Flip)).Store(to + i);
        for (; i < count; i++) to[i] = (byte)(x[i] ^ Int8Normalization.Flip);
    }
}
