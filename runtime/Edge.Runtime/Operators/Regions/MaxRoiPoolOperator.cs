using System.Numerics;
using Edge.Kernels.Threading;
using Edge.Onnx;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Regions;

/// <summary>
/// MaxRoiPool of float32 and float64: the greatest element of each bin of regions <c>[n, 5]</c> (picture, x and y of one
/// corner, x and y of the opposite one), whose edges are rounded to whole elements. An empty bin is 0.
/// </summary>
internal sealed class MaxRoiPoolOperator() : Operator("MaxRoiPool", "", 1, OperatorCatalog.LatestOpset)
{
    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32, DataType.Float64);
        c.RequireType(1, c.Type(0));
        c.RequireRank(0, 4, 4);
        if (c.Shape(1) is not { Rank: 2 } regions || regions[1] != 5) throw c.Error($"rois {c.Shape(1)} must be [regions,5]");
        c.Attributes.Float("spatial_scale", 1);
        var (height, width) = Pooled(c.Node);
        c.Output(0, c.Type(0), new Shape(regions[0], c.Shape(0)[1], height, width));
    }

    public override Executor Prepare(PrepareContext c)
    {
        float scale = c.Attributes.Float("spatial_scale", 1);
        return c.Type(0) == DataType.Float32
            ? new MaxRoiPoolExecutor<float>(c.Node.Path, c.Shape(0), c.OutputShape(), scale)
            : new MaxRoiPoolExecutor<double>(c.Node.Path, c.Shape(0), c.OutputShape(), scale);
    }

    private static (int Height, int Width) Pooled(Node node) => node.Attributes.Ints("pooled_shape") switch
    {
        [>= 1 and <= int.MaxValue and var h, >= 1 and <= int.MaxValue and var w] => ((int)h, (int)w),
        null => throw node.Error("attribute 'pooled_shape' is required and missing"),
        var list => throw node.Error($"pooled_shape [{string.Join(',', list)}] must hold two positive numbers"),
    };
}

/// <summary>One chunk of work is one region.</summary>
internal sealed unsafe class MaxRoiPoolExecutor<T>(string path, Shape x, Shape y, float scale) : Executor where T : unmanaged, IFloatingPointIeee754<T>
{
    public override string Kernel => "max_roi_pool";

    public override void Execute(in StepContext c)
    {
        T* regions = c.Input<T>(1);
        for (int r = 0; r < y[0]; r++)
        {
            T of = regions[5 * r];
            if (!(of >= T.Zero && of < T.CreateTruncating(x[0]))) throw new ModelException($"{path}: region {r} is of picture {of}; there are {x[0]}");
        }

        var job = new Job { X = c.Input<T>(0), Regions = regions, Y = c.Output<T>(0), Input = x, Output = y, Scale = T.CreateTruncating(scale) };
        c.Pool.Run(ref job, y[0]);
    }

    private struct Job : IParallelJob
    {
        public T* X;
        public T* Regions;
        public T* Y;
        public Shape Input;
        public Shape Output;
        public T Scale;

        public readonly void Execute(int region)
        {
            T* corners = Regions + (nint)region * 5 + 1;
            var (left, width) = Extent(corners[0], corners[2]);
            var (top, height) = Extent(corners[1], corners[3]);
            nint plane = (nint)Input[2] * Input[3];
            T* picture = X + int.CreateTruncating(Regions[(nint)region * 5]) * Input[1] * plane;
            T* to = Y + (nint)region * Input[1] * Output[2] * Output[3];
            for (int c = 0; c < Input[1]; c++)
                for (int ph = 0; ph < Output[2]; ph++)
                {
                    var (firstRow, endRow) = Bin(top, height, ph, Output[2], Input[2]);
                    for (int pw = 0; pw < Output[3]; pw++)
                    {
                        var (firstColumn, endColumn) = Bin(left, width, pw, Output[3], Input[3]);
                        *to++ = Max(picture + c * plane, firstRow, endRow, firstColumn, endColumn);
                    }
                }
        }

        private readonly T Max(T* x, int firstRow, int endRow, int firstColumn, int endColumn)
        {
            if (firstRow >= endRow || firstColumn >= endColumn) return T.Zero;
            T max = T.NegativeInfinity;
            for (int h = firstRow; h < endRow; h++)
                for (int w = firstColumn; w < endColumn; w++) max = T.Max(max, x[(nint)h * Input[3] + w]);
            return max;
        }

        /// <summary>First element and number of elements, at least one, of a region; both corners belong to it.</summary>
        private readonly (long Start, long Size) Extent(T a, T b)
        {
            long start = Element(a), end = Element(b);
            return (start, Math.Max(end - start + 1, 1));
        }

        private readonly long Element(T corner) => int.CreateSaturating(T.Round(corner * Scale, MidpointRounding.AwayFromZero));

        private static (int First, int End) Bin(long start, long size, int bin, int bins, int extent)
        {
            T step = T.CreateTruncating(size) / T.CreateTruncating(bins);
            long first = start + long.CreateSaturating(T.Floor(T.CreateTruncating(bin) * step));
            long end = start + long.CreateSaturating(T.Ceiling(T.CreateTruncating(bin + 1) * step));
            return ((int)Math.Clamp(first, 0, extent), (int)Math.Clamp(end, 0, extent));
        }
    }
}
