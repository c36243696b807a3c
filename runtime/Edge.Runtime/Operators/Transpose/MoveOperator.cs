using Edge.Kernels.Layout;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Transpose;

/// <summary>
/// Elements of its input at fixed distances, as a dense tensor: element <c>(i₀, i₁, …)</c> of shape <c>dims</c> is element
/// <c>offset + Σ iₖ·strides[k]</c>. Made by passes, which answer for the bounds.
/// </summary>
internal sealed class MoveOperator() : Operator(Name, OperatorCatalog.Internal)
{
    public const string Name = "Move";

    /// <summary>Shape, distances in elements, and the first element.</summary>
    public static (int[] Dims, long[] Strides, long Offset) Read(Node node) =>
        (Array.ConvertAll(node.Attributes.Ints("dims")!, d => (int)d), node.Attributes.Ints("strides")!, node.Attributes.Int("offset"));

    /// <summary>Whether elements at these distances lie one after the other.</summary>
    public static bool IsDense(ReadOnlySpan<int> dims, ReadOnlySpan<long> strides)
    {
        long expected = 1;
        for (int i = dims.Length - 1; i >= 0; i--)
        {
            if (dims[i] != 1 && strides[i] != expected) return false;
            expected *= dims[i];
        }

        return true;
    }

    public override (int Input, nint Offset)? ViewOf(Node node, int output)
    {
        var (dims, strides, offset) = Read(node);
        return IsDense(dims, strides) ? (0, (nint)offset * node.Inputs[0]!.Type.Size()) : null;
    }

    public override void Infer(InferContext c)
    {
        c.RequireFixedSize(0);
        c.Output(0, c.Type(0), new Shape(Read(c.Node).Dims));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var (dims, strides, offset) = Read(c.Node);
        int element = c.Type(0).Size();
        int[] target = c.OutputShape().Strides();
        var axes = new CopyAxis[dims.Length];
        for (int a = 0; a < axes.Length; a++) axes[a] = new CopyAxis(dims[a], (nint)strides[a] * element, (nint)target[a] * element);
        return new MoveExecutor(new StridedCopy(axes, element), (nint)offset * element);
    }
}
