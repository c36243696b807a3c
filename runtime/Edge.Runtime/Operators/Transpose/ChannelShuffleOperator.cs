using Edge.Kernels.Layout;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Transpose;

/// <summary>
/// Channels in another order, or some of them: with <c>counts</c> n₀, n₁, … output channel <c>(i₀, i₁, …)</c>, counted in
/// mixed radix, is input channel <c>offset + Σ iₖ·strides[k]</c>. Channels lie along <c>axis</c>. Made by passes.
/// </summary>
internal sealed class ChannelShuffleOperator() : Operator(Name, OperatorCatalog.Internal)
{
    public const string Name = "ChannelShuffle";

    public override LayoutRole Layout => LayoutRole.Follows;

    public static Node Make(ModelGraph graph, Value source, Value result, long[] counts, long[] strides, long offset) =>
        graph.Make(OperatorCatalog.Internal, Name, result.Name, [source], [result], ("axis", 1L), ("counts", counts), ("strides", strides), ("offset", offset));

    public override void Infer(InferContext c)
    {
        c.RequireFixedSize(0);
        int[] dims = c.Shape(0).ToArray();
        dims[c.Node.Axis(c.Attributes.Int("axis"), dims.Length)] = (int)c.Attributes.Ints("counts")!.Aggregate(1L, (p, n) => p * n);
        c.Attributes.Ints("strides");
        c.Attributes.Int("offset");
        c.Output(0, c.Type(0), new Shape(dims));
    }

    public override bool ToChannelsLast(Node node, ModelGraph graph, int rank)
    {
        node.Attributes.Set("axis", (long)ChannelsLastAxis((int)node.Attributes.Int("axis"), rank));
        return true;
    }

    public override Executor Prepare(PrepareContext c)
    {
        var x = c.Shape(0);
        int axis = (int)c.Attributes.Int("axis");
        long[] counts = c.Attributes.Ints("counts")!, strides = c.Attributes.Ints("strides")!;
        nint inner = (nint)x.Product(axis + 1, x.Rank) * c.Type(0).Size();
        nint row = c.OutputShape()[axis] * inner, target = row;
        List<CopyAxis> axes = [new CopyAxis(x.Product(0, axis), x[axis] * inner, row)];
        for (int i = 0; i < counts.Length; i++)
        {
            target /= (nint)counts[i];
            axes.Add(new CopyAxis((int)counts[i], (nint)strides[i] * inner, target));
        }

        axes.Add(new CopyAxis(x.Product(axis + 1, x.Rank), c.Type(0).Size(), c.Type(0).Size()));
        return new MoveExecutor(new StridedCopy([.. axes], c.Type(0).Size()), (nint)c.Attributes.Int("offset") * inner, x.Product(0, axis));
    }
}
