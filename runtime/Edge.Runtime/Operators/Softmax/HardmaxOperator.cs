using System.Numerics;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Softmax;

/// <summary>
/// Hardmax: 1 at the first greatest element of a set, 0 elsewhere. Sets are those of <see cref="SoftmaxOperator"/>.
/// </summary>
internal sealed class HardmaxOperator() : Operator("Hardmax", "", 1, OperatorCatalog.LatestOpset)
{
    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32, DataType.Float64, DataType.Float16);
        c.RequireRank(0, 1);
        ReadAxis(c.Node, c.Shape(0).Rank);
        c.Output(0, c.Type(0), c.Shape(0));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var x = c.Shape(0);
        int axis = ReadAxis(c.Node, x.Rank);
        bool rows = c.Node.Opset < 13;
        var (outer, length, inner) = (x.Product(0, axis), rows ? x.Product(axis, x.Rank) : x[axis], rows ? 1 : x.Product(axis + 1, x.Rank));
        return c.Type(0) switch
        {
            DataType.Float32 => new HardmaxExecutor<float>(outer, length, inner),
            DataType.Float64 => new HardmaxExecutor<double>(outer, length, inner),
            _ => new HardmaxExecutor<Half>(outer, length, inner),
        };
    }

    private static int ReadAxis(Node node, int rank) => node.Axis(node.Attributes.Int("axis", node.Opset < 13 ? 1 : -1), rank);
}

internal sealed unsafe class HardmaxExecutor<T>(int outer, int length, int inner) : Executor where T : unmanaged, INumber<T>
{
    public override string Kernel => "hardmax";

    public override void Execute(in StepContext c)
    {
        if (length == 0) return;
        new Span<T>(c.Output<T>(0), outer * length * inner).Clear();
        for (int set = 0; set < outer * inner; set++)
        {
            nint start = (nint)(set / inner) * length * inner + set % inner;
            T* x = c.Input<T>(0) + start;
            nint greatest = 0;
            for (nint i = 1; i < length; i++)
                if (x[i * inner] > x[greatest * inner]) greatest = i;
            c.Output<T>(0)[start + greatest * inner] = T.One;
        }
    }
}
