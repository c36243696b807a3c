using System.Globalization;
using Edge.Onnx;
using Edge.Tensors;

namespace Edge.Quantization.Rewrite.Specialization;

/// <summary>Makes a model for one value of some of its inputs: a sampling rate, a switch, a threshold. They are no longer inputs.</summary>
internal static class FixedInputs
{
    /// <summary>What is fixed are switches, rates and states, all small.</summary>
    private const int MostElements = 1 << 24;

    /// <param name="model">Changed in place.</param>
    /// <param name="values">By the input's name; every element has the value, and sizes that are open count 1.</param>
    /// <param name="sessions">What conditions are computed on.</param>
    /// <exception cref="ModelException">There is no such input, it has no numbers, or its type has no such value; the message names it.</exception>
    public static void Apply(ModelProto model, IReadOnlyDictionary<string, double> values, SessionFactory sessions)
    {
        GraphProto graph = model.Graph;
        foreach ((string name, double value) in values)
        {
            ValueInfoProto input = graph.Inputs.Find(i => i.Name == name)
                ?? throw new ModelException($"input '{name}' cannot be fixed: the model's inputs are {string.Join(", ", graph.Inputs.Select(i => $"'{i.Name}'"))}");
            graph.Initializers.RemoveAll(t => t.Name == name);
            graph.Initializers.Add(Constant(input, value));
            graph.Inputs.Remove(input);
        }
        if (graph.Inputs.TrueForAll(i => graph.Initializers.Exists(t => t.Name == i.Name))) throw new ModelException("no input is left: at least one must stay open");
        var linked = new OnnxGraph(model);
        linked.NameNodes();
        BranchInlining.Apply(linked, sessions);
        // Branches may use the same names of nodes.
        linked.NameNodes();
        linked.RemoveDead();
    }

    private static TensorProto Constant(ValueInfoProto input, double value)
    {
        if (input.Type?.Tensor is not { } type) throw new ModelException($"input '{input.Name}' cannot be fixed: it is no tensor");
        long[] dims = [.. (type.Shape?.Dims ?? []).Select(d => d.Value is > 0 and var size ? size : 1)];
        if (dims.Aggregate(1.0, (n, d) => n * d) > MostElements) throw new ModelException($"input '{input.Name}' cannot be fixed: {string.Join('×', dims)} elements are more than {MostElements}");
        int count = (int)dims.Aggregate(1L, (n, d) => n * d);
        return (ElementType)type.ElemType switch
        {
            ElementType.Float => Fill(float.IsFinite((float)value) || !double.IsFinite(value) ? (float)value : throw CannotBe()),
            ElementType.Double => Fill(value),
            ElementType.Int64 => Fill((long)Whole(long.MinValue, long.MaxValue)),
            ElementType.Int32 => Fill((int)Whole(int.MinValue, int.MaxValue)),
            ElementType.UInt8 => Fill((byte)Whole(byte.MinValue, byte.MaxValue)),
            ElementType.Int8 => Fill((sbyte)Whole(sbyte.MinValue, sbyte.MaxValue)),
            ElementType.Bool => Bool((byte)Whole(0, 1)),
            var other => throw new ModelException($"input '{input.Name}' cannot be fixed: it holds {other.OnnxName()}; float, double, int64, int32, uint8, int8 and bool can be"),
        };

        TensorProto Fill<T>(T element) where T : unmanaged => TensorValues.Make<T>(input.Name, Enumerable.Repeat(element, count).ToArray(), dims);

        TensorProto Bool(byte element)
        {
            TensorProto tensor = Fill(element);
            tensor.DataType = (int)DataType.Bool;
            return tensor;
        }

        double Whole(double least, double most) => value == Math.Truncate(value) && value >= least && value <= most
            ? value
            : throw CannotBe();

        ModelException CannotBe() => new(string.Create(CultureInfo.InvariantCulture, $"input '{input.Name}' cannot be {value}: it holds {((ElementType)type.ElemType).OnnxName()}"));
    }
}
