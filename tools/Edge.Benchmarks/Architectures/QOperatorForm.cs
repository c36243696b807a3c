using Edge.Onnx;

namespace Edge.Benchmarks.Architectures;

/// <summary>
/// Turns QDQ into integer operators, as ONNX Runtime's own quantizer writes them in its QOperator format. Operators without an
/// integer form keep their pairs of QuantizeLinear and DequantizeLinear.
/// </summary>
internal sealed class QOperatorForm
{
    private const string Contributed = "com.microsoft";

    private readonly GraphProto _graph;
    private readonly Dictionary<string, NodeProto> _producers;
    private readonly ILookup<string, NodeProto> _readers;

    private QOperatorForm(GraphProto graph)
    {
        _graph = graph;
        _producers = graph.Nodes.SelectMany(n => n.Outputs.Select(o => (Output: o, Node: n))).ToDictionary(p => p.Output, p => p.Node);
        _readers = graph.Nodes.SelectMany(n => n.Inputs.Distinct().Select(i => (Input: i, Node: n))).ToLookup(p => p.Input, p => p.Node);
    }

    public static void Rewrite(ModelProto model)
    {
        var form = new QOperatorForm(model.Graph);
        foreach (NodeProto node in model.Graph.Nodes.ToArray()) form.Fuse(node);
        form.RemoveUnread();
        if (!model.OpsetImports.Any(o => o.Domain == Contributed)) model.OpsetImports.Add(new OperatorSetIdProto { Domain = Contributed, Version = 1 });
    }

    private void Fuse(NodeProto node)
    {
        if (node.Outputs.Count != 1 || _graph.Outputs.Any(o => o.Name == node.Outputs[0])) return;
        NodeProto[] readers = [.. _readers[node.Outputs[0]]];
        if (readers is not [{ OpType: "QuantizeLinear" } quantize]) return;
        string[] y = [quantize.Inputs[1], quantize.Inputs[2]];
        string[]? Operand(int index) => _producers.GetValueOrDefault(node.Inputs[index]) is { OpType: "DequantizeLinear" } d ? [.. d.Inputs] : null;
        switch (node.OpType)
        {
            case "Conv" when Operand(0) is { } x && Operand(1) is { } w && (node.Inputs.Count < 3 || Operand(2) is not null):
                Become(node, quantize, "QLinearConv", "", [.. x, .. w, .. y, .. node.Inputs.Count < 3 ? [] : Operand(2)![..1]]);
                break;
            case "Add" when Operand(0) is { } a && Operand(1) is { } b:
                Become(node, quantize, "QLinearAdd", Contributed, [.. a, .. b, .. y]);
                break;
            case "Mul" when Operand(0) is { } a && Operand(1) is { } b:
                Become(node, quantize, "QLinearMul", Contributed, [.. a, .. b, .. y]);
                break;
            case "GlobalAveragePool" when Operand(0) is { } x:
                Become(node, quantize, "QLinearGlobalAveragePool", Contributed, [.. x, .. y]);
                node.Attributes.Add(AttributeProto.Of("channels_last", 0L));
                break;
            case "Concat" when Enumerable.Range(0, node.Inputs.Count).All(i => Operand(i) is not null):
                Become(node, quantize, "QLinearConcat", Contributed, [.. y, .. Enumerable.Range(0, node.Inputs.Count).SelectMany(i => Operand(i)!)]);
                break;
            // Moves and maxima take integers as they are; the quantizer gives both sides the same parameters.
            case "MaxPool" or "Reshape" or "Flatten" or "Transpose" when Operand(0) is { } x:
                Become(node, quantize, node.OpType, "", [x[0], .. node.Inputs.Skip(1)]);
                break;
        }
    }

    private static void Become(NodeProto node, NodeProto quantize, string opType, string domain, string[] inputs)
    {
        node.OpType = opType;
        if (domain.Length > 0) node.Domain = domain;
        node.Inputs = [.. inputs];
        node.Outputs = [.. quantize.Outputs];
        quantize.Outputs = [];
    }

    private void RemoveUnread()
    {
        _graph.Nodes.RemoveAll(n => n.Outputs.Count == 0);
        HashSet<string> read = [.. _graph.Nodes.SelectMany(n => n.Inputs), .. _graph.Outputs.Select(o => o.Name)];
        _graph.Nodes.RemoveAll(n => n.OpType == "DequantizeLinear" && !n.Outputs.Any(read.Contains));
    }
}
