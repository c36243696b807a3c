using System.Numerics;
using Edge.Kernels.Threading;
using Edge.Tensors;

namespace Edge.Runtime.Operators.MatMul;

/// <summary>Gemm of element types that no kernel has, computed as it is written down; <paramref name="c"/> is the shape of C, null where there is none.</summary>
internal sealed unsafe class PlainGemmExecutor<T>(GemmShape shape, Shape? c) : Executor
    where T : unmanaged, INumber<T>
{
    public override string Kernel { get; } = $"gemm_plain_{DataTypeExtensions.Of<T>().OnnxName()}";

    public override long Macs => (long)shape.M * shape.K * shape.N;

    public override void Execute(in StepContext context)
    {
        var rows = new Rows(shape, context.Input<T>(0), context.Input<T>(1), c is null ? null : context.Input<T>(GemmShape.C), GemmAddend.Strides(c ?? Shape.Scalar), context.Output<T>(0));
        context.Pool.Run(ref rows, shape.M);
    }

    /// <summary>One chunk is one row.</summary>
    private readonly struct Rows(GemmShape s, T* a, T* b, T* c, (int Row, int Column) strides, T* y) : IParallelJob
    {
        public void Execute(int m)
        {
            var (aRow, aColumn) = s.TransA ? (1, s.M) : (s.K, 1);
            var (bRow, bColumn) = s.TransB ? (1, s.K) : (s.N, 1);
            T alpha = T.CreateTruncating(s.Alpha), beta = T.CreateTruncating(s.Beta);
            T* left = a + (nint)m * aRow;
            for (int n = 0; n < s.N; n++)
            {
                var sum = T.Zero;
                for (int k = 0; k < s.K; k++) sum += left[(nint)k * aColumn] * b[(nint)k * bRow + (nint)n * bColumn];
                y[(nint)m * s.N + n] = c is null ? alpha * sum : alpha * sum + beta * c[(nint)m * strides.Row + n * strides.Column];
            }
        }
    }
}
