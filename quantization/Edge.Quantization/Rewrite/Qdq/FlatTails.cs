using Edge.Onnx;
using Edge.Quantization.Observers;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Quantization.Rewrite.Qdq;

/// <summary>
/// Cuts from the range of a function's argument what the function cannot tell apart. A SiLU or sigmoid of −40 is that of
/// −8, but a range that reaches down to −40 would spend most codes there. As with a Relu, whose argument is observed behind
/// it, codes are spent where they show: a tail goes when its values differ by at most half a step of the function's result.
/// </summary>
internal static class FlatTails
{
    /// <summary>Points at which a function is looked at; a quarter of a step of the widest range.</summary>
    private const int Points = 1024;

    /// <summary>The ranges with those of arguments cut that only one function reads.</summary>
    /// <param name="graph">The graph that was planned.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="observed">Range of each of the plan's activations.</param>
    /// <param name="sessions">What functions are computed on.</param>
    public static Dictionary<string, ValueRange> Cut(OnnxGraph graph, QuantizationPlan plan, IReadOnlyDictionary<string, ValueRange> observed, SessionFactory sessions)
    {
        var ranges = new Dictionary<string, ValueRange>(observed);
        foreach (QuantizationUnit unit in plan.Quantized.Where(u => u.Role == OperatorRole.Elementwise && !u.Wide))
        {
            string argument = unit.Inputs[0];
            bool onlyReader = graph.Consumers(argument).All(unit.Nodes.Contains) && !graph.IsOutput(argument) && !graph.IsCaptured(argument);
            ValueRange range = ranges[argument];
            if (!onlyReader || range.Min == range.Max) continue;
            float[] x = [.. Enumerable.Range(0, Points).Select(i => (float)(range.Min + (((double)range.Max - range.Min) * i / (Points - 1))))];
            ranges[argument] = Cut(x, Evaluate(graph, unit, x, sessions));
        }
        return ranges;
    }

    /// <summary>The part of <paramref name="x"/> outside which <paramref name="y"/> hardly changes.</summary>
    /// <param name="x">Ascending.</param>
    /// <param name="y">The function at each; not finite values keep their surroundings.</param>
    internal static ValueRange Cut(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        ValueRange result = new ValueRange(Smallest(y), Largest(y)).WithZero();
        double step = ((double)result.Max - result.Min) / 255;
        int low = FlatUntil(y, 0, 1, step / 2), high = FlatUntil(y, y.Length - 1, -1, step / 2);
        return low < high ? new ValueRange(x[low], x[high]) : new ValueRange(x[0], x[^1]);
    }

    /// <summary>The last index in direction <paramref name="by"/> up to which all values lie within <paramref name="tolerance"/> of the one there.</summary>
    private static int FlatUntil(ReadOnlySpan<float> y, int from, int by, double tolerance)
    {
        int at = from;
        float min = y[from], max = y[from];
        for (int i = from + by; i >= 0 && i < y.Length; i += by)
        {
            min = Math.Min(min, y[i]);
            max = Math.Max(max, y[i]);
            if (!(y[i] - min <= tolerance && max - y[i] <= tolerance)) break;
            at = i;
        }
        return at;
    }

    private static float Smallest(ReadOnlySpan<float> y)
    {
        float min = float.PositiveInfinity;
        foreach (float v in y) min = Math.Min(min, v);
        return min;
    }

    private static float Largest(ReadOnlySpan<float> y)
    {
        float max = float.NegativeInfinity;
        foreach (float v in y) max = Math.Max(max, v);
        return max;
    }

    private static float[] Evaluate(OnnxGraph graph, QuantizationUnit unit, float[] x, SessionFactory sessions)
    {
        HashSet<string> read = [.. unit.Nodes.SelectMany(n => n.Inputs)];
        var model = new ModelProto
        {
            IrVersion = graph.Model.IrVersion,
            OpsetImports = graph.Model.OpsetImports,
            Graph = new GraphProto
            {
                Name = "function",
                Nodes = unit.Nodes,
                Initializers = [.. graph.Model.Graph.Initializers.Where(t => read.Contains(t.Name))],
                Inputs = [new ValueInfoProto { Name = unit.Inputs[0], Type = TypeProto.OfTensor(ElementType.Float, x.Length) }],
                Outputs = [new ValueInfoProto { Name = unit.Outputs[0] }],
            },
        };
        using IInferenceSession session = sessions(model, unit.Main.Name);
        return session.Run(Tensor.Create<float>(new Shape(x.Length), x))[0].AsSpan<float>().ToArray();
    }
}
