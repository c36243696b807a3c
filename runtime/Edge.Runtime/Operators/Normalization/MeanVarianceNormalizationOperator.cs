using Edge.Kernels.Layout;
using Edge.Kernels.Normalization;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Conv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Normalization;

/// <summary>MeanVarianceNormalization: <c>(x − mean) / (deviation + 1e-9)</c> over the axes; without them over all but the second.</summary>
internal sealed class MeanVarianceNormalizationOperator() : Operator("MeanVarianceNormalization", "", 9, OperatorCatalog.LatestOpset)
{
    /// <summary>
    /// (1e-9)²: under the root it does what 1e-9 beside it does, which is to keep a set of equal elements from dividing by zero.
    /// </summary>
    private const double Epsilon = 1e-18;

    private static readonly long[] s_default = [0, 2, 3];

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32);
        ReadAxes(c.Node, c.Shape(0).Rank);
        c.Output(0, DataType.Float32, c.Shape(0));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var x = c.Shape(0);
        int[] axes = ReadAxes(c.Node, x.Rank);
        int[] kept = [.. Enumerable.Range(0, x.Rank).Where(a => !axes.Contains(a))];
        int length = axes.Aggregate(1, (p, a) => p * x[a]);
        var layout = new RowLayout(length == 0 ? 0 : x.Count / length, length, length, 1);
        return new TransposedRowsExecutor(c.Kernels.Normalization.Rows, layout, Epsilon, x, [.. kept, .. axes]);
    }

    private static int[] ReadAxes(Node node, int rank) => [.. node.AxisList(node.Attributes.Ints("axes") ?? s_default, rank).Order()];
}

/// <summary>Normalises rows without scale and bias, whose elements may have to be brought together first.</summary>
internal sealed unsafe class TransposedRowsExecutor : Executor
{
    private readonly RowNormalization _kernel;
    private readonly RowLayout _layout;
    private readonly double _epsilon;
    private readonly StridedCopy? _gather;
    private readonly StridedCopy? _scatter;

    public TransposedRowsExecutor(RowNormalization kernel, RowLayout layout, double epsilon, Shape x, int[] permutation)
    {
        _kernel = kernel;
        _layout = layout;
        _epsilon = epsilon;
        int[] moved = [.. permutation.Where(a => x[a] != 1)];
        if (moved.AsSpan().SequenceEqual(moved.Order().ToArray())) return;
        int[] dims = [.. permutation.Select(a => x[a])], back = new int[x.Rank];
        for (int i = 0; i < back.Length; i++) back[permutation[i]] = i;
        _gather = StridedCopy.Transpose(x.Dims, permutation, sizeof(float));
        _scatter = StridedCopy.Transpose(dims, back, sizeof(float));
        ScratchBytes = Scratch.Align((nint)x.Count * sizeof(float));
    }

    public override string Kernel => _gather is null ? _kernel.Name : $"{_kernel.Name} between {_gather.Name}";

    public override nint ScratchBytes { get; }

    public override void Execute(in StepContext c)
    {
        _gather?.Run(c.Input<byte>(0), c.Scratch, c.Pool);
        var operands = _gather is null
            ? new RowOperands { X = c.Input<float>(0), Y = c.Output<float>(0) }
            : new RowOperands { X = (float*)c.Scratch, Y = (float*)c.Scratch };
        _kernel.Run(_layout, centre: true, _epsilon, operands, c.Pool);
        _scatter?.Run(c.Scratch, c.Output<byte>(0), c.Pool);
    }
}
