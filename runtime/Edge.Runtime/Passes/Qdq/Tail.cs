using Edge.Runtime.Graph;

namespace Edge.Runtime.Passes.Qdq;

/// <summary>
/// What follows a float result on its way to integers: any number of Relu and Clip, then QuantizeLinear. Since
/// quantization is monotone, clipping before it is the same as clipping the integers after it.
/// </summary>
/// <param name="Quantize">The QuantizeLinear.</param>
/// <param name="To">Its result.</param>
/// <param name="Low">Least integer that can come out.</param>
/// <param name="High">Greatest integer that can come out.</param>
/// <param name="Between">The clipping nodes, which the fused operator replaces.</param>
internal sealed record Tail(Node Quantize, Affine8 To, int Low, int High, IReadOnlyList<Node> Between)
{
    public bool Narrows => Low > To.Low || High < To.High;

    /// <summary>The tail behind <paramref name="value"/>; null if anything else reads it on the way.</summary>
    public static Tail? Find(ModelGraph graph, Value value)
    {
        float low = float.NegativeInfinity, high = float.PositiveInfinity;
        var between = new List<Node>();
        while (graph.OnlyConsumer(value) is { } next)
        {
            if (Affine8.Quantized(next) is { } to)
            {
                return new Tail(next, to,
                    float.IsNegativeInfinity(low) ? to.Low : to.Quantize(low),
                    float.IsPositiveInfinity(high) ? to.High : to.Quantize(high), between);
            }

            if (next.Inputs[0] != value || next.Domain.Length > 0) return null;
            if (next.OpType == "Relu") low = Math.Max(low, 0);
            else if (next.OpType == "Clip" && ActivationFusion.Bounds(next) is var (a, b)) (low, high) = (Math.Max(low, a), Math.Min(high, b));
            else return null;
            between.Add(next);
            value = next.Outputs[0]!;
        }

        return null;
    }

    /// <summary>
    /// Lets <paramref name="fused"/> take the place of <paramref name="node"/> and of this tail; its output 0 becomes the
    /// tail's result.
    /// </summary>
    public void Replace(ModelGraph graph, Node node, Node fused)
    {
        var result = Quantize.Outputs[0]!;
        graph.Replace(node, fused);
        foreach (var n in Between) graph.Remove(n);
        graph.Remove(Quantize);
        fused.SetOutput(0, result);
    }
}
