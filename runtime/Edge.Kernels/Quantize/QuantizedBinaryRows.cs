using System.Runtime.CompilerServices;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Isa;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Quantize;

/// <summary>
/// Bytes widen to float32 lanes, four vectors at a time, and narrow again after rounding: the same operations as
/// dequantizing both operands, operating and quantizing.
/// </summary>
internal sealed unsafe class QuantizedBinary<TOp, TByte, V>(string name) : QuantizedBinary
    where TOp : struct, IBinaryF32
    where TByte : struct, IByteLanes
    where V : unmanaged, IVectorF32<V>
{
    public override string Name { get; } = name;

    public override void Run(byte* a, byte* b, byte* y, Broadcast plan, in QuantizedBinaryParameters parameters, WorkerPool pool) =>
        BroadcastRows.Run(new Row(parameters), a, b, y, plan, pool);

    public override void RunDense(byte* a, byte* b, byte* y, nint count, in QuantizedBinaryParameters parameters) => new Row(parameters).Run(a, 1, b, 1, y, count);

    private readonly struct Row(in QuantizedBinaryParameters p) : IBinaryRow<byte, byte>
    {
        private readonly QuantizedBinaryParameters _p = p;

        public static nint Grain => Elementwise.Grain.Light / 2;

        [SkipLocalsInit]
        public void Run(byte* a, nint strideA, byte* b, nint strideB, byte* y, nint n)
        {
            nint block = 4 * V.Count;
            byte* splat = stackalloc byte[2 * 64];
            // An operand that stands still is written out for one block.
            if (strideA == 0) a = Fill(splat, *a);
            if (strideB == 0) b = Fill(splat + 64, *b);
            byte* rest = stackalloc byte[3 * 64];
            if (n >= block)
            {
                // The last block begins within the one before. It is read before that is written, which may be where an operand is.
                nint last = n - block;
                if (n % block != 0) Blocks(a + last * strideA, strideA, b + last * strideB, strideB, rest, block);
                if (Blocks(a, strideA, b, strideB, y, n) < n) new Span<byte>(rest, (int)block).CopyTo(new Span<byte>(y + last, (int)block));
                return;
            }

            Copy(rest, a, strideA, n);
            Copy(rest + 64, b, strideB, n);
            Blocks(rest, 1, rest + 64, 1, rest + 128, block);
            new Span<byte>(rest + 128, (int)n).CopyTo(new Span<byte>(y, (int)n));
        }

        [MethodImpl(Compile.Alone)]
        private nint Blocks(byte* a, nint strideA, byte* b, nint strideB, byte* y, nint n)
        {
            V sa = V.Splat(_p.A.Scale), za = V.Splat(_p.A.ZeroPoint), sb = V.Splat(_p.B.Scale), zb = V.Splat(_p.B.ZeroPoint);
            V sy = V.Splat(_p.Y.Scale), zy = V.Splat(_p.Y.ZeroPoint), low = V.Splat(TByte.Low), high = V.Splat(TByte.High);
            nint w = V.Count, i = 0;
            for (; i <= n - 4 * w; i += 4 * w)
            {
                byte* p = a + i * strideA, q = b + i * strideB;
                V r0 = TOp.Apply((TByte.Load<V>(p) - za) * sa, (TByte.Load<V>(q) - zb) * sb);
                V r1 = TOp.Apply((TByte.Load<V>(p + w) - za) * sa, (TByte.Load<V>(q + w) - zb) * sb);
                V r2 = TOp.Apply((TByte.Load<V>(p + 2 * w) - za) * sa, (TByte.Load<V>(q + 2 * w) - zb) * sb);
                V r3 = TOp.Apply((TByte.Load<V>(p + 3 * w) - za) * sa, (TByte.Load<V>(q + 3 * w) - zb) * sb);
                r0 = Rounding.Quantize(r0, sy, zy, low, high);
                r1 = Rounding.Quantize(r1, sy, zy, low, high);
                r2 = Rounding.Quantize(r2, sy, zy, low, high);
                r3 = Rounding.Quantize(r3, sy, zy, low, high);
                V.StoreBytes(y + i, r0, r1, r2, r3);
            }
            return i;
        }

        private static byte* Fill(byte* p, byte value)
        {
            new Span<byte>(p, 64).Fill(value);
            return p;
        }

        /// <summary>A block whose first <paramref name="n"/> bytes are given; the others repeat the first.</summary>
        private static void Copy(byte* to, byte* from, nint stride, nint n)
        {
            for (nint k = 0; k < 64; k++) to[k] = from[k < n ? k * stride : 0];
        }
    }
}
