using Edge.Runtime.Graph;
using Edge.Runtime.Operators;
using Edge.Runtime.Operators.Transpose;

namespace Edge.Runtime.Passes.Movement;

/// <summary>
/// However many transpositions, reshapes, slices and gathers lie one behind the other, their elements are copied once,
/// from where the first of them reads; not at all where the result is in the order of the source, or a part of it is.
/// </summary>
internal static class MoveFusion
{
    public static void Run(ModelGraph graph)
    {
        foreach (var node in graph.Nodes.ToArray())
        {
            if (node.Outputs is not [{ IsStatic: true } y] || y.Shape!.Value.Count == 0) continue;
            if (node.Domain.Length > 0 || !StridedView.Moves(node.OpType) || node.Inputs[0]!.IsConstant) continue;
            var view = StridedView.Of(y);
            if (view.Source == y || IsCanonical(node, view)) continue;
            if (view.IsReshape) graph.Replace(node, graph.MakeReshape(view.Source, y));
            else if (!StridedView.IsReshaping(node.OpType) && (view.IsDense || CopiesBefore(node, view.Source))) graph.Replace(node, Move(graph, view, y));
        }

        DeadNodeElimination.Run(graph);
    }

    /// <summary>One operator over its source, which costs as little as it can: a reshape, or a copy that needs to be one.</summary>
    private static bool IsCanonical(Node node, StridedView view) =>
        view.Source == node.Inputs[0] && (StridedView.IsReshaping(node.OpType) || !view.IsDense);

    /// <summary>Whether anything between <paramref name="source"/> and <paramref name="node"/> does work, as reshapes do not.</summary>
    private static bool CopiesBefore(Node node, Value source)
    {
        for (var v = node.Inputs[0]!; v != source; v = v.Producer.Inputs[0]!)
            if (!StridedView.IsReshaping(v.Producer!.OpType)) return true;
        return false;
    }

    private static Node Move(ModelGraph graph, StridedView view, Value y) => graph.Make(OperatorCatalog.Internal, MoveOperator.Name, y.Name, [view.Source], [y],
        ("dims", Array.ConvertAll(view.Dims, d => (long)d)), ("strides", view.Strides), ("offset", view.Offset));
}
