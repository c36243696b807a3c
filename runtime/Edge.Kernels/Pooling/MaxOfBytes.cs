using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Edge.Kernels.Isa;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Pooling;

/// <summary>The greatest byte of each window, line by line, as many bytes at a time as the set's vectors hold.</summary>
internal sealed unsafe class MaxOfBytes<T, V>(in PoolGeometry geometry, string name) : PoolKernel
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    where V : unmanaged, IVectorF32<V>
{
    private readonly PoolLines _lines = new(geometry);

    public override string Name { get; } = name;

    public override void Run(void* x, void* y, WorkerPool pool) => _lines.Run<T, Greatest>((T*)x, (T*)y, pool);

    public override int LinePixels => _lines.LinePixels;

    public override void RunLines(void* x, void* y, nint first, nint lines) => _lines.RunLines<T, Greatest>((T*)x, (T*)y, first, first + lines);

    private readonly struct Greatest : IFold<T>
    {
        public static T None => T.MinValue;

        [MethodImpl(Compile.Alone)]
        public static void Three(T* a, nint aStep, T* b, T* c, T* y, in FoldRuns runs)
        {
            nint length = runs.Length, step = runs.Step;
            for (nint run = runs.Count; run > 0; run--, a += aStep, b += step, c += step, y += length)
            {
                nint i = 0;
                if (V.Count == 16)
                    for (; i <= length - 64; i += 64) One<Bytes64<T>, Vector512<T>>(a + i, b + i, c + i, y + i);
                if (V.Count >= 8)
                    for (; i <= length - 32; i += 32) One<Bytes32<T>, Vector256<T>>(a + i, b + i, c + i, y + i);
                if (V.Count >= 4)
                {
                    for (; i <= length - 16; i += 16) One<Bytes16<T>, Vector128<T>>(a + i, b + i, c + i, y + i);
                    if (i == length) continue;
                    if (length >= 8)
                    {
                        // The rest together with bytes that are done: once more they are the same.
                        if (length >= 16) One<Bytes16<T>, Vector128<T>>(a + length - 16, b + length - 16, c + length - 16, y + length - 16);
                        else
                        {
                            One<Bytes8<T>, Vector128<T>>(a, b, c, y);
                            One<Bytes8<T>, Vector128<T>>(a + length - 8, b + length - 8, c + length - 8, y + length - 8);
                        }

                        continue;
                    }
                }

                for (; i < length; i++) One<Bytes1<T>, T>(a + i, b + i, c + i, y + i);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void One<G, B>(T* a, T* b, T* c, T* y)
            where G : struct, IByteGroup<T, B>
            where B : unmanaged => G.Store(G.Max(G.Max(G.Load(a), G.Load(b)), G.Load(c)), y);
    }
}
