using Edge.Onnx;

namespace Edge.Fuzz.Corpus;

/// <summary>Models of several nodes: what passes see through, control flow, sequences, functions, external data.</summary>
internal static class BuiltGraphs
{
    public static IEnumerable<(string Name, ModelProto Model)> All(int opset)
    {
        yield return ("if", OneNode.Model(If(), opset));
        yield return ("if known", OneNode.Model(Graph(["c=t[]!1", "x=f[2,3]"], [With(Node("If", "c", "y"), "then_branch", Body([], "Relu x t", "t"), "else_branch", Body([], "Neg x e", "e"))], "y"), opset));
        yield return ("loop", OneNode.Model(Loop(), opset));
        yield return ("loop in loop", OneNode.Model(Nested(), opset));
        yield return ("loop of sequences", OneNode.Model(Collect(), opset));
        yield return ("scan", OneNode.Model(Scan(), opset));
        yield return ("sequences", OneNode.Model(Graph(["x=f[2,3]", "y=f[2,3]", "i=l[]!-1"],
            [Node("SequenceConstruct", "x y", "s"), Node("SequenceInsert", "s x i", "t"), Node("SequenceErase", "t i", "u"), Node("SequenceAt", "u i", "a"), With(Node("ConcatFromSequence", "t", "z"), "axis=0 new_axis=1"), Node("SequenceLength", "t", "n")], "a z n"), opset));
        yield return ("split to sequence", OneNode.Model(Graph(["x=f[4,3]", "s=l[]!2", "i=l[]!0"], [With(Node("SplitToSequence", "x s", "q"), "axis=0 keepdims=1"), Node("SequenceAt", "q i", "y")], "y"), opset));
        yield return ("optional", OneNode.Model(Graph(["x=f[2,3]"], [Node("Optional", "x", "o"), Node("OptionalHasElement", "o", "h"), Node("OptionalGetElement", "o", "y")], "h y"), opset));
        yield return ("functions", Functions(opset));
        yield return ("external data", External(opset));
        yield return ("convolutions", OneNode.Model(Graph(
            ["x=f[1,4,8,8]", "w=f[8,4,3,3]!", "b=f[8]!", "v=f[8,1,3,3]!", "s=f[8]!1", "k=f[8,8,1,1]!", "sh=l[2]!1,-1", "g=f[128,5]!"],
            [
                With(Node("Conv", "x w b", "c1"), "pads=1,1,1,1"), Node("BatchNormalization", "c1 s b b s", "n1"), Node("Relu", "n1", "r1"),
                With(Node("Conv", "r1 v", "c2"), "group=8 pads=1,1,1,1"), Node("Sigmoid", "c2", "g2"), Node("Mul", "c2 g2", "s2"),
                Node("Conv", "s2 k", "c3"), Node("Add", "c3 r1", "a3"), With(Node("MaxPool", "a3", "p"), "kernel_shape=2,2 strides=2,2"),
                Node("Reshape", "p sh", "f"), Node("MatMul", "f g", "y"),
            ], "y"), opset));
        yield return ("quantized", OneNode.Model(Graph(
            ["x=f[1,4,6,6]", "sx=f[]!0.05", "zx=u[]!128", "w=s[4,4,3,3]!", "sw=f[4]!0.1", "zw=s[4]!0", "b=f[4]!"],
            [
                Node("QuantizeLinear", "x sx zx", "q"), Node("DequantizeLinear", "q sx zx", "d"), With(Node("DequantizeLinear", "w sw zw", "e"), "axis=0"),
                With(Node("Conv", "d e b", "c"), "pads=1,1,1,1"), Node("Relu", "c", "r"), Node("QuantizeLinear", "r sx zx", "p"), Node("DequantizeLinear", "p sx zx", "y"),
            ], "y"), opset));
        yield return ("attention", OneNode.Model(Graph(
            ["x=f[N,3,8]", "wq=f[8,8]!", "wk=f[8,8]!", "wv=f[8,8]!", "sh=l[4]!0,0,2,4", "bk=l[3]!0,0,8", "k=f[]!0.5", "g=f[8]!1", "b=f[8]!"],
            [
                Node("MatMul", "x wq", "q0"), Node("Reshape", "q0 sh", "q1"), With(Node("Transpose", "q1", "q"), "perm=0,2,1,3"),
                Node("MatMul", "x wk", "k0"), Node("Reshape", "k0 sh", "k1"), With(Node("Transpose", "k1", "kt"), "perm=0,2,3,1"),
                Node("MatMul", "x wv", "v0"), Node("Reshape", "v0 sh", "v1"), With(Node("Transpose", "v1", "v"), "perm=0,2,1,3"),
                Node("MatMul", "q kt", "s0"), Node("Mul", "s0 k", "s1"), With(Node("Softmax", "s1", "p"), "axis=-1"), Node("MatMul", "p v", "o0"),
                With(Node("Transpose", "o0", "o1"), "perm=0,2,1,3"), Node("Reshape", "o1 bk", "o"), Node("Add", "o x", "r"), Node("LayerNormalization", "r g b", "y"),
            ], "y"), opset));
        yield return ("shape arithmetic", OneNode.Model(Graph(
            ["x=f[N,C,6]", "z=l[]!0", "one=l[1]!-1", "two=l[]!2"],
            [
                Node("Shape", "x", "s"), With(Node("Gather", "s z", "n"), "axis=0"), Node("Mul", "n two", "m"), With(Node("Unsqueeze", "m z", "u"), ""),
                With(Node("Concat", "u one", "t"), "axis=0"), Node("Reshape", "x t", "r"), Node("NonZero", "r", "i"), With(Node("Transpose", "i", "j"), "perm=1,0"),
                Node("GatherND", "r j", "y"), Node("Expand", "y s2", "w"),
            ], "w", "s2=l[2]"), opset));
    }

    private static GraphProto If() =>
        Graph(["c=t[]", "x=f[2,3]"], [With(Node("If", "c", "y"), "then_branch", Body([], "Relu x t", "t"), "else_branch", Body([], "Neg x e", "e"))], "y");

    private static GraphProto Loop()
    {
        var body = Body(["i=l[]", "k=t[]", "a=f[2]"], "Add a x b; Identity k k2; Identity b o", "k2 b o");
        body.Outputs[2].Type = TypeProto.OfTensor(ElementType.Float, 2);
        return Graph(["m=l[]", "c=t[]!1", "x=f[2]"], [With(Node("Loop", "m c x", "y z"), "body", body)], "y z");
    }

    private static GraphProto Nested()
    {
        var inner = Body(["j=l[]", "k=t[]", "b=f[2]"], "Add b x b2; Identity k k2", "k2 b2");
        var outer = Body(["i=l[]", "g=t[]", "a=f[2]"], "Identity g g2", "g2 a2");
        outer.Nodes.Add(With(Node("Loop", "m g a", "a2"), "body", inner));
        return Graph(["m=l[]", "c=t[]!1", "x=f[2]"], [With(Node("Loop", "m c x", "y"), "body", outer)], "y");
    }

    private static GraphProto Collect()
    {
        var body = Body(["i=l[]", "k=t[]", "s=f[2]"], "SequenceInsert s x t; Identity k k2", "k2 t");
        body.Inputs[2].Type = new TypeProto { Sequence = new SequenceTypeProto { ElemType = TypeProto.OfTensor(ElementType.Float, 2) } };
        return Graph(["m=l[]!4", "c=t[]!1", "x=f[2]"], [Node("SequenceEmpty", "", "e"), With(Node("Loop", "m c e", "q"), "body", body), With(Node("ConcatFromSequence", "q", "y"), "axis=0")], "y");
    }

    private static GraphProto Scan()
    {
        var body = Body(["a=f[2]", "x=f[2]"], "Add a x b; Mul b x o", "b o");
        return Graph(["s=f[2]", "q=f[5,2]"], [With(With(Node("Scan", "s q", "y z"), "num_scan_inputs=1 scan_input_axes=0, scan_output_directions=1,"), "body", body)], "y z");
    }

    private static ModelProto Functions(int opset)
    {
        var model = OneNode.Model(Graph(["x=f[2,3]", "s=f[1]!2"], [With(Calls("Twice", "x s", "y"), "alpha=0.25"), Calls("Inner", "y s", "z")], "z"), opset, "local");
        model.Functions.Add(new FunctionProto
        {
            Name = "Twice", Domain = "local", Inputs = ["a", "b"], Outputs = ["c"], Attributes = ["alpha"],
            Nodes = [Calls("Inner", "a b", "m"), Reference(Node("LeakyRelu", "m", "n"), "alpha"), Calls("Inner", "n b", "c")],
            OpsetImports = [new OperatorSetIdProto { Version = opset }, new OperatorSetIdProto { Domain = "local", Version = 1 }],
        });
        model.Functions.Add(new FunctionProto
        {
            Name = "Inner", Domain = "local", Inputs = ["a", "b"], Outputs = ["c"],
            Nodes = [Node("Mul", "a b", "t"), Node("Add", "t a", "c")],
            OpsetImports = [new OperatorSetIdProto { Version = opset }],
        });
        return model;
    }

    private static ModelProto External(int opset)
    {
        var graph = Graph(["x=f[2,32]"], [Node("MatMul", "x w", "y")], "y");
        graph.Initializers.Add(new TensorProto
        {
            Name = "w", DataType = (int)ElementType.Float, Dims = [32, 16], DataLocation = DataLocation.External,
            ExternalData =
            [
                new StringStringEntryProto { Key = "location", Value = BuiltSeeds.ExternalFile },
                new StringStringEntryProto { Key = "offset", Value = "1024" },
                new StringStringEntryProto { Key = "length", Value = "2048" },
            ],
        });
        return OneNode.Model(graph, opset);
    }

    private static GraphProto Graph(string[] inputs, NodeProto[] nodes, string outputs, params string[] more)
    {
        var graph = new GraphProto { Name = "graph" };
        foreach (string input in inputs.Concat(more)) OneNode.AddInput(graph, input);
        graph.Nodes.AddRange(nodes);
        foreach (string output in outputs.Split(' ')) graph.Outputs.Add(new ValueInfoProto { Name = output });
        return graph;
    }

    /// <summary>Nodes are written <c>Op in… out</c>, with semicolons between.</summary>
    private static GraphProto Body(string[] inputs, string nodes, string outputs) => Graph(inputs,
        [.. nodes.Split("; ").Select(n => n.Split(' ')).Select(w => Node(w[0], string.Join(' ', w[1..^1]), w[^1]))], outputs);

    private static NodeProto Node(string opType, string inputs, string outputs) => new()
    {
        Name = opType.ToLowerInvariant() + "/" + outputs,
        OpType = opType,
        Inputs = [.. inputs.Split(' ', StringSplitOptions.RemoveEmptyEntries)],
        Outputs = [.. outputs.Split(' ')],
    };

    private static NodeProto Calls(string function, string inputs, string outputs)
    {
        var node = Node(function, inputs, outputs);
        node.Domain = "local";
        return node;
    }

    private static NodeProto With(NodeProto node, string attributes)
    {
        foreach (string word in attributes.Split(' ', StringSplitOptions.RemoveEmptyEntries)) node.Attributes.Add(OneNode.Attribute(word));
        return node;
    }

    private static NodeProto With(NodeProto node, string name, GraphProto graph, string? second = null, GraphProto? other = null)
    {
        node.Attributes.Add(AttributeProto.Of(name, graph));
        if (second is not null) node.Attributes.Add(AttributeProto.Of(second, other!));
        return node;
    }

    private static NodeProto Reference(NodeProto node, string attribute)
    {
        node.Attributes.Add(new AttributeProto { Name = attribute, Type = AttributeType.Float, RefAttrName = attribute });
        return node;
    }
}
