using System.Runtime.InteropServices;
using Edge.Onnx;
using Edge.Tensors;
using Edge.Testing;

namespace Edge.Runtime.Tests.Halves;

/// <summary>Models as converters to half precision write them.</summary>
internal static class HalfModel
{
    /// <summary>Inputs that operators define as float32 whatever the type of the rest.</summary>
    private static readonly (string OpType, int Input)[] s_kept = [("Resize", 1), ("Resize", 2), ("Upsample", 1)];

    /// <summary>Every float32 of the model becomes float16: weights, inputs, outputs, attributes.</summary>
    public static ModelProto AllHalf(ReadOnlyMemory<byte> file)
    {
        ModelProto model = OnnxReader.Read(file, "half");
        GraphProto graph = model.Graph!;
        HashSet<string> kept = Kept(graph);
        foreach (TensorProto t in graph.Initializers.Where(t => !kept.Contains(t.Name))) Narrow(t);
        foreach (ValueInfoProto v in graph.Inputs.Concat(graph.Outputs))
            if (v.Type?.Tensor is { ElemType: (int)DataType.Float32 } type) type.ElemType = (int)DataType.Float16;
        foreach (NodeProto node in graph.Nodes)
        {
            if (node.OpType == "Constant" && kept.Contains(node.Outputs[0])) continue;
            foreach (AttributeProto a in node.Attributes)
            {
                if (a.T is not null) Narrow(a.T);
                if (node.OpType == "Cast" && a.Name == "to" && a.I == (long)DataType.Float32) a.I = (long)DataType.Float16;
            }
        }

        graph.ValueInfos.Clear();
        return model;
    }

    /// <summary>Every float32 weight becomes float16 with a Cast behind it.</summary>
    public static ModelProto HalfWeights(ReadOnlyMemory<byte> file)
    {
        ModelProto model = OnnxReader.Read(file, "half");
        GraphProto graph = model.Graph!;
        foreach (TensorProto t in graph.Initializers.Where(t => t.DataType == (int)DataType.Float32).ToArray())
        {
            string name = t.Name;
            Narrow(t);
            t.Name += ".half";
            graph.Inputs.RemoveAll(i => i.Name == name);
            graph.Nodes.Insert(0, new NodeProto { OpType = "Cast", Inputs = [t.Name], Outputs = [name], Attributes = [AttributeProto.Of("to", (long)DataType.Float32)] });
        }

        graph.ValueInfos.Clear();
        return model;
    }

    public static byte[] ToBytes(ModelProto model)
    {
        using MemoryStream stream = new();
        OnnxWriter.Write(model, stream);
        return stream.ToArray();
    }

    private static HashSet<string> Kept(GraphProto graph) =>
        [.. from node in graph.Nodes from k in s_kept where k.OpType == node.OpType && k.Input < node.Inputs.Count select node.Inputs[k.Input]];

    private static void Narrow(TensorProto t)
    {
        if (t.DataType != (int)DataType.Float32) return;
        float[] values = MemoryMarshal.Cast<byte, float>(t.GetBytes().Span).ToArray();
        t.DataType = (int)DataType.Float16;
        t.FloatData = [];
        t.RawData = MemoryMarshal.AsBytes<Half>(Array.ConvertAll(values, v => (Half)v)).ToArray();
    }
}
