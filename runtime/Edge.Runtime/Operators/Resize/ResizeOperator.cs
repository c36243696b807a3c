using Edge.Kernels.Layout;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Pad;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Resize;

/// <summary>
/// Resize (opset 10 on) and Upsample (opset 7 to 9): nearest for elements of any type; linear and cubic, along any axes, for
/// numbers. Those of 32 bits and more, float32 excepted, are computed in float64; integers are rounded half to even.
/// </summary>
internal sealed class ResizeOperator(string opType, int minOpset, int maxOpset) : Operator(opType, "", minOpset, maxOpset)
{
    private static readonly DataType[] s_single = [DataType.Float32, DataType.UInt8, DataType.Int8, DataType.UInt16, DataType.Int16];

    private static readonly DataType[] s_double = [DataType.Float64, DataType.Int32, DataType.UInt32, DataType.Int64, DataType.UInt64];

    public override LayoutRole Layout => LayoutRole.Follows;

    public override bool TakesLayout(Node node, int input) => input == 0;

    public override bool ToChannelsLast(Node node, ModelGraph graph, int rank)
    {
        node.Attributes.Set("channels_last", 1L);
        return true;
    }

    public override void Infer(InferContext c)
    {
        c.RequireNumbers(0);
        var attributes = ResizeAttributes.Read(c.Node);
        if (attributes.Mode != ResizeMode.Nearest) c.RequireType(0, [.. s_single, .. s_double]);
        var axes = ReadAxes(c.Node, c.Shape(0), attributes);
        if (axes is null)
        {
            c.DataDependent(0, c.Type(0));
            return;
        }

        var y = new Shape(Array.ConvertAll(axes, a => a.Output));
        if (c.Shape(0).Count == 0 && y.Count > 0) throw c.Error($"an input {c.Shape(0)} without elements cannot be resized to {y}");
        c.Output(0, c.Type(0), y);
    }

    public override Executor Prepare(PrepareContext c)
    {
        var attributes = ResizeAttributes.Read(c.Node);
        var x = c.Shape(0);
        var axes = ReadAxes(c.Node, x, attributes)!;
        if (attributes.Mode != ResizeMode.Nearest)
            return s_double.Contains(c.Type(0)) ? new FilterExecutor<double>(attributes, axes, c.Type(0)) : new FilterExecutor<float>(attributes, axes, c.Type(0));
        var fill = Tensor.Create(c.Type(0), Shape.Scalar);
        if (attributes.Extrapolation != 0) ElementOf(attributes.Extrapolation, fill);
        // Beside an axis of 0 another may have any length.
        int[][] tables = Array.ConvertAll(axes, a => c.OutputShape().Count == 0 ? [] : NearestTable.Build(attributes, a));
        return new IndexedExecutor("resize_nearest", new IndexedCopy(x.Dims, tables, c.Type(0).Size()), fill, -1);
    }

    /// <summary>Whether a node of known sizes leaves the elements along its last axis as they are.</summary>
    public static bool KeepsLastAxis(Node node) => ReadAxes(node, node.Inputs[0]!.Shape!.Value, ResizeAttributes.Read(node)) is [.., { IsIdentity: true }];

    /// <summary>In the order of the input's axes, whichever layout it has.</summary>
    private static ResizeAxis[]? ReadAxes(Node node, Shape x, ResizeAttributes attributes)
    {
        if (!Conv.ConvAttributes.ChannelsLast(node)) return ResizeSizes.Read(node, x, attributes.Coordinates);
        int[] permutation = ChannelsLastPermutation(x.Rank);
        var original = new int[x.Rank];
        for (int i = 0; i < original.Length; i++) original[permutation[i]] = x[i];
        var axes = ResizeSizes.Read(node, new Shape(original), attributes.Coordinates);
        return axes is null ? null : Array.ConvertAll(permutation, a => axes[a]);
    }

    private static unsafe void ElementOf(float value, Tensor element)
    {
        if (element.Type == DataType.Float32) *(float*)element.Data = value;
        else Cast.ElementCast.Find(DataType.Float32, element.Type)(&value, element.Data, 1);
    }
}
