using System.Numerics;
using Edge.Kernels.Threading;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Conv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Columns;

/// <summary>
/// Col2Im of float32 and float64: <c>[N, C·block, blocks]</c>, the blocks that slide over a picture of <c>image_shape</c>,
/// become <c>[N, C, image_shape]</c>; where blocks overlap they add up.
/// </summary>
internal sealed class Col2ImOperator() : Operator("Col2Im", "", 18, OperatorCatalog.LatestOpset)
{
    private const int Image = 1, Block = 2;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32, DataType.Float64);
        c.RequireRank(0, 3, 3);
        Steps(c.Node, c.Shape(Image).Count);
        if (c.ConstantInts(Image) is null | c.ConstantInts(Block) is null)
        {
            c.DataDependent(0, c.Type(0));
            return;
        }

        var (axes, x) = (Axes(c.Node), c.Shape(0));
        int block = axes.Aggregate(1, (n, a) => checked(n * a.Kernel)), blocks = axes.Aggregate(1, (n, a) => checked(n * a.Blocks));
        if (x[1] % block != 0 || x[2] != blocks) throw c.Error($"input {x} does not fit blocks of {block} elements at {blocks} places");
        c.Output(0, c.Type(0), new Shape([x[0], x[1] / block, .. axes.Select(a => a.Extent)]));
    }

    public override Executor Prepare(PrepareContext c)
    {
        int images = c.OutputShape()[0] * c.OutputShape()[1];
        return c.Type(0) == DataType.Float32 ? new Col2ImExecutor<float>(Axes(c.Node), images) : new Col2ImExecutor<double>(Axes(c.Node), images);
    }

    private static ColumnAxis[] Axes(Node node)
    {
        var context = new InferContext(node);
        long[] image = context.ConstantInts(Image)!, block = context.ConstantInts(Block)!;
        if (image.Length == 0 || image.Length != block.Length || image.Concat(block).Any(d => d is < 1 or > int.MaxValue))
            throw node.Error($"image_shape [{string.Join(',', image)}] and block_shape [{string.Join(',', block)}] must hold as many positive numbers");
        int n = image.Length;
        var (strides, dilations, before, after) = Steps(node, n);
        var axes = new ColumnAxis[n];
        for (int a = 0; a < n; a++)
        {
            long room = image[a] + before[a] + after[a] - ((block[a] - 1) * dilations[a] + 1);
            if (room < 0) throw node.Error($"a block does not fit axis {a} of image_shape [{string.Join(',', image)}]");
            axes[a] = new ColumnAxis((int)image[a], (int)block[a], checked((int)(room / strides[a] + 1)), strides[a], dilations[a], before[a]);
        }

        return axes;
    }

    private static (int[] Strides, int[] Dilations, int[] Before, int[] After) Steps(Node node, int axes)
    {
        var (before, after) = ConvAttributes.ExplicitPads(node, axes);
        return (ConvAttributes.PerAxis(node, "strides", axes), ConvAttributes.PerAxis(node, "dilations", axes), before, after);
    }
}

/// <summary>How blocks lie along one axis.</summary>
/// <param name="Extent">Extent of the picture.</param>
/// <param name="Kernel">Elements of a block.</param>
/// <param name="Blocks">Places of blocks.</param>
/// <param name="Stride">Elements between neighbouring blocks.</param>
/// <param name="Dilation">Elements between neighbouring elements of a block.</param>
/// <param name="PadBefore">Padding in front.</param>
internal readonly record struct ColumnAxis(int Extent, int Kernel, int Blocks, int Stride, int Dilation, int PadBefore);

/// <summary>One chunk of work is one channel of one picture, whose sums are formed in the order of the input.</summary>
internal sealed unsafe class Col2ImExecutor<T>(ColumnAxis[] axes, int images) : Executor where T : unmanaged, INumber<T>
{
    private readonly int _extent = axes.Aggregate(1, (n, a) => n * a.Extent);
    private readonly int _kernel = axes.Aggregate(1, (n, a) => n * a.Kernel);
    private readonly int _blocks = axes.Aggregate(1, (n, a) => n * a.Blocks);

    public override string Kernel => "col2im";

    public override void Execute(in StepContext c)
    {
        var job = new Job { E = this, X = c.Input<T>(0), Y = c.Output<T>(0) };
        c.Pool.Run(ref job, images);
    }

    private struct Job : IParallelJob
    {
        public Col2ImExecutor<T> E;
        public T* X;
        public T* Y;

        public readonly void Execute(int image) => E.Add(X + (nint)image * E._kernel * E._blocks, Y + (nint)image * E._extent);
    }

    private void Add(T* x, T* y)
    {
        new Span<T>(y, _extent).Clear();
        var last = axes[^1];
        for (int k = 0; k < _kernel; k++)
            for (int row = 0; row < _blocks; row += last.Blocks, x += last.Blocks)
            {
                if (!TryRow(k / last.Kernel, row / last.Blocks, out nint offset)) continue;
                T* to = y + offset * last.Extent;
                int at = k % last.Kernel * last.Dilation - last.PadBefore;
                for (int b = 0; b < last.Blocks; b++, at += last.Stride)
                    if ((uint)at < (uint)last.Extent) to[at] += x[b];
            }
    }

    /// <summary>The row of the picture that a row of blocks falls on, given the axes before the last; false if it is padding.</summary>
    private bool TryRow(int kernel, int block, out nint row)
    {
        row = 0;
        nint stride = 1;
        for (int a = axes.Length - 2; a >= 0; a--)
        {
            (kernel, int k) = Math.DivRem(kernel, axes[a].Kernel);
            (block, int b) = Math.DivRem(block, axes[a].Blocks);
            long at = (long)b * axes[a].Stride + (long)k * axes[a].Dilation - axes[a].PadBefore;
            if (at < 0 || at >= axes[a].Extent) return false;
            row += (nint)at * stride;
            stride *= axes[a].Extent;
        }

        return true;
    }
}
