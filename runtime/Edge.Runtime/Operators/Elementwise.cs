using Edge.Kernels;
using Edge.Kernels.Elementwise;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators;

/// <summary>What elementwise operators share.</summary>
internal static class Elementwise
{
    /// <summary>Element types that kernels may be asked for.</summary>
    public static readonly DataType[] Types = Enum.GetValues<DataType>();

    /// <summary>The scalar kernels, which say for all sets what is implemented.</summary>
    public static ElementwiseKernels Definition => Set.Elementwise;

    /// <summary>The set of the scalar kernels.</summary>
    public static KernelSet Set { get; } = KernelCatalog.Select(KernelCatalog.Names[^1]);

    /// <summary>The shape that inputs <paramref name="from"/> to <paramref name="to"/> (excluded) broadcast to.</summary>
    public static Shape BroadcastShape(this InferContext c, int from, int to)
    {
        var shapes = new Shape[to - from];
        for (int i = from; i < to; i++) shapes[i - from] = c.Shape(i);
        return Broadcast.TryShape(shapes, out var shape) ? shape : throw c.Error($"shapes {string.Join(" and ", shapes)} do not broadcast");
    }

    /// <summary>Whether output 0 has as many elements as the input, of the same size: then neither is read after it was overwritten.</summary>
    public static bool IsAlike(Node node, int input) =>
        node.Inputs[input] is { IsStatic: true } x && node.Outputs[0] is { IsStatic: true } y
        && x.Type.Size() == y.Type.Size() && x.Shape!.Value.Count == y.Shape!.Value.Count;
}
