using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Edge.Kernels.Isa;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Pooling;

/// <summary>The greatest byte of each window, as many bytes at a time as the set's vectors hold.</summary>
internal sealed unsafe class MaxOfBytes<T, V>(in PoolGeometry geometry, string name) : PoolKernel
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    where V : unmanaged, IVectorF32<V>
{
    private readonly PoolWindows _windows = new(PoolFunction.Max, geometry);

    public override string Name { get; } = name;

    public override void Run(void* x, void* y, WorkerPool pool) => _windows.Run(default(Routine), (T*)x, (T*)y, pool);

    private readonly struct Routine : IPoolRoutine<T>
    {
        public void Reduce(T* x, in PoolWindow w, T* y, nint channels)
        {
            nint c = 0;
            if (V.Count == 16)
                for (; c <= channels - 64; c += 64) Reduce<Bytes64<T>, Vector512<T>>(x + c, w, y + c);
            if (V.Count >= 8)
                for (; c <= channels - 32; c += 32) Reduce<Bytes32<T>, Vector256<T>>(x + c, w, y + c);
            if (V.Count >= 4)
            {
                for (; c <= channels - 16; c += 16) Reduce<Bytes16<T>, Vector128<T>>(x + c, w, y + c);
                // The rest together with bytes that are done: once more they are the same.
                if (c < channels && channels >= 16)
                {
                    Reduce<Bytes16<T>, Vector128<T>>(x + channels - 16, w, y + channels - 16);
                    return;
                }
                if (channels is >= 8 and < 16)
                {
                    Reduce<Bytes8<T>, Vector128<T>>(x, w, y);
                    Reduce<Bytes8<T>, Vector128<T>>(x + channels - 8, w, y + channels - 8);
                    return;
                }
            }
            for (; c < channels; c++) Reduce<Bytes1<T>, T>(x + c, w, y + c);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Reduce<G, B>(T* x, in PoolWindow w, T* y)
            where G : struct, IByteGroup<T, B>
            where B : unmanaged
        {
            B m = G.Least;
            for (nint d = 0; d < w.Depth; d++)
                for (nint h = 0; h < w.Height; h++)
                {
                    T* p = x + d * w.DepthStride + h * w.HeightStride;
                    for (nint k = 0; k < w.Width; k++, p += w.WidthStride) m = G.Max(m, G.Load(p));
                }
            G.Store(m, y);
        }
    }
}
