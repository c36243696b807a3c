using Edge.Onnx;
using Edge.Quantization.Rewrite.Preparation;

namespace Edge.Quantization.Rewrite;

/// <summary>
/// A model one of whose values comes from outside: it is an input beside the model's own, after them, and what computed it
/// is gone where nothing else needs it.
/// </summary>
internal static class PatchedModel
{
    /// <param name="graph">Changed in place.</param>
    /// <param name="facts">Its values' ranks.</param>
    /// <param name="value">A float32 value that a node writes.</param>
    /// <returns>Name of the new input.</returns>
    public static string Patch(OnnxGraph graph, TensorFacts facts, string value)
    {
        string patched = graph.Fresh(value + "_patched");
        graph.ReplaceReads(value, patched);
        int rank = facts.Rank(value) ?? throw new ModelException($"'{value}' did not exist when the sample ran");
        TypeProto open = TypeProto.OfTensor(ElementType.Float, [.. Enumerable.Repeat(-1L, rank)]);
        graph.Model.Graph.Inputs.Add(new ValueInfoProto { Name = patched, Type = open });
        graph.RemoveDead();
        return patched;
    }
}
