using Edge.Tensors;

namespace Edge.Runtime.Operators.Reshape;

/// <summary>
/// Reshape (opset 5 on). In the target shape −1 stands for what is left over, and 0 for the dimension of the input at
/// that place unless <c>allowzero</c> is set.
/// </summary>
internal sealed class ReshapeOperator() : ViewOperator("Reshape", 5)
{
    public override void Infer(InferContext c)
    {
        c.RequireFixedSize(0);
        c.RequireType(1, DataType.Int64, DataType.Int32);
        bool allowZero = c.Opset >= 14 && c.Attributes.Int("allowzero", 0) != 0;
        long[]? target = c.ConstantInts(1);
        if (target is null) c.DataDependent(0, c.Type(0));
        else c.Output(0, c.Type(0), Resolve(c, c.Shape(0), target, allowZero));
    }

    private static Shape Resolve(InferContext c, Shape input, long[] target, bool allowZero)
    {
        string asked = $"shape [{string.Join(',', target)}]";
        var dims = new int[target.Length];
        int free = -1;
        long known = 1;
        for (int i = 0; i < dims.Length; i++)
        {
            if (target[i] == -1 && free < 0)
            {
                free = i;
                continue;
            }

            if (target[i] < 0) throw c.Error($"{asked} is malformed: one dimension may be -1, all others must be 0 or more");
            bool copied = target[i] == 0 && !allowZero;
            if (copied && i >= input.Rank) throw c.Error($"{asked} copies dimension {i}, which input {input} does not have");
            dims[i] = copied ? input[i] : checked((int)target[i]);
            known *= dims[i];
        }

        if (free >= 0)
        {
            if (known == 0 || input.Count % known != 0) throw c.Error($"input {input} cannot take {asked}: no size fits at -1");
            dims[free] = (int)(input.Count / known);
        }

        var shape = new Shape(dims);
        if (shape.Count != input.Count) throw c.Error($"input {input} of {input.Count} elements cannot take {asked} of {shape.Count}");
        return shape;
    }
}
