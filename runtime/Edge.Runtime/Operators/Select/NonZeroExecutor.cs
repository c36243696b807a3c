using Edge.Runtime.Operators.Cast;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Select;

/// <summary>Counts, then writes coordinates.</summary>
internal sealed unsafe class NonZeroExecutor(Shape shape, DataType type) : Executor
{
    public override string Kernel => "nonzero";

    public override nint ScratchBytes => shape.Count;

    public override void Execute(in StepContext c)
    {
        bool* set = c.Input<bool>(0);
        if (type != DataType.Bool)
        {
            set = (bool*)c.Scratch;
            ElementCast.Find(type, DataType.Bool)(c.Input<byte>(0), set, shape.Count);
        }

        int count = 0;
        for (int i = 0; i < shape.Count; i++)
            if (set[i]) count++;

        // A scalar has one coordinate, 0, as numpy has it.
        int rank = Math.Max(shape.Rank, 1);
        long* y = c.Allocate<long>(0, new Shape(rank, count));
        for (int i = 0, n = 0; i < shape.Count; i++)
        {
            if (!set[i]) continue;
            int rest = i;
            for (int a = shape.Rank - 1; a >= 0; a--)
            {
                (rest, int at) = Math.DivRem(rest, shape[a]);
                y[(nint)a * count + n] = at;
            }

            if (shape.Rank == 0) y[n] = 0;
            n++;
        }
    }
}
