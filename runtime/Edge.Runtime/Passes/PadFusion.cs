using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Passes;

/// <summary>A Pad of spatial axes with the value that a convolution pads with anyway becomes padding of that convolution.</summary>
internal static class PadFusion
{
    public static void Run(ModelGraph graph)
    {
        foreach (var pad in graph.Nodes.ToArray())
        {
            if (pad is not { OpType: "Pad", Domain: "" } || pad.Attributes.String("mode", "constant") != "constant") continue;
            if (!pad.Outputs[0]!.IsStatic || graph.OnlyConsumer(pad.Outputs[0]!) is not { Domain: "" } conv) continue;
            if (conv.OpType is not ("Conv" or "QLinearConv") || conv.Inputs[0] != pad.Outputs[0]) continue;
            if (conv.Attributes.String("auto_pad", "NOTSET") is not ("NOTSET" or "VALID")) continue;
            int rank = pad.Outputs[0]!.Shape!.Value.Rank;
            if (Pads(pad, rank) is not { } p || p.Any(n => n < 0) || p[0] + p[1] + p[rank] + p[rank + 1] != 0 || !PadsWithZero(pad, conv)) continue;

            int spatial = rank - 2;
            var pads = conv.Attributes.String("auto_pad", "NOTSET") == "VALID" ? new long[2 * spatial] : conv.Attributes.Ints("pads") ?? new long[2 * spatial];
            pads = (long[])pads.Clone();
            for (int i = 0; i < spatial; i++)
            {
                pads[i] += p[i + 2];
                pads[i + spatial] += p[rank + i + 2];
            }

            conv.Attributes.Set("auto_pad", "NOTSET");
            conv.Attributes.Set("pads", pads);
            conv.SetInput(0, pad.Inputs[0]);
            graph.Remove(pad);
        }
    }

    private static long[]? Pads(Node pad, int rank)
    {
        if (pad.Has(3)) return null; // a list of axes
        var p = pad.Opset < 11 ? pad.Attributes.Ints("pads") : pad.Constant(1) is { Type: DataType.Int64 } t ? t.AsSpan<long>().ToArray() : null;
        return p?.Length == 2 * rank ? p : null;
    }

    private static bool PadsWithZero(Node pad, Node conv)
    {
        if (pad.Opset < 11) return conv.OpType == "Conv" && pad.Attributes.Float("value", 0) == 0;
        if (conv.OpType == "Conv") return !pad.Has(2) || pad.Constant(2) is { Type: DataType.Float32, Count: 1 } v && v.AsSpan<float>()[0] == 0;
        byte zeroPoint = conv.Constant(2) is { Count: 1 } z ? z.Bytes[0] : (byte)0;
        return pad.Has(2) ? pad.Constant(2) is { Count: 1 } q && q.Bytes[0] == zeroPoint : zeroPoint == 0;
    }
}
