using System.Numerics;
using System.Runtime.CompilerServices;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Isa;
using Edge.Kernels.Threading;
using Edge.Tensors;

namespace Edge.Kernels.Quantize;

/// <summary>Quantization closed over the vectors of one ISA. Sixteen-bit and int32 tensors go element by element.</summary>
internal sealed unsafe class GenericQuantize<V>(string isa) : QuantizeKernels
    where V : unmanaged, IVectorF32<V>
{
    public override string Isa { get; } = isa;

    public override QuantizedBinary Binary(BinaryFunction function, DataType type) => (function, type) switch
    {
        (BinaryFunction.Add, DataType.UInt8) => new QuantizedBinary<AddF32, UnsignedLanes, V>($"qadd_u8_{Isa}"),
        (BinaryFunction.Add, DataType.Int8) => new QuantizedBinary<AddF32, SignedLanes, V>($"qadd_s8_{Isa}"),
        (BinaryFunction.Mul, DataType.UInt8) => new QuantizedBinary<MulF32, UnsignedLanes, V>($"qmul_u8_{Isa}"),
        (BinaryFunction.Mul, DataType.Int8) => new QuantizedBinary<MulF32, SignedLanes, V>($"qmul_s8_{Isa}"),
        _ => throw new ArgumentOutOfRangeException(nameof(function), $"{function} of {type.OnnxName()} has no integer form"),
    };

    public override void Quantize(float* x, void* y, DataType type, in ChannelLayout layout, float* scale, float* zeroPoint, WorkerPool pool)
    {
        switch (type)
        {
            case DataType.UInt8: Run(new ToBytes<UnsignedLanes>(x, (byte*)y, scale, zeroPoint), layout, pool); break;
            case DataType.Int8: Run(new ToBytes<SignedLanes>(x, (byte*)y, scale, zeroPoint), layout, pool); break;
            case DataType.UInt16: Run(new ToShorts<ushort>(x, (ushort*)y, scale, zeroPoint, QuantizeKernels.Range(type)), layout, pool); break;
            default: Run(new ToShorts<short>(x, (short*)y, scale, zeroPoint, QuantizeKernels.Range(type)), layout, pool); break;
        }
    }

    public override void Dequantize(void* x, DataType type, float* y, in ChannelLayout layout, float* scale, int* zeroPoint, WorkerPool pool)
    {
        switch (type)
        {
            case DataType.UInt8: Run(new FromBytes<UnsignedLanes>((byte*)x, y, scale, zeroPoint), layout, pool); break;
            case DataType.Int8: Run(new FromBytes<SignedLanes>((byte*)x, y, scale, zeroPoint), layout, pool); break;
            case DataType.UInt16: Run(new FromIntegers<ushort>((ushort*)x, y, scale, zeroPoint), layout, pool); break;
            case DataType.Int16: Run(new FromIntegers<short>((short*)x, y, scale, zeroPoint), layout, pool); break;
            case DataType.Int32: Run(new FromIntegers<int>((int*)x, y, scale, zeroPoint), layout, pool); break;
            default: throw new ArgumentOutOfRangeException(nameof(type), $"{type.OnnxName()} is not dequantized");
        }
    }

    public override void ScaleAccumulators(int* acc, float* y, nint rows, int columns, float* scale, float* bias, float low, float high, WorkerPool pool) =>
        AccumulatorScale<V>.Run(acc, y, rows, columns, scale, bias, low, high, pool);

    [MethodImpl(Compile.Alone)]
    public override (float Low, float High) RangeWithZero(float* x, nint count)
    {
        V low = V.Splat(0), high = V.Splat(0);
        nint i = 0;
        for (; i <= count - V.Count; i += V.Count)
        {
            V v = V.Load(x + i);
            low = V.Lesser(v, low);
            high = V.Greater(v, high);
        }
        float* lanes = stackalloc float[2 * 16];
        low.Store(lanes);
        high.Store(lanes + 16);
        float least = 0, greatest = 0;
        for (int k = 0; k < V.Count; k++)
        {
            least = lanes[k] < least ? lanes[k] : least;
            greatest = lanes[16 + k] > greatest ? lanes[16 + k] : greatest;
        }
        for (; i < count; i++)
        {
            least = x[i] < least ? x[i] : least;
            greatest = x[i] > greatest ? x[i] : greatest;
        }
        return (least, greatest);
    }

    private interface IRange
    {
        /// <summary>Works on <paramref name="n"/> elements from <paramref name="at"/> on, all of one channel, or each of the next channel.</summary>
        void Run(nint at, nint n, nint channel, bool channelsAdvance);
    }

    private static void Run<TRange>(TRange range, in ChannelLayout layout, WorkerPool pool) where TRange : struct, IRange
    {
        // A row is what one channel holds in one place, or all channels where each holds one element.
        var job = new Job<TRange> { Range = range, Layout = layout, Neighbours = layout.Inner == 1 && layout.Channels > 1 };
        job.Length = job.Neighbours ? layout.Channels : layout.Inner;
        job.Rows = layout.Count == 0 ? 0 : layout.Count / job.Length;
        job.PiecesPerRow = nint.Max(1, job.Rows == 1 && !job.Neighbours ? Grain.Chunks(job.Length, Piece) : 1);
        job.RowsPerChunk = nint.Max(1, Piece / nint.Max(1, job.Length));
        pool.Run(ref job, (int)((job.Rows + job.RowsPerChunk - 1) / job.RowsPerChunk * job.PiecesPerRow));
    }

    private const nint Piece = Grain.Light / 2;

    private struct Job<TRange> : IParallelJob where TRange : struct, IRange
    {
        public TRange Range;
        public ChannelLayout Layout;
        public bool Neighbours;
        public nint Length;
        public nint Rows;
        public nint RowsPerChunk;
        public nint PiecesPerRow;

        public readonly void Execute(int chunk)
        {
            if (PiecesPerRow > 1)
            {
                nint first = chunk * Piece;
                Range.Run(first, nint.Min(Piece, Length - first), 0, false);
                return;
            }
            nint end = nint.Min(Rows, (chunk + 1) * RowsPerChunk);
            for (nint row = chunk * RowsPerChunk; row < end; row++)
                Range.Run(row * Length, Length, Neighbours ? 0 : row % Layout.Channels, Neighbours);
        }
    }

    private readonly struct ToBytes<TByte>(float* x, byte* y, float* scale, float* zeroPoint) : IRange
        where TByte : struct, IByteLanes
    {
        [SkipLocalsInit]
        public void Run(nint at, nint n, nint channel, bool channelsAdvance)
        {
            nint i = channelsAdvance ? EachChannel(x + at, y + at, scale, zeroPoint, n) : OneChannel(x + at, y + at, scale[channel], zeroPoint[channel], n);
            if (i == n) return;
            // The rest passes through a block of its own.
            nint block = 4 * V.Count;
            float* rest = stackalloc float[3 * 64];
            byte* bytes = stackalloc byte[64];
            for (nint k = 0; k < block; k++)
            {
                nint from = nint.Min(i + k, n - 1), c = channelsAdvance ? from : channel;
                rest[k] = x[at + from];
                rest[64 + k] = scale[c];
                rest[128 + k] = zeroPoint[c];
            }
            EachChannel(rest, bytes, rest + 64, rest + 128, block);
            for (nint k = 0; i + k < n; k++) y[at + i + k] = bytes[k];
        }

        /// <summary>Whole blocks of four vectors; returns how many elements these were.</summary>
        [MethodImpl(Compile.Alone)]
        private static nint OneChannel(float* x, byte* y, float scale, float zeroPoint, nint n)
        {
            V low = V.Splat(TByte.Low), high = V.Splat(TByte.High), s = V.Splat(scale), z = V.Splat(zeroPoint);
            nint w = V.Count, i = 0;
            for (; i <= n - 4 * w; i += 4 * w)
            {
                V a = Rounding.Quantize(V.Load(x + i), s, z, low, high);
                V b = Rounding.Quantize(V.Load(x + i + w), s, z, low, high);
                V c = Rounding.Quantize(V.Load(x + i + 2 * w), s, z, low, high);
                V d = Rounding.Quantize(V.Load(x + i + 3 * w), s, z, low, high);
                V.StoreBytes(y + i, a, b, c, d);
            }
            return i;
        }

        /// <inheritdoc cref="OneChannel"/>
        [MethodImpl(Compile.Alone)]
        private static nint EachChannel(float* x, byte* y, float* scale, float* zeroPoint, nint n)
        {
            V low = V.Splat(TByte.Low), high = V.Splat(TByte.High);
            nint w = V.Count, i = 0;
            for (; i <= n - 4 * w; i += 4 * w)
            {
                float* s = scale + i, z = zeroPoint + i;
                V a = Rounding.Quantize(V.Load(x + i), V.Load(s), V.Load(z), low, high);
                V b = Rounding.Quantize(V.Load(x + i + w), V.Load(s + w), V.Load(z + w), low, high);
                V c = Rounding.Quantize(V.Load(x + i + 2 * w), V.Load(s + 2 * w), V.Load(z + 2 * w), low, high);
                V d = Rounding.Quantize(V.Load(x + i + 3 * w), V.Load(s + 3 * w), V.Load(z + 3 * w), low, high);
                V.StoreBytes(y + i, a, b, c, d);
            }
            return i;
        }
    }

    private readonly struct FromBytes<TByte>(byte* x, float* y, float* scale, int* zeroPoint) : IRange
        where TByte : struct, IByteLanes
    {
        [MethodImpl(Compile.Alone)]
        public void Run(nint at, nint n, nint channel, bool channelsAdvance)
        {
            nint i = 0;
            byte* p = x + at;
            float* q = y + at;
            if (!channelsAdvance)
            {
                V s = V.Splat(scale[channel]), z = V.Splat(zeroPoint[channel]);
                for (; i <= n - V.Count; i += V.Count) ((TByte.Load<V>(p + i) - z) * s).Store(q + i);
            }
            else
            {
                for (; i <= n - V.Count; i += V.Count)
                    ((TByte.Load<V>(p + i) - V.FromInt32(V.Load((float*)(zeroPoint + i)))) * V.Load(scale + i)).Store(q + i);
            }
            for (; i < n; i++)
            {
                nint c = channelsAdvance ? i : channel;
                ((TByte.Load<VectorF32x1>(p + i) - VectorF32x1.Splat(zeroPoint[c])) * VectorF32x1.Splat(scale[c])).Store(q + i);
            }
        }
    }

    private readonly struct ToShorts<T>(float* x, T* y, float* scale, float* zeroPoint, (int Low, int High) range) : IRange
        where T : unmanaged, IBinaryInteger<T>
    {
        public void Run(nint at, nint n, nint channel, bool channelsAdvance)
        {
            for (nint i = 0; i < n; i++)
            {
                nint c = channelsAdvance ? i : channel;
                float r = MathF.Round(x[at + i] / scale[c], MidpointRounding.ToEven) + zeroPoint[c];
                r = r > range.Low ? r : range.Low;
                y[at + i] = T.CreateTruncating((int)(r < range.High ? r : range.High));
            }
        }
    }

    private readonly struct FromIntegers<T>(T* x, float* y, float* scale, int* zeroPoint) : IRange
        where T : unmanaged, IBinaryInteger<T>
    {
        public void Run(nint at, nint n, nint channel, bool channelsAdvance)
        {
            for (nint i = 0; i < n; i++)
            {
                nint c = channelsAdvance ? i : channel;
                y[at + i] = (float)unchecked(int.CreateTruncating(x[at + i]) - zeroPoint[c]) * scale[c];
            }
        }
    }
}
