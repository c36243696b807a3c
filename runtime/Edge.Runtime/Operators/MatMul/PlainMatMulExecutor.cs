using System.Numerics;
using Edge.Kernels.Threading;
using Edge.Tensors;

namespace Edge.Runtime.Operators.MatMul;

/// <summary>Matrix products of element types that no kernel has, computed as they are written down.</summary>
internal sealed unsafe class PlainMatMulExecutor<T>(MatMulShape shape) : Executor
    where T : unmanaged, INumber<T>
{
    public override string Kernel { get; } = $"matmul_plain_{DataTypeExtensions.Of<T>().OnnxName()}";

    public override long Macs => shape.Macs;

    public override void Execute(in StepContext c)
    {
        var rows = new Rows(shape, c.Input<T>(0), c.Input<T>(1), c.Output<T>(0));
        c.Pool.Run(ref rows, checked(shape.A.Length * shape.M));
    }

    /// <summary>One chunk is one row of one product.</summary>
    private readonly struct Rows(MatMulShape s, T* a, T* b, T* y) : IParallelJob
    {
        public void Execute(int chunk)
        {
            var (product, m) = Math.DivRem(chunk, s.M);
            T* left = a + ((nint)s.A[product] * s.M + m) * s.K;
            T* right = b + (nint)s.B[product] * s.K * s.N;
            for (int n = 0; n < s.N; n++)
            {
                var sum = T.Zero;
                for (int k = 0; k < s.K; k++) sum += left[k] * right[(nint)k * s.N + n];
                y[(nint)chunk * s.N + n] = sum;
            }
        }
    }
}
