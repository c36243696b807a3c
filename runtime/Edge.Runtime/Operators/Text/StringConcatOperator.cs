using Edge.Tensors;

namespace Edge.Runtime.Operators.Text;

/// <summary>StringConcat: the strings of two tensors, broadcast as in numpy, one behind the other.</summary>
internal sealed class StringConcatOperator() : Operator("StringConcat", "", 20, OperatorCatalog.LatestOpset)
{
    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.String);
        c.RequireType(1, DataType.String);
        c.Output(0, DataType.String, c.BroadcastShape(0, 2));
    }

    public override Executor Prepare(PrepareContext c) => new StringConcatExecutor(c.Node.Path, c.OutputShape(), c.Shape(0), c.Shape(1));
}

internal sealed unsafe class StringConcatExecutor(string path, Shape y, Shape a, Shape b) : Executor
{
    public override string Kernel => "string_concat";

    public override void Execute(in StepContext c)
    {
        long* left = c.Input<long>(0), right = c.Input<long>(1), to = c.Output<long>(0);
        for (int i = 0; i < y.Count; i++)
            to[i] = Texts.Intern(string.Concat(StringTable.Text(left[Place(a, i)]), StringTable.Text(right[Place(b, i)])), path);
    }

    /// <summary>The element of an operand that meets element <paramref name="i"/> of the output.</summary>
    private nint Place(Shape operand, int i)
    {
        nint place = 0, stride = 1;
        for (int axis = 1; axis <= operand.Rank; axis++)
        {
            (i, int at) = Math.DivRem(i, y[^axis]);
            if (operand[^axis] != 1) place += at * stride;
            stride *= operand[^axis];
        }

        return place;
    }
}
