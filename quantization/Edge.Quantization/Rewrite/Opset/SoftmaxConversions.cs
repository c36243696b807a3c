using Edge.Onnx;

namespace Edge.Quantization.Rewrite.Opset;

/// <summary>
/// Softmax, LogSoftmax and Hardmax before opset 13 flatten their input to a matrix at <c>axis</c> (default 1) and work on
/// its rows; from 13 on they work along one axis (default −1).
/// </summary>
internal static class SoftmaxConversions
{
    public static void Flattening(OpsetConversion c)
    {
        long axis = c.Node.Int("axis", 1);
        int? rank = c.Facts.Rank(c.Node.Inputs[0]);
        if (axis == -1 || axis == rank - 1)
        {
            c.Node.Set("axis", -1L);
            return;
        }
        if (rank is null) throw c.Error("the rank of its input is not known without samples");
        if (axis < 0) axis += rank.Value;
        Flatten(c, axis);
    }

    /// <summary>Flatten → Softmax over the last axis → Reshape to the input's shape.</summary>
    private static void Flatten(OpsetConversion c, long axis)
    {
        string input = c.Node.Inputs[0], output = c.Node.Outputs[0];
        string shape = c.Graph.Fresh(output + "_shape"), flat = c.Graph.Fresh(output + "_flat"), rows = c.Graph.Fresh(output + "_rows");
        var flatten = new NodeProto { Name = c.Node.Name + "_flatten", OpType = "Flatten", Inputs = [input], Outputs = [flat] };
        flatten.Set("axis", axis);
        int at = c.Nodes.IndexOf(c.Node);
        c.Nodes.InsertRange(at, [new NodeProto { Name = c.Node.Name + "_shape", OpType = "Shape", Inputs = [input], Outputs = [shape] }, flatten]);
        c.Nodes.Insert(at + 3, new NodeProto { Name = c.Node.Name + "_unflatten", OpType = "Reshape", Inputs = [rows, shape], Outputs = [output] });
        c.Node.Inputs[0] = flat;
        c.Node.Outputs[0] = rows;
        c.Node.Set("axis", -1L);
        c.Graph.Changed();
    }
}
