using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Passes;

/// <summary>Reads a constant operand of an elementwise operator as one number a channel.</summary>
internal static class ChannelConstant
{
    /// <summary>
    /// One float a channel, if <paramref name="operand"/> broadcasts over a tensor of <paramref name="shape"/> along its
    /// axis <paramref name="axis"/> alone (or is a single number); else null.
    /// </summary>
    public static float[]? Read(Value? operand, Shape shape, int axis)
    {
        if (operand?.Constant is not { Type: DataType.Float32 } t || t.Shape.Rank > shape.Rank) return null;
        var values = t.AsSpan<float>();
        int channels = shape[axis];
        if (t.Count == 1)
        {
            var all = new float[channels];
            all.AsSpan().Fill(values[0]);
            return all;
        }

        int lead = shape.Rank - t.Shape.Rank;
        for (int i = 0; i < t.Shape.Rank; i++)
            if (t.Shape[i] != (i + lead == axis ? channels : 1)) return null;
        return t.Count == channels ? values.ToArray() : null;
    }
}
