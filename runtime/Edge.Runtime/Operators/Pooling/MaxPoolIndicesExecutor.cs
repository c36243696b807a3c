using System.Numerics;
using Edge.Kernels.Pooling;
using Edge.Kernels.Threading;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Pooling;

/// <summary>
/// Maxima of channels-first windows with where they lie: output 1 is the index, of the first of equals, into the whole
/// input, row-major or with the spatial axes column-major. Element by element.
/// </summary>
internal sealed unsafe class MaxPoolIndicesExecutor(PoolGeometry g, DataType type, bool columnMajor) : Executor
{
    public override long Work { get; } = (long)g.Work;

    public override string Kernel => "max_pool_indices";

    public override void Execute(in StepContext c)
    {
        long* indices = c.Output<long>(1);
        switch (type)
        {
            case DataType.Float32: Run(c.Input<float>(0), c.Output<float>(0), indices, float.NegativeInfinity, c.Pool); break;
            case DataType.UInt8: Run(c.Input<byte>(0), c.Output<byte>(0), indices, byte.MinValue, c.Pool); break;
            default: Run(c.Input<sbyte>(0), c.Output<sbyte>(0), indices, sbyte.MinValue, c.Pool); break;
        }
    }

    private void Run<T>(T* x, T* y, long* indices, T least, WorkerPool pool) where T : unmanaged, INumber<T>
    {
        var job = new Job<T> { G = g, ColumnMajor = columnMajor, X = x, Y = y, Indices = indices, Least = least };
        pool.Run(ref job, g.Batch);
    }

    private struct Job<T> : IParallelJob where T : unmanaged, INumber<T>
    {
        public PoolGeometry G;
        public bool ColumnMajor;
        public T* X;
        public T* Y;
        public long* Indices;
        public T Least;

        public readonly void Execute(int image)
        {
            nint plane = (nint)G.Height.Input * G.Width.Input, volume = G.Depth.Input * plane;
            nint o = image * ((nint)G.Depth.Output * G.Height.Output * G.Width.Output);
            for (int d = 0; d < G.Depth.Output; d++)
                for (int h = 0; h < G.Height.Output; h++)
                    for (int w = 0; w < G.Width.Output; w++, o++)
                    {
                        Window(X + image * volume, d, h, w, out Y[o], out long index);
                        Indices[o] = image * (long)volume + index;
                    }
        }

        private readonly void Window(T* x, int od, int oh, int ow, out T max, out long index)
        {
            max = Least;
            index = -1;
            for (int kd = 0; kd < G.Depth.Kernel; kd++)
            {
                int d = od * G.Depth.Stride - G.Depth.PadBefore + kd * G.Depth.Dilation;
                if ((uint)d >= (uint)G.Depth.Input) continue;
                for (int kh = 0; kh < G.Height.Kernel; kh++)
                {
                    int h = oh * G.Height.Stride - G.Height.PadBefore + kh * G.Height.Dilation;
                    if ((uint)h >= (uint)G.Height.Input) continue;
                    for (int kw = 0; kw < G.Width.Kernel; kw++)
                    {
                        int w = ow * G.Width.Stride - G.Width.PadBefore + kw * G.Width.Dilation;
                        if ((uint)w >= (uint)G.Width.Input) continue;
                        T v = x[((nint)d * G.Height.Input + h) * G.Width.Input + w];
                        if (index >= 0 && !(v > max)) continue;
                        max = v > max ? v : max;
                        index = Index(d, h, w);
                    }
                }
            }
        }

        private readonly long Index(int d, int h, int w) =>
            ColumnMajor ? d + G.Depth.Input * (h + (long)G.Height.Input * w) : w + G.Width.Input * (h + (long)G.Height.Input * d);
    }
}
