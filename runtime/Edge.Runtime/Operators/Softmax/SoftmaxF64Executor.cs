using Edge.Kernels.Layout;
using Edge.Kernels.Threading;

namespace Edge.Runtime.Operators.Softmax;

/// <summary>Softmax of float64 as it is written down, with the platform's exponential.</summary>
internal sealed unsafe class SoftmaxF64Executor(SoftmaxAxis axis, bool logarithm) : Executor
{
    public override string Kernel => "softmax_plain_double";

    public override void Execute(in StepContext c)
    {
        int sets = axis.Outer * axis.Inner;
        int chunks = Grain.Chunks((nint)sets * axis.Length * sizeof(double), sets, c.Pool.Threads);
        var job = new Job { Axis = axis, Logarithm = logarithm, X = c.Input<double>(0), Y = c.Output<double>(0), Sets = sets, Chunks = chunks };
        c.Pool.Run(ref job, chunks);
    }

    private struct Job : IParallelJob
    {
        public SoftmaxAxis Axis;
        public bool Logarithm;
        public double* X;
        public double* Y;
        public int Sets;
        public int Chunks;

        public readonly void Execute(int chunk)
        {
            int end = Grain.Start(Sets, chunk + 1, Chunks);
            for (int i = Grain.Start(Sets, chunk, Chunks); i < end; i++)
            {
                nint at = (nint)(i / Axis.Inner) * Axis.Length * Axis.Inner + i % Axis.Inner;
                Set(X + at, Y + at);
            }
        }

        private readonly void Set(double* x, double* y)
        {
            double max = double.NegativeInfinity, sum = 0;
            for (nint i = 0; i < Axis.Length; i++) max = Math.Max(max, x[i * Axis.Inner]);
            for (nint i = 0; i < Axis.Length; i++) sum += Math.Exp(x[i * Axis.Inner] - max);
            double log = Math.Log(sum);
            for (nint i = 0; i < Axis.Length; i++)
            {
                double d = x[i * Axis.Inner] - max;
                y[i * Axis.Inner] = Logarithm ? d - log : Math.Exp(d) / sum;
            }
        }
    }
}
