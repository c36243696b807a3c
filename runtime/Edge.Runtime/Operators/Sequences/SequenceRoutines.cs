using Edge.Runtime.Execution;
using Edge.Runtime.Operators.Control;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Sequences;

/// <summary>What the operators on sequences and optionals do.</summary>
internal static unsafe class SequenceRoutines
{
    /// <summary>The most parts of a tensor: one without elements can have any number of them.</summary>
    private const int MaxParts = 1_000_000;

    public static void Empty(in ValueContext c, RunValue output) => output.Refer(TensorSequence.Empty);

    /// <summary>Tensors are copied: the plan writes over their memory later.</summary>
    public static void Construct(in ValueContext c, RunValue output)
    {
        var items = new Tensor[c.Inputs.Length];
        for (int i = 0; i < items.Length; i++) items[i] = c.Tensor(i).Clone();
        if (items.Any(t => t.Type != items[0].Type)) throw c.Node.Error("the tensors of a sequence must have one element type");
        output.Refer(new TensorSequence(items));
    }

    public static void Insert(in ValueContext c, RunValue output)
    {
        var items = c.Sequence(0).Items.ToList();
        items.Insert(Position(c, 2, items.Count, items.Count + 1), c.Tensor(1).Clone());
        output.Refer(new TensorSequence(items));
    }

    public static void Erase(in ValueContext c, RunValue output)
    {
        var items = c.Sequence(0).Items.ToList();
        items.RemoveAt(Position(c, 1, items.Count - 1, items.Count));
        output.Refer(new TensorSequence(items));
    }

    public static void At(in ValueContext c, RunValue output)
    {
        var sequence = c.Sequence(0);
        output.Refer(sequence[Position(c, 1, 0, sequence.Count)]);
    }

    public static void Length(in ValueContext c, RunValue output) => output.Ensure(DataType.Int64, new Shape()).AsSpan<long>()[0] = c.Sequence(0).Count;

    public static void Split(in ValueContext c, RunValue output)
    {
        var whole = c.Tensor(0);
        int axis = c.Node.Axis(c.Node.Attributes.Int("axis", 0), whole.Shape.Rank);
        int length = whole.Shape[axis];
        bool single = c.Input(1) is null;
        var parts = new List<Tensor>();
        int from = 0;
        foreach (int size in Sizes(c, length))
        {
            if (size < 0 || size > length - from) throw c.Node.Error($"parts of [{string.Join(',', Sizes(c, length))}] do not fit a length of {length}");
            var part = Tensor.Create(whole.Type, ScanAxes.With(ScanAxes.Without(whole.Shape, axis), axis, size));
            Copy(whole, axis, from, part, 0, size);
            parts.Add(single && c.Node.Attributes.Int("keepdims", 1) == 0 ? part.Reshape(ScanAxes.Without(whole.Shape, axis)) : part);
            from += size;
        }

        if (from != length) throw c.Node.Error($"parts of [{string.Join(',', Sizes(c, length))}] do not fill a length of {length}");
        output.Refer(new TensorSequence(parts));
    }

    public static void Concat(in ValueContext c, RunValue output)
    {
        var sequence = c.Sequence(0);
        if (sequence.Count == 0) throw c.Node.Error("the sequence is empty: there is nothing to concatenate");
        var first = sequence[0];
        bool stack = c.Node.Attributes.Int("new_axis", 0) != 0;
        int axis = c.Node.Axis(c.Node.Attributes.Int("axis"), first.Shape.Rank + (stack ? 1 : 0));
        var parts = new Tensor[sequence.Count];
        for (int i = 0; i < parts.Length; i++) parts[i] = stack ? sequence[i].Reshape(ScanAxes.With(sequence[i].Shape, axis, 1)) : sequence[i];
        int length = 0;
        foreach (var p in parts)
        {
            if (p.Type != first.Type || p.Shape.Rank != parts[0].Shape.Rank || ScanAxes.Without(p.Shape, axis) != ScanAxes.Without(parts[0].Shape, axis))
                throw c.Node.Error($"{p} and {parts[0]} cannot be concatenated along axis {axis}");
            length = checked(length + p.Shape[axis]);
        }

        var whole = output.Ensure(first.Type, ScanAxes.With(ScanAxes.Without(parts[0].Shape, axis), axis, length));
        int at = 0;
        foreach (var p in parts)
        {
            Copy(p, axis, 0, whole, at, p.Shape[axis]);
            at += p.Shape[axis];
        }
    }

    /// <summary>The value itself, or an absent one where there is no input.</summary>
    public static void Optional(in ValueContext c, RunValue output)
    {
        if (c.Input(0) is { } value) output.Copy(value);
        else output.Clear();
    }

    public static void HasElement(in ValueContext c, RunValue output) => output.Ensure(DataType.Bool, new Shape()).AsSpan<bool>()[0] = c.Input(0) is { IsPresent: true };

    public static void GetElement(in ValueContext c, RunValue output)
    {
        if (c.Input(0) is not { IsPresent: true } value) throw c.Node.Error("the optional is absent");
        output.Copy(value);
    }

    private static int[] Sizes(in ValueContext c, int length)
    {
        if (c.Input(1) is null && length > MaxParts) throw c.Node.Error($"{length:N0} parts are not supported; supported: {MaxParts:N0}");
        if (c.Input(1) is null) return [.. Enumerable.Repeat(1, length)];
        var split = c.Tensor(1);
        if (split.Shape.Rank > 0)
        {
            return split.Type switch
            {
                DataType.Int32 => split.AsSpan<int>().ToArray(),
                DataType.Int64 => Array.ConvertAll(split.AsSpan<long>().ToArray(), n => (int)Math.Clamp(n, int.MinValue, int.MaxValue)),
                _ => throw c.Node.Error($"the split must be int64 or int32, not {split}"),
            };
        }

        long size = Condition.Number(c, 1, "the split");
        if (size < 1) throw c.Node.Error($"parts of {size} are not possible");
        if (length / size > MaxParts) throw c.Node.Error($"{length / size:N0} parts are not supported; supported: {MaxParts:N0}");
        return [.. Enumerable.Range(0, (int)((length + size - 1) / size)).Select(i => (int)Math.Min(size, length - i * size))];
    }

    private static int Position(in ValueContext c, int input, int fallback, int count)
    {
        long p = c.Input(input) is null ? fallback : Condition.Number(c, input, "the position");
        if (p < 0) p += input == 2 ? count - 1 : count;
        return p >= 0 && p < count ? (int)p : throw c.Node.Error($"position {p} is outside of a sequence of {c.Sequence(0).Count}");
    }

    /// <summary>Copies <paramref name="count"/> entries along <paramref name="axis"/>; all other dimensions are equal.</summary>
    private static void Copy(Tensor from, int axis, int fromIndex, Tensor to, int toIndex, int count)
    {
        nint row = (nint)from.Shape.Product(axis + 1, from.Shape.Rank) * from.Type.Size();
        int rows = from.Shape.Product(0, axis);
        for (int r = 0; r < rows; r++)
        {
            Buffer.MemoryCopy(
                from.Data + ((nint)r * from.Shape[axis] + fromIndex) * row,
                to.Data + ((nint)r * to.Shape[axis] + toIndex) * row, count * row, count * row);
        }
    }
}
