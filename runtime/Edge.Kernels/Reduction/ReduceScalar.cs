using System.Numerics;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Isa;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Reduction;

/// <summary>Any reduction along any axes, element by element. Integers wrap; logarithms and exponentials of them are taken in double.</summary>
internal sealed unsafe class ReduceScalar<T>(ReduceFunction function, ReductionGeometry geometry, string name) : ReduceKernel
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    private readonly int[] _starts = geometry.MakeStarts();
    private readonly int[] _members = geometry.MakeMembers();

    public override string Name { get; } = name;

    private int SetsPerChunk => Math.Max(1, Grain.Heavy / Math.Max(1, _members.Length));

    public override void Run(void* x, void* y, WorkerPool pool)
    {
        var job = new Job { Kernel = this, X = (T*)x, Y = (T*)y };
        pool.Run(ref job, Grain.Chunks(_starts.Length, SetsPerChunk));
    }

    private struct Job : IParallelJob
    {
        public ReduceScalar<T> Kernel;
        public T* X;
        public T* Y;

        public readonly void Execute(int chunk) => Kernel.Reduce(X, Y, chunk);
    }

    private void Reduce(T* x, T* y, int chunk)
    {
        int end = Math.Min(_starts.Length, (chunk + 1) * SetsPerChunk);
        for (int i = chunk * SetsPerChunk; i < end; i++) y[i] = Set(x + _starts[i]);
    }

    private T Set(T* x)
    {
        int[] members = _members;
        switch (function)
        {
            case ReduceFunction.Max:
                T max = Least;
                foreach (int m in members) max = x[m] > max || T.IsNaN(x[m]) ? x[m] : max;
                return max;
            case ReduceFunction.Min:
                T min = Greatest;
                foreach (int m in members) min = x[m] < min || T.IsNaN(x[m]) ? x[m] : min;
                return min;
            case ReduceFunction.Prod:
                T product = T.One;
                foreach (int m in members) product = unchecked(product * x[m]);
                return product;
            case ReduceFunction.L1:
                T l1 = T.Zero;
                foreach (int m in members) l1 = unchecked(l1 + (T.IsNegative(x[m]) ? -x[m] : x[m]));
                return l1;
            case ReduceFunction.L2:
                return Sqrt(SumSquares(x));
            case ReduceFunction.SumSquare:
                return SumSquares(x);
            case ReduceFunction.Mean:
                return members.Length == 0 ? Undefined : Sum(x) / T.CreateTruncating(members.Length);
            case ReduceFunction.LogSum:
                return Log(Sum(x));
            case ReduceFunction.LogSumExp:
                return LogSumExp(x);
            default:
                return Sum(x);
        }
    }

    private T Sum(T* x)
    {
        T sum = T.Zero;
        foreach (int m in _members) sum = unchecked(sum + x[m]);
        return sum;
    }

    private T SumSquares(T* x)
    {
        T sum = T.Zero;
        foreach (int m in _members) sum = unchecked(sum + x[m] * x[m]);
        return sum;
    }

    private T LogSumExp(T* x)
    {
        T max = Least;
        foreach (int m in _members) max = x[m] > max ? x[m] : max;
        if (double.IsInfinity(double.CreateTruncating(max))) max = T.Zero;
        if (typeof(T) == typeof(float))
        {
            T sum = T.Zero;
            foreach (int m in _members) sum += Exp(x[m] - max);
            return Log(sum) + max;
        }

        double wide = double.CreateTruncating(max), all = 0;
        foreach (int m in _members) all += Math.Exp(double.CreateTruncating(x[m]) - wide);
        return T.CreateTruncating(Math.Log(all) + wide);
    }

    /// <summary>NaN; 0 where there is none.</summary>
    private static T Undefined => T.CreateTruncating(double.NaN);

    private static T Least => typeof(T) == typeof(float) ? T.CreateTruncating(float.NegativeInfinity) : typeof(T) == typeof(double) ? T.CreateTruncating(double.NegativeInfinity) : T.MinValue;

    private static T Greatest => typeof(T) == typeof(float) ? T.CreateTruncating(float.PositiveInfinity) : typeof(T) == typeof(double) ? T.CreateTruncating(double.PositiveInfinity) : T.MaxValue;

    // float32 through the functions that have the same bits on every machine.
    private static T Exp(T x)
    {
        float y;
        VectorMath.Exp(VectorF32x1.Splat(float.CreateTruncating(x))).Store(&y);
        return T.CreateTruncating(y);
    }

    private static T Log(T x)
    {
        if (typeof(T) != typeof(float)) return T.CreateTruncating(Math.Log(double.CreateTruncating(x)));
        float y;
        VectorMath.Log(VectorF32x1.Splat(float.CreateTruncating(x))).Store(&y);
        return T.CreateTruncating(y);
    }

    private static T Sqrt(T x) => typeof(T) == typeof(float)
        ? T.CreateTruncating(MathF.Sqrt(float.CreateTruncating(x)))
        : T.CreateTruncating(Math.Sqrt(double.CreateTruncating(x)));
}
