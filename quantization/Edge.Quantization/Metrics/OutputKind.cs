using Edge.Onnx;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Quantization.Metrics;

/// <summary>What the numbers of an output mean, as far as it can be told from the model.</summary>
public enum OutputKind : byte
{
    /// <summary>Numbers that count as such: a regression, a reconstruction, raw boxes.</summary>
    Values,

    /// <summary>One score a class; the greatest is the answer.</summary>
    Classes,

    /// <summary>The probability of one thing; above one half is yes.</summary>
    Probability,

    /// <summary>Whole numbers that are answers themselves.</summary>
    Labels,
}

/// <summary>Tells the kinds of a model's outputs apart.</summary>
public static class OutputKinds
{
    /// <summary>
    /// Whole numbers are labels. Floats are a probability where a sigmoid makes a single one, and scores of classes where they
    /// are one row (a single dimension above 1) that is not of the size of an input, as a reconstruction would be; everything
    /// else is values.
    /// </summary>
    /// <param name="graph">Of the model; null where only its declarations are known, and then no single number is a probability.</param>
    /// <param name="inputs">The model's inputs.</param>
    /// <param name="outputs">The model's outputs.</param>
    /// <returns>One kind an output.</returns>
    public static IReadOnlyList<OutputKind> Of(GraphProto? graph, IReadOnlyList<TensorInfo> inputs, IReadOnlyList<TensorInfo> outputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(outputs);
        return [.. outputs.Select(o => Of(graph, inputs, o))];
    }

    private static OutputKind Of(GraphProto? graph, IReadOnlyList<TensorInfo> inputs, TensorInfo output)
    {
        if (output.Type is DataType.Int64 or DataType.Int32 or DataType.Bool) return OutputKind.Labels;
        if (output.Dimensions is not { } dims) return OutputKind.Values;
        // A free leading dimension is the batch; samples come one at a time.
        int[] sizes = [.. dims.Select((d, axis) => d.IsFixed ? d.Size : axis == 0 ? 1 : -1)];
        if (sizes.Any(s => s <= 0)) return OutputKind.Values;
        int[] wide = [.. sizes.Where(s => s > 1)];
        if (wide.Length == 0) return graph is not null && Maker(graph, output.Name) == "Sigmoid" ? OutputKind.Probability : OutputKind.Values;
        bool likeInput = inputs.Any(i => i.Dimensions is { } d && d.Select((x, axis) => x.IsFixed ? x.Size : axis == 0 ? 1 : -1).SequenceEqual(sizes));
        return wide.Length == 1 && !likeInput ? OutputKind.Classes : OutputKind.Values;
    }

    /// <summary>The operator that makes a value, but for what does not change its numbers' meaning.</summary>
    private static string? Maker(GraphProto graph, string value)
    {
        // A graph has no cycles, but a file may: no more steps than there are nodes.
        for (int i = 0; i <= graph.Nodes.Count && graph.Nodes.Find(n => n.Outputs.Contains(value)) is { } node; i++)
        {
            if (node.OpType is not ("QuantizeLinear" or "DequantizeLinear" or "Reshape" or "Flatten" or "Squeeze" or "Unsqueeze" or "Identity" or "Cast") || node.Inputs.Count == 0) return node.OpType;
            value = node.Inputs[0];
        }
        return null;
    }
}
