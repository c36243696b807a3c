using System.Numerics;
using Edge.Kernels.Trees;
using Edge.Runtime.Graph;

namespace Edge.Runtime.Operators.Trees;

/// <summary>A branch as a model lists it. Children are indices of branches, or complements of leaves, in the model's order.</summary>
/// <param name="Mode">How the feature is compared.</param>
/// <param name="Feature">Its index.</param>
/// <param name="Threshold">What it is compared with.</param>
/// <param name="Members">Instead of the threshold: the branch is taken where the feature is one of these.</param>
/// <param name="NanHolds">NaN takes the branch.</param>
/// <param name="Yes">Child where it is taken.</param>
/// <param name="No">Child where it is not.</param>
internal readonly record struct TreeNode<T>(TreeMode Mode, long Feature, T Threshold, T[]? Members, bool NanHolds, int Yes, int No);

/// <summary>Brings the trees of a model, which may come in any order and be no trees at all, into the form of a <see cref="Forest{T}"/>.</summary>
internal static class TreeNodes
{
    /// <summary>
    /// Numbers the branches from the roots down, children after parents. Branches that no root reaches are left out.
    /// </summary>
    /// <exception cref="Onnx.ModelException">A branch is reached twice, which a cycle is, or a feature is out of range.</exception>
    public static Forest<T> Build<T>(Node owner, IReadOnlyList<TreeNode<T>> nodes, int[] roots, TreeLeaves<T> leaves, int targets, TreeAggregate aggregate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var order = new List<int>(nodes.Count);
        int[] places = new int[nodes.Count];
        Array.Fill(places, -1);
        int count = 0;
        var pending = new Stack<int>();
        foreach (int root in roots)
        {
            pending.Push(root);
            while (pending.TryPop(out int at))
            {
                if (at < 0) continue;
                if (places[at] >= 0) throw owner.Error($"branch {at} is the child of two branches, or of itself: the model holds no trees");
                var node = nodes[at];
                if (node.Feature is < 0 or >= TreeBranch<T>.MaxFeatures) throw owner.Error($"branch {at} asks for feature {node.Feature}; supported: 0 to {TreeBranch<T>.MaxFeatures - 1:N0}");
                places[at] = count;
                // A set of values becomes a chain of comparisons.
                count = checked(count + Math.Max(1, node.Members?.Length ?? 1));
                order.Add(at);
                pending.Push(node.No);
                pending.Push(node.Yes);
            }
        }

        int Place(int child) => child < 0 ? child : places[child];
        var branches = new List<TreeBranch<T>>(count);
        foreach (int at in order)
        {
            var (mode, feature, threshold, members, nanHolds, yes, no) = nodes[at];
            // No value is equal to NaN, so an empty set is never met.
            members = members is { Length: 0 } ? [T.NaN] : members ?? [threshold];
            for (int i = 0; i < members.Length; i++)
                branches.Add(new TreeBranch<T>(mode, (int)feature, members[i], nanHolds, Place(yes), i + 1 < members.Length ? branches.Count + 1 : Place(no)));
        }

        return new Forest<T>([.. branches], Array.ConvertAll(roots, Place), leaves, targets, aggregate);
    }

    /// <summary>A list of numbers that is an attribute of floats, or a tensor of floats or doubles; empty if it is left out.</summary>
    public static T[] Numbers<T>(Node node, string list, string tensor) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        float[] floats = list.Length == 0 ? [] : node.Attributes.Floats(list) ?? [];
        var t = node.Attributes.Tensor(tensor);
        if (floats.Length > 0 && t is { Count: > 0 }) throw node.Error($"{list} and {tensor} are both given");
        return t?.Type switch
        {
            null => Array.ConvertAll(floats, T.CreateChecked),
            Tensors.DataType.Float32 => Array.ConvertAll(t.AsSpan<float>().ToArray(), T.CreateChecked),
            Tensors.DataType.Float64 => Array.ConvertAll(t.AsSpan<double>().ToArray(), T.CreateChecked),
            _ => throw node.Error($"{tensor} of type {Tensors.DataTypeExtensions.OnnxName(t.Type)} is not supported; supported: float, double"),
        };
    }
}
