using System.Buffers.Binary;
using Edge.Onnx;

namespace Edge.Fuzz.Mutation;

/// <summary>Changes to constants, and to what the graph says of its inputs and outputs.</summary>
internal static class TensorMutation
{
    public static void Initializers(GraphProto graph, Random random)
    {
        if (graph.Initializers.Count == 0) return;
        var t = graph.Initializers[random.Next(graph.Initializers.Count)];
        var other = graph.Initializers[random.Next(graph.Initializers.Count)];
        switch (random.Next(10))
        {
            case 0: (t.Name, other.Name) = (other.Name, t.Name); break;
            case 1: graph.Initializers.Remove(t); break;
            case 2:
                // What was known is now given.
                graph.Initializers.Remove(t);
                graph.Inputs.Add(new ValueInfoProto { Name = t.Name, Type = TypeProto.OfTensor(t.ElementType, [.. t.Dims]) });
                break;
            case 3: t.Name = GraphMutation.AnyName(graph, random); break;
            default: Tensor(t, random); break;
        }
    }

    public static void Tensor(TensorProto t, Random random)
    {
        switch (random.Next(12))
        {
            case 0: t.DataType = Nasty.ElementType(random); break;
            case 1: Dims(t, random); break;
            case 2: if (t.RawData.Length > 0) t.RawData = t.RawData[..random.Next(t.RawData.Length)]; break;
            case 3: Resize(t, random); break;
            case 4:
                if (t.ExternalData.Count > 0) t.ExternalData[random.Next(t.ExternalData.Count)].Value = random.Next(2) == 0 ? Nasty.Text(random) : $"{Nasty.Integer(random)}";
                else if (random.Next(4) == 0) (t.DataLocation, t.ExternalData) = (DataLocation.External, [new StringStringEntryProto { Key = "location", Value = Nasty.Text(random) }]);
                break;
            default: Elements(t, random); break;
        }
    }

    public static void Declarations(GraphProto graph, Random random)
    {
        if (random.Next(4) == 0)
        {
            // What nobody reads is not computed; as an output it is.
            graph.Outputs.Add(new ValueInfoProto { Name = GraphMutation.AnyName(graph, random) });
            return;
        }

        var list = random.Next(5) > 0 ? graph.Inputs : graph.Outputs;
        if (list.Count == 0) return;
        var info = list[random.Next(list.Count)];
        switch (random.Next(10))
        {
            case 0: list.Remove(info); break;
            case 1: list.Add(info); break;
            case 2: info.Name = GraphMutation.AnyName(graph, random); break;
            case 3: info.Type = null; break;
            case 4: info.Type = new TypeProto { Sequence = new SequenceTypeProto { ElemType = info.Type } }; break;
            case 5: if (info.Type?.Tensor is { } typed) typed.ElemType = Nasty.ElementType(random); break;
            default: if (info.Type?.Tensor?.Shape is { } shape) Dims(shape, random); break;
        }
    }

    private static void Dims(TensorShapeProto shape, Random random)
    {
        int at = random.Next(shape.Dims.Count + 1);
        switch (random.Next(6))
        {
            case 0: if (at < shape.Dims.Count) shape.Dims.RemoveAt(at); break;
            case 1: shape.Dims.Insert(at, DimensionProto.Of(Nasty.Size(random))); break;
            case 2: if (at < shape.Dims.Count) shape.Dims[at] = DimensionProto.Of("N"); break;
            case 3: shape.Dims.Clear(); break;
            default: if (at < shape.Dims.Count) shape.Dims[at] = DimensionProto.Of(Nasty.Size(random)); break;
        }
    }

    /// <summary>Other dimensions, mostly with as many elements as before.</summary>
    private static void Dims(TensorProto t, Random random)
    {
        int at = random.Next(t.Dims.Count + 1);
        switch (random.Next(6))
        {
            case 0: t.Dims.Insert(at, 1); break;
            case 1: if (t.Dims.Count > 1) (t.Dims[0], t.Dims[^1]) = (t.Dims[^1], t.Dims[0]); break;
            case 2: t.Dims = [t.Dims.Aggregate(1L, (p, d) => unchecked(p * d))]; break;
            case 3: if (t.Dims.Remove(1)) break; goto default;
            case 4:
                t.Dims.Insert(at, 0);
                t.RawData = default;
                break;
            default: if (at < t.Dims.Count) t.Dims[at] = Nasty.Size(random); break;
        }
    }

    /// <summary>Dimensions with data that fills them.</summary>
    private static void Resize(TensorProto t, Random random)
    {
        if (t.Dims.Count == 0 || t.RawData.Length == 0) return;
        t.Dims[random.Next(t.Dims.Count)] = random.Next(0, 9);
        long bytes = t.Dims.Aggregate(1L, (p, d) => Math.Min(p * Math.Max(d, 0), 1 << 20)) * t.ElementType.Bits() / 8;
        if (bytes > 1 << 20) return;
        byte[] data = new byte[bytes];
        for (int i = 0; i < data.Length; i++) data[i] = t.RawData.Span[i % t.RawData.Length];
        t.RawData = data;
    }

    private static void Elements(TensorProto t, Random random)
    {
        int size = t.ElementType.Bits() / 8, count = size == 0 ? 0 : t.RawData.Length / size;
        if (count == 0)
        {
            if (t.Int64Data.Count > 0) t.Int64Data[random.Next(t.Int64Data.Count)] = Nasty.Size(random);
            if (t.FloatData.Count > 0) t.FloatData[random.Next(t.FloatData.Count)] = Nasty.Float(random);
            if (t.Int32Data.Count > 0) t.Int32Data[random.Next(t.Int32Data.Count)] = unchecked((int)Nasty.Size(random));
            return;
        }

        byte[] data = t.RawData.ToArray();
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            Span<byte> at = data.AsSpan(random.Next(count) * size, size);
            long integer = random.Next(2) == 0 ? Nasty.Integer(random) : Nasty.Size(random);
            switch (t.ElementType)
            {
                case ElementType.Float: BinaryPrimitives.WriteSingleLittleEndian(at, Nasty.Float(random)); break;
                case ElementType.Double: BinaryPrimitives.WriteDoubleLittleEndian(at, Nasty.Float(random)); break;
                default: for (int i = 0; i < size && i < 8; i++) at[i] = (byte)(integer >> 8 * i); break;
            }
        }

        t.RawData = data;
    }
}
