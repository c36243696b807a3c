using System.Numerics;
using Edge.Kernels.Threading;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Einsum;

/// <summary>Einsum as it is written down: for each element of the result a loop over all labels that are summed. Integers wrap.</summary>
internal sealed unsafe class PlainEinsumExecutor<T> : Executor
    where T : unmanaged, INumber<T>
{
    private const int ElementsPerChunk = 256;

    private readonly int[] _kept;
    private readonly int[] _summed;
    private readonly nint[][] _keptStrides;
    private readonly nint[][] _summedStrides;
    private readonly int _count;
    private readonly long _terms;

    public PlainEinsumExecutor(EinsumEquation e, ReadOnlySpan<Shape> shapes)
    {
        int[] summed = [.. Enumerable.Range(0, e.Sizes.Length).Except(e.Result)];
        _kept = Array.ConvertAll(e.Result, l => e.Sizes[l]);
        _summed = Array.ConvertAll(summed, l => e.Sizes[l]);
        _keptStrides = new nint[shapes.Length][];
        _summedStrides = new nint[shapes.Length][];
        for (int i = 0; i < shapes.Length; i++)
        {
            nint[] strides = EinsumOperand.Strides(e.Operands[i], shapes[i], e.Sizes.Length);
            _keptStrides[i] = Array.ConvertAll(e.Result, l => strides[l]);
            _summedStrides[i] = Array.ConvertAll(summed, l => strides[l]);
        }

        _count = e.Output.Count;
        _terms = _summed.Aggregate(1L, (p, d) => checked(p * d));
    }

    public override string Kernel { get; } = $"einsum_plain_{DataTypeExtensions.Of<T>().OnnxName()}";

    public override long Macs => _count * _terms;

    public override void Execute(in StepContext c)
    {
        T** operands = stackalloc T*[_keptStrides.Length];
        for (int i = 0; i < _keptStrides.Length; i++) operands[i] = c.Input<T>(i);
        var job = new Elements { Executor = this, Operands = operands, Y = c.Output<T>(0) };
        c.Pool.Run(ref job, (_count + ElementsPerChunk - 1) / ElementsPerChunk);
    }

    private struct Elements : IParallelJob
    {
        public PlainEinsumExecutor<T> Executor;
        public T** Operands;
        public T* Y;

        public readonly void Execute(int chunk)
        {
            int end = Math.Min(Executor._count, (chunk + 1) * ElementsPerChunk);
            for (int i = chunk * ElementsPerChunk; i < end; i++) Y[i] = Executor.Element(Operands, i);
        }
    }

    private T Element(T** operands, int at)
    {
        int n = _keptStrides.Length;
        T** first = stackalloc T*[n];
        for (int i = 0; i < n; i++) first[i] = operands[i] + Offset(at, _kept, _keptStrides[i]);
        var sum = T.Zero;
        for (long term = 0; term < _terms; term++)
        {
            var product = T.One;
            for (int i = 0; i < n; i++) product = unchecked(product * first[i][Offset(term, _summed, _summedStrides[i])]);
            sum = unchecked(sum + product);
        }

        return sum;
    }

    private static nint Offset(long index, int[] dims, nint[] strides)
    {
        nint offset = 0;
        for (int a = dims.Length - 1; a >= 0; a--)
        {
            (index, long i) = Math.DivRem(index, dims[a]);
            offset += (nint)i * strides[a];
        }

        return offset;
    }
}
