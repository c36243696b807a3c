using System.Numerics;
using Edge.Kernels.Layout;
using Edge.Kernels.Threading;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Softmax;

/// <summary>Hardmax: 1 for the first of the greatest elements of a set, 0 for the others; sets are those of <see cref="SoftmaxAxis"/>.</summary>
internal sealed class HardmaxOperator() : Operator("Hardmax", "", 1, OperatorCatalog.LatestOpset)
{
    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32, DataType.Float64);
        c.RequireRank(0, 1);
        SoftmaxAxis.Read(c.Node, c.Shape(0));
        c.Output(0, c.Type(0), c.Shape(0));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var axis = SoftmaxAxis.Read(c.Node, c.Shape(0));
        return c.Type(0) == DataType.Float32 ? new HardmaxExecutor<float>(axis) : new HardmaxExecutor<double>(axis);
    }
}

internal sealed unsafe class HardmaxExecutor<T>(SoftmaxAxis axis) : Executor
    where T : unmanaged, INumber<T>
{
    public override string Kernel { get; } = $"hardmax_{Kernels.Elementwise.ElementwiseKernels.TypeName(DataTypeExtensions.Of<T>())}";

    public override void Execute(in StepContext c)
    {
        int chunks = Grain.Chunks((nint)axis.Outer * axis.Length * axis.Inner * sizeof(T), axis.Outer, c.Pool.Threads);
        var job = new Job { Axis = axis, X = c.Input<T>(0), Y = c.Output<T>(0), Chunks = chunks };
        c.Pool.Run(ref job, chunks);
    }

    private struct Job : IParallelJob
    {
        public SoftmaxAxis Axis;
        public T* X;
        public T* Y;
        public int Chunks;

        public readonly void Execute(int chunk)
        {
            nint block = (nint)Axis.Length * Axis.Inner;
            int end = Grain.Start(Axis.Outer, chunk + 1, Chunks);
            for (int o = Grain.Start(Axis.Outer, chunk, Chunks); o < end; o++)
                for (int i = 0; i < Axis.Inner; i++) Set(X + o * block + i, Y + o * block + i);
        }

        private readonly void Set(T* x, T* y)
        {
            nint greatest = 0;
            for (int k = 0; k < Axis.Length; k++)
            {
                nint at = (nint)k * Axis.Inner;
                if (x[at] > x[greatest]) greatest = at;
                y[at] = T.Zero;
            }

            if (Axis.Length > 0) y[greatest] = T.One;
        }
    }
}
