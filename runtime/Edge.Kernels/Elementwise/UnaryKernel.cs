using System.Runtime.CompilerServices;
using Edge.Kernels.Isa;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Elementwise;

/// <summary>A <see cref="UnaryFunction"/> with its parameters, element type and instruction set. Immutable, free of locks.</summary>
public abstract unsafe class UnaryKernel
{
    /// <summary>Function, type and ISA: <c>sigmoid_f32_avx2</c>.</summary>
    public abstract string Name { get; }

    /// <summary><c>y[i] = f(x[i])</c> for <paramref name="count"/> elements; <paramref name="y"/> may be <paramref name="x"/> if both have one type.</summary>
    public abstract void Run(void* x, void* y, nint count, WorkerPool pool);
}

/// <summary>Whole vectors, then one that is loaded and stored in part.</summary>
internal sealed unsafe class UnaryF32<TOp, V>(TOp op, string name) : UnaryKernel
    where TOp : struct, IUnaryF32
    where V : unmanaged, IVectorF32<V>
{
    public override string Name { get; } = name;

    public override void Run(void* x, void* y, nint count, WorkerPool pool)
    {
        var job = new Job { Op = op, X = (float*)x, Y = (float*)y, Count = count };
        pool.Run(ref job, Grain.Chunks(count, TOp.Grain));
    }

    private struct Job : IParallelJob
    {
        public TOp Op;
        public float* X;
        public float* Y;
        public nint Count;

        public readonly void Execute(int chunk)
        {
            nint first = chunk * TOp.Grain;
            Map(Op, X + first, Y + first, nint.Min(TOp.Grain, Count - first));
        }
    }

    [MethodImpl(Compile.Alone)]
    private static void Map(TOp op, float* x, float* y, nint count)
    {
        nint i = 0;
        for (; i <= count - V.Count; i += V.Count) op.Apply(V.Load(x + i)).Store(y + i);
        if (i < count) op.Apply(V.LoadFirst(x + i, (int)(count - i))).StoreFirst(y + i, (int)(count - i));
    }
}

/// <summary>A function of one number, for types and functions that have no vector form.</summary>
internal interface IUnaryScalar<T> where T : unmanaged
{
    T Apply(T x);
}

internal sealed unsafe class UnaryScalar<T, TOp>(TOp op, string name) : UnaryKernel
    where T : unmanaged
    where TOp : struct, IUnaryScalar<T>
{
    public override string Name { get; } = name;

    public override void Run(void* x, void* y, nint count, WorkerPool pool)
    {
        var job = new Job { Op = op, X = (T*)x, Y = (T*)y, Count = count };
        pool.Run(ref job, Grain.Chunks(count, Grain.Heavy));
    }

    private struct Job : IParallelJob
    {
        public TOp Op;
        public T* X;
        public T* Y;
        public nint Count;

        public readonly void Execute(int chunk)
        {
            nint end = nint.Min(Count, (chunk + 1) * (nint)Grain.Heavy);
            for (nint i = chunk * (nint)Grain.Heavy; i < end; i++) Y[i] = Op.Apply(X[i]);
        }
    }
}

/// <summary>A condition on one number.</summary>
internal interface IPredicate<T> where T : unmanaged
{
    bool Holds(T x);
}

internal sealed unsafe class UnaryPredicate<T, TOp>(TOp op, string name) : UnaryKernel
    where T : unmanaged
    where TOp : struct, IPredicate<T>
{
    public override string Name { get; } = name;

    public override void Run(void* x, void* y, nint count, WorkerPool pool)
    {
        var job = new Job { Op = op, X = (T*)x, Y = (bool*)y, Count = count };
        pool.Run(ref job, Grain.Chunks(count, Grain.Light));
    }

    private struct Job : IParallelJob
    {
        public TOp Op;
        public T* X;
        public bool* Y;
        public nint Count;

        public readonly void Execute(int chunk)
        {
            nint end = nint.Min(Count, (chunk + 1) * (nint)Grain.Light);
            for (nint i = chunk * (nint)Grain.Light; i < end; i++) Y[i] = Op.Holds(X[i]);
        }
    }
}
