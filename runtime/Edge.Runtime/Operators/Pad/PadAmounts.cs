using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Pad;

/// <summary>
/// Elements that Pad adds before and after each axis; negative numbers take away. An attribute before opset 11, an input
/// from then on, for the axes that another input names from opset 18 on.
/// </summary>
internal sealed record PadAmounts(int[] Before, int[] After)
{
    private const int PadsInput = 1, AxesInput = 3;

    /// <summary>Null if only a run brings them.</summary>
    public static PadAmounts? Read(Node node, int rank)
    {
        if (!node.TryIntList("pads", 11, PadsInput, out var pads)) return null;
        if (pads is null) throw node.Error("pads are required and missing");
        long[]? named = null;
        if (node.Opset >= 18 && !node.TryIntList("axes", 18, AxesInput, out named)) return null;
        int[] axes = named is null ? [.. Enumerable.Range(0, rank)] : node.AxisList(named, rank);
        if (pads.Length != 2 * axes.Length) throw node.Error($"pads [{string.Join(',', pads)}] must hold {2 * axes.Length} numbers");
        int[] before = new int[rank], after = new int[rank];
        for (int i = 0; i < axes.Length; i++)
        {
            before[axes[i]] = checked((int)pads[i]);
            after[axes[i]] = checked((int)pads[i + axes.Length]);
        }

        return new PadAmounts(before, after);
    }

    /// <summary>Lets the node pad a channels-last tensor in the same way.</summary>
    public static bool ToChannelsLast(Node node, ModelGraph graph, int rank)
    {
        if (Read(node, rank) is not { } amounts) return false;
        int[] permutation = Operator.ChannelsLastPermutation(rank);
        long[] pads = [.. permutation.Select(a => (long)amounts.Before[a]), .. permutation.Select(a => (long)amounts.After[a])];
        node.SetIntList(graph, "pads", 11, PadsInput, pads);
        if (node.Has(AxesInput)) node.SetInput(AxesInput, null);
        return true;
    }

    /// <summary>The padded shape.</summary>
    public Shape Output(Node node, Shape x)
    {
        var dims = new int[x.Rank];
        for (int a = 0; a < dims.Length; a++)
        {
            dims[a] = checked(x[a] + Before[a] + After[a]);
            if (dims[a] < 0) throw node.Error($"pads of {Before[a]} and {After[a]} take more than the {x[a]} elements of axis {a} away");
        }

        return new Shape(dims);
    }
}
