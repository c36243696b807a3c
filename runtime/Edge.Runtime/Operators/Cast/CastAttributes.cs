using Edge.Runtime.Operators.Reshape;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Cast;

/// <summary>What Cast and CastLike have in common.</summary>
internal static class CastAttributes
{
    /// <summary><c>saturate</c> and <c>round_mode</c> say how 8-bit floats are made, of which there are none here.</summary>
    public static void ReadFloat8(Graph.Node node)
    {
        node.Attributes.Int("saturate", 1);
        node.Attributes.String("round_mode", "up");
    }

    /// <summary>The type that attribute <paramref name="name"/> states.</summary>
    public static DataType Target(Graph.Node node, string name)
    {
        long to = node.Attributes.Int(name);
        if (to is >= 0 and <= byte.MaxValue && Enum.IsDefined((DataType)to) && ((DataType)to).Size() > 0) return (DataType)to;
        throw node.Error($"a cast to {(Onnx.ElementType)to} is not supported; supported: integers of 2 to 64 bits, floating-point numbers of 16 to 64, bool and string");
    }

    public static Executor Executor(string path, DataType from, DataType to, int count) =>
        from == to ? new ViewExecutor("cast", (nint)count * to.Size())
        : from == DataType.String || to == DataType.String ? new TextCastExecutor(path, from, to, count)
        : new CastExecutor(from, to, count);
}
