using Edge.Runtime.Graph;

namespace Edge.Runtime.Passes;

/// <summary>
/// Removes nodes that return their input: Identity, Dropout at inference, Cast to the same type, Transpose that moves
/// nothing, Reshape to the same shape, Concat of one tensor.
/// </summary>
internal static class IdentityElimination
{
    public static void Run(ModelGraph graph)
    {
        foreach (var node in graph.Nodes.ToArray())
        {
            if (node.Domain.Length > 0 || !ReturnsInput(graph, node)) continue;
            var input = node.Inputs[0]!;
            var output = node.Outputs[0]!;
            // A graph output keeps its own name and memory; the plan copies where it must.
            if (graph.IsOutput(output) && (input.IsConstant || graph.Inputs.Contains(input) || graph.IsOutput(input))) continue;
            graph.ReplaceUses(output, input);
            graph.Remove(node);
        }
    }

    private static bool ReturnsInput(ModelGraph graph, Node node)
    {
        if (!node.Has(0) || node.Outputs.Count == 0 || node.Outputs[0] is not { IsStatic: true } y || !node.Inputs[0]!.IsStatic) return false;
        for (int i = 1; i < node.Outputs.Count; i++)
            if (node.Outputs[i] is { } other && (other.Consumers.Count > 0 || graph.IsOutput(other))) return false;
        var x = node.Inputs[0]!;
        if (x.Type != y.Type || x.Shape != y.Shape) return false;
        return node.OpType switch
        {
            "Identity" or "Dropout" or "Cast" or "Reshape" or "Flatten" or "Squeeze" or "Unsqueeze" or "Expand" => true,
            "Slice" => IsForward(node),
            "Concat" => node.Inputs.Count == 1,
            "Transpose" => MovesNothing(node.Attributes.Ints("perm"), x.Shape!.Value),
            _ => false,
        };
    }

    // A slice as large as its input can still reverse it; only unit steps are identities.
    private static bool IsForward(Node node) =>
        !node.Has(4) || (node.Constant(4) is { } steps && steps.Bytes.Length > 0 && StepsAreOne(steps));

    private static bool StepsAreOne(Tensors.Tensor steps) => steps.Type == Tensors.DataType.Int64
        ? !steps.AsSpan<long>().ContainsAnyExcept(1L)
        : !steps.AsSpan<int>().ContainsAnyExcept(1);

    private static bool MovesNothing(long[]? perm, Tensors.Shape shape)
    {
        // Moving axes of size 1 does not move elements.
        var p = perm ?? [.. Enumerable.Range(0, shape.Rank).Select(i => (long)(shape.Rank - 1 - i))];
        long last = -1;
        foreach (long axis in p)
        {
            if (shape[(int)axis] == 1) continue;
            if (axis < last) return false;
            last = axis;
        }

        return true;
    }
}
