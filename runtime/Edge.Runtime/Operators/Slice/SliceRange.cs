using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Slice;

/// <summary>What Slice takes of one axis, resolved against its size: <c>First, First + Step, …</c>.</summary>
/// <param name="First">Index of the first element.</param>
/// <param name="Count">Elements taken.</param>
/// <param name="Step">Not 0; negative walks backwards.</param>
internal readonly record struct SliceRange(int First, int Count, int Step)
{
    /// <summary>One range for each axis of <paramref name="input"/>; null if only a run brings starts, ends, axes or steps.</summary>
    public static SliceRange[]? Read(Node node, Shape input)
    {
        bool known = node.TryIntList("starts", 10, 1, out var starts)
            & node.TryIntList("ends", 10, 2, out var ends)
            & node.TryIntList("axes", 10, 3, out var axes);
        long[]? steps = null;
        if (node.Opset >= 10) known &= node.TryIntList("steps", 10, 4, out steps);
        if (!known) return null;
        if (starts is null || ends is null) throw node.Error("starts and ends are required and missing");
        int[] on = axes is null ? [.. Enumerable.Range(0, starts.Length)] : node.AxisList(axes, input.Rank);
        steps ??= [.. on.Select(_ => 1L)];
        if (starts.Length != on.Length || ends.Length != on.Length || steps.Length != on.Length || on.Length > input.Rank)
            throw node.Error($"starts, ends, axes and steps of {starts.Length}, {ends.Length}, {on.Length} and {steps.Length} elements do not fit together for an input of rank {input.Rank}");

        SliceRange[] ranges = [.. input.ToArray().Select(d => new SliceRange(0, d, 1))];
        for (int i = 0; i < on.Length; i++) ranges[on[i]] = Resolve(node, starts[i], ends[i], steps[i], input[on[i]]);
        return ranges;
    }

    /// <summary>Negative positions count from the end; what lies outside is clamped, as ONNX says for either direction.</summary>
    private static SliceRange Resolve(Node node, long start, long end, long step, int size)
    {
        if (step == 0) throw node.Error("a step of 0 is not supported; supported: any other");
        if (start < 0) start += size;
        if (end < 0) end += size;
        int stride = (int)Math.Clamp(step, -(long)int.MaxValue, int.MaxValue);
        if (step > 0)
        {
            start = Math.Clamp(start, 0, size);
            end = Math.Clamp(end, 0, size);
            return new SliceRange((int)start, (int)Math.Max(0, (end - start + stride - 1) / stride), stride);
        }

        start = Math.Clamp(start, 0, Math.Max(size - 1, 0));
        end = Math.Clamp(end, -1, size - 1);
        return new SliceRange((int)start, (int)Math.Max(0, (start - end - stride - 1) / -(long)stride), stride);
    }
}
