using Edge.Runtime.Graph;

namespace Edge.Runtime.Operators;

/// <summary>Reading of axes and other small integer lists that opsets moved from attributes to inputs.</summary>
internal static class Axes
{
    /// <summary>The axis counted from the front.</summary>
    /// <exception cref="Onnx.ModelException">It is outside <c>[-rank, rank)</c>.</exception>
    public static int Axis(this Node node, long axis, int rank)
    {
        if (axis < -rank || axis >= rank) throw node.Error($"axis {axis} is outside [{-rank}, {rank}) of a tensor of rank {rank}");
        return (int)(axis < 0 ? axis + rank : axis);
    }

    /// <summary>The axes counted from the front, in the order given.</summary>
    /// <exception cref="Onnx.ModelException">One is outside <c>[-rank, rank)</c>, or occurs twice.</exception>
    public static int[] AxisList(this Node node, long[] axes, int rank)
    {
        int[] list = Array.ConvertAll(axes, a => node.Axis(a, rank));
        if (list.Distinct().Count() != list.Length) throw node.Error($"axes [{string.Join(',', axes)}] name an axis twice");
        return list;
    }

    /// <summary>
    /// A list that is attribute <paramref name="attribute"/> before opset <paramref name="inputSince"/> and input
    /// <paramref name="input"/> from then on.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="attribute">The attribute's name.</param>
    /// <param name="inputSince">First opset that has the input.</param>
    /// <param name="input">The input's index.</param>
    /// <param name="list">The list; null where it is left out, or not known before a run.</param>
    /// <returns>False if the input is given and only a run brings its elements.</returns>
    public static bool TryIntList(this Node node, string attribute, int inputSince, int input, out long[]? list)
    {
        list = null;
        if (node.Opset < inputSince)
        {
            list = node.Attributes.Ints(attribute);
            return true;
        }

        if (!node.Has(input)) return true;
        list = new InferContext(node).ConstantInts(input);
        return list is not null;
    }

    /// <summary>Writes a list where <see cref="TryIntList"/> reads it.</summary>
    public static void SetIntList(this Node node, ModelGraph graph, string attribute, int inputSince, int input, long[] list)
    {
        if (node.Opset < inputSince) node.Attributes.Set(attribute, list);
        else node.SetInput(input, graph.AddConstant($"{node.Name}/{attribute}", Tensors.Tensor.Create<long>(new Tensors.Shape(list.Length), list)));
    }

    /// <summary>Fails unless the elements of input <paramref name="input"/> have a fixed size in memory.</summary>
    public static void RequireFixedSize(this InferContext c, int input)
    {
        if (Tensors.DataTypeExtensions.Size(c.Type(input)) == 0)
            throw c.Error($"input {input} of type {Tensors.DataTypeExtensions.OnnxName(c.Type(input))} is not supported; supported: numbers, bool and strings");
    }

    /// <summary>Fails unless the elements of input <paramref name="input"/> are numbers or bool.</summary>
    public static void RequireNumbers(this InferContext c, int input)
    {
        c.RequireFixedSize(input);
        if (c.Type(input) == Tensors.DataType.String) throw c.Error($"input {input} of type string is not supported; supported: numbers and bool");
    }

    /// <summary>The elements of a tensor of int32 or int64 in memory, widened.</summary>
    public static unsafe long IndexAt(void* data, bool wide, nint i) => wide ? ((long*)data)[i] : ((int*)data)[i];
}
