using Edge.Kernels;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Reduction;
using Edge.Kernels.Threading;
using Edge.Runtime.Operators.Conv;
using Edge.Runtime.Operators.MatMul;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Einsum;

/// <summary>
/// How an Einsum of float32 becomes a chain of steps: sums over labels that one operand alone has, products of two operands — matrix
/// products where labels are summed — and copies where elements do not lie in the order that is wanted.
/// </summary>
internal sealed unsafe class EinsumChain
{
    private readonly PrepareContext _c;
    private readonly EinsumEquation _e;
    private readonly List<EinsumStep> _steps = [];
    private readonly List<nint> _offsets = [];
    private readonly int _inputs;

    public EinsumChain(PrepareContext c, EinsumEquation e, ReadOnlySpan<Shape> shapes)
    {
        _c = c;
        _e = e;
        _inputs = shapes.Length;
        var operands = new List<(EinsumOperand Operand, int Slot)>();
        for (int i = 0; i < shapes.Length; i++) operands.Add((EinsumOperand.Of(e, i, shapes[i]), i));
        while (operands.Count > 1)
        {
            HashSet<int> wanted = [.. e.Result, .. operands.Skip(2).SelectMany(o => o.Operand.Labels)];
            operands[1] = Contract(operands[0], operands[1], wanted);
            operands.RemoveAt(0);
        }

        var (result, slot) = Sum(operands[0], [.. e.Result]);
        Output = slot < _inputs || !result.IsDense(e, e.Result) ? Copy((result, slot), e.Result) : slot;
    }

    /// <summary>In the order in which they run.</summary>
    public IReadOnlyList<EinsumStep> Steps => _steps;

    /// <summary>Where each temporary lies, in bytes; their slots follow those of the inputs.</summary>
    public IReadOnlyList<nint> Offsets => _offsets;

    /// <summary>Bytes of all temporaries.</summary>
    public nint TemporaryBytes { get; private set; }

    /// <summary>The slot of the result.</summary>
    public int Output { get; }

    private int Slot(ReadOnlySpan<int> labels)
    {
        _offsets.Add(TemporaryBytes);
        TemporaryBytes += EinsumOperand.Bytes(_e, labels);
        return _inputs + _offsets.Count - 1;
    }

    private int Copy((EinsumOperand Operand, int Slot) x, int[] order)
    {
        int slot = Slot(order);
        _steps.Add(new EinsumCopy(x.Operand.CopyTo(_e, order), x.Slot, slot));
        return slot;
    }

    private int Ordered((EinsumOperand Operand, int Slot) x, int[] order) => x.Operand.IsDense(_e, order) ? x.Slot : Copy(x, order);

    /// <summary>Sums over the labels that nobody wants.</summary>
    private (EinsumOperand Operand, int Slot) Sum((EinsumOperand Operand, int Slot) x, HashSet<int> wanted)
    {
        int[] kept = InOrder(x.Operand.Labels.Where(wanted.Contains)), summed = [.. x.Operand.Labels.Where(l => !wanted.Contains(l))];
        if (summed.Length == 0) return x;
        int from = Ordered(x, [.. kept, .. summed]), slot = Slot(kept);
        var kernel = _c.Kernels.Reduction.Reduce(ReduceFunction.Sum, DataType.Float32, new Shape(Count(kept), Count(summed)), [1])!;
        _steps.Add(new EinsumSum(kernel, from, slot));
        return (EinsumOperand.Dense(_e, kept), slot);
    }

    private (EinsumOperand Operand, int Slot) Contract((EinsumOperand Operand, int Slot) a, (EinsumOperand Operand, int Slot) b, HashSet<int> wanted)
    {
        // Weights belong on the right, where they are packed.
        if (IsConstant(a.Slot) && !IsConstant(b.Slot)) (a, b) = (b, a);
        a = Sum(a, [.. wanted, .. b.Operand.Labels]);
        b = Sum(b, [.. wanted, .. a.Operand.Labels]);
        int[] both = InOrder(a.Operand.Labels.Intersect(b.Operand.Labels));
        int[] batch = [.. both.Where(wanted.Contains)], inner = [.. both.Where(l => !wanted.Contains(l))];
        int[] rows = InOrder(a.Operand.Labels.Except(both)), columns = InOrder(b.Operand.Labels.Except(both));
        if (inner.Length == 0 || (rows.Length == 0 && columns.Length == 0)) return Sum(Multiply(a, b, batch, rows, columns, inner), wanted);

        int[] labels = [.. batch, .. rows, .. columns];
        int left = Ordered(a, [.. batch, .. rows, .. inner]);
        var (m, k, n, count) = (Count(rows), Count(inner), Count(columns), Count(batch));
        if (batch.Length == 0 && IsConstant(b.Slot))
        {
            using var weights = new Arena(EinsumOperand.Bytes(_e, [.. columns, .. inner]));
            b.Operand.CopyTo(_e, [.. columns, .. inner]).Run(_c.Constant(b.Slot)!.Data, weights.Base, WorkerPool.Inline);
            var g = Edge.Kernels.Dense.ConvGeometry.MatMul(m, k, n);
            var kernel = _c.Kernels.Dense.PrepareConvF32(g, new ReadOnlySpan<float>(weights.Base, n * k), [], Activation.None, _c.Packed);
            int packed = Slot(labels);
            _steps.Add(new EinsumPacked(kernel, g.Macs, left, packed));
            return (EinsumOperand.Dense(_e, labels), packed);
        }

        bool transposed = b.Operand.IsDense(_e, [.. batch, .. columns, .. inner]);
        int right = transposed ? b.Slot : Ordered(b, [.. batch, .. inner, .. columns]);
        int[] each = [.. Enumerable.Range(0, count)];
        int slot = Slot(labels);
        _steps.Add(new EinsumProducts(new MatMulBatch(_c.Kernels.Dense, _c.Threads, m, k, n, each, each, transposed), (long)m * k * n * count, left, right, slot));
        return (EinsumOperand.Dense(_e, labels), slot);
    }

    /// <summary>The products of all elements, with nothing summed.</summary>
    private (EinsumOperand Operand, int Slot) Multiply((EinsumOperand Operand, int Slot) a, (EinsumOperand Operand, int Slot) b, int[] batch, int[] rows, int[] columns, int[] inner)
    {
        int[] labels = [.. batch, .. rows, .. columns, .. inner];
        int left = Ordered(a, [.. batch, .. rows, .. inner]), right = Ordered(b, [.. batch, .. columns, .. inner]), slot = Slot(labels);
        Shape Part(params int[][] present) => new([.. labels.Select(l => present.Any(p => p.Contains(l)) ? _e.Sizes[l] : 1)]);
        var plan = Broadcast.To(Part(labels), Part(batch, rows, inner), Part(batch, columns, inner));
        _steps.Add(new EinsumMultiply(_c.Kernels.Elementwise.Binary(BinaryFunction.Mul, DataType.Float32)!, plan, left, right, slot));
        return (EinsumOperand.Dense(_e, labels), slot);
    }

    private bool IsConstant(int slot) => slot < _inputs && _c.Constant(slot) is not null;

    private int Count(int[] labels) => labels.Aggregate(1, (p, l) => checked(p * _e.Sizes[l]));

    /// <summary>In the order of the result as far as it has them, so that it need not be rearranged.</summary>
    private int[] InOrder(IEnumerable<int> labels) => [.. labels.OrderBy(l => Array.IndexOf(_e.Result, l) is >= 0 and var i ? i : int.MaxValue)];
}
