using System.Runtime.CompilerServices;
using Edge.Kernels.Isa;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Elementwise;

/// <summary>Any function of one byte, given by the table of its 256 results. Immutable, free of locks.</summary>
public abstract unsafe class ByteLookup
{
    public abstract string Name { get; }

    /// <summary><c>y[i] = table[x[i]]</c>; <paramref name="y"/> may be <paramref name="x"/>.</summary>
    /// <param name="table">256 bytes; int8 arguments index it by their bits.</param>
    /// <param name="x"><paramref name="count"/> bytes.</param>
    /// <param name="y">As many.</param>
    /// <param name="count">Bytes.</param>
    /// <param name="pool">The threads to use.</param>
    public abstract void Run(byte* table, byte* x, byte* y, nint count, WorkerPool pool);

    /// <summary>The same for <paramref name="rows"/> rows of <paramref name="length"/> bytes that lie apart in either tensor, on the calling thread.</summary>
    /// <param name="table">256 bytes.</param>
    /// <param name="x">First row of the arguments.</param>
    /// <param name="strideX">Bytes from one row of x to the next.</param>
    /// <param name="y">First row of the results; it overlaps no arguments.</param>
    /// <param name="strideY">Bytes from one row of y to the next.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="length">Bytes of a row.</param>
    public abstract void RunRows(byte* table, byte* x, nint strideX, byte* y, nint strideY, nint rows, nint length);
}

internal sealed unsafe class ByteLookup<V>(string isa) : ByteLookup
    where V : unmanaged, IVectorF32<V>
{
    public override string Name { get; } = $"lookup_{isa}";

    public override void Run(byte* table, byte* x, byte* y, nint count, WorkerPool pool)
    {
        var job = new Job { Table = table, X = x, Y = y, Count = count };
        pool.Run(ref job, Grain.Chunks(count, Grain.Light));
    }

    public override void RunRows(byte* table, byte* x, nint strideX, byte* y, nint strideY, nint rows, nint length)
    {
        if (V.Count == 16 && BytePermute.WideRows(table, x, strideX, y, strideY, rows, length)) return;
        for (nint r = 0; r < rows; r++) Look(table, x + r * strideX, y + r * strideY, length);
    }

    private struct Job : IParallelJob
    {
        public byte* Table;
        public byte* X;
        public byte* Y;
        public nint Count;

        public readonly void Execute(int chunk)
        {
            nint first = chunk * (nint)Grain.Light;
            Look(Table, X + first, Y + first, nint.Min(Grain.Light, Count - first));
        }
    }

    [MethodImpl(Compile.Alone)]
    private static void Look(byte* table, byte* x, byte* y, nint count)
    {
        nint i = 0;
        if (V.Count == 16) i = BytePermute.Wide(table, x, y, count);
        else if (V.Count == 4) i = BytePermute.Narrow(table, x, y, count);
        // Eight at a time: one load and one store of 64 bits.
        for (; i <= count - 8; i += 8)
        {
            ulong w = Unsafe.ReadUnaligned<ulong>(x + i);
            ulong r = table[(byte)w] | (ulong)table[(byte)(w >> 8)] << 8 | (ulong)table[(byte)(w >> 16)] << 16 | (ulong)table[(byte)(w >> 24)] << 24;
            r |= (ulong)table[(byte)(w >> 32)] << 32 | (ulong)table[(byte)(w >> 40)] << 40 | (ulong)table[(byte)(w >> 48)] << 48 | (ulong)table[w >> 56] << 56;
            Unsafe.WriteUnaligned(y + i, r);
        }
        for (; i < count; i++) y[i] = table[x[i]];
    }
}
