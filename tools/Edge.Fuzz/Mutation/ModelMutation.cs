using Edge.Onnx;

namespace Edge.Fuzz.Mutation;

/// <summary>Changes to operator sets and functions, and nodes put into graphs inside of nodes.</summary>
internal static class ModelMutation
{
    public static void Apply(ModelProto model, Func<ModelProto> donor, Random random)
    {
        switch (random.Next(6))
        {
            case 0: if (model.OpsetImports.Count > 0) model.OpsetImports[random.Next(model.OpsetImports.Count)].Version = random.Next(3) == 0 ? Nasty.Integer(random) : random.Next(1, 28); break;
            case 1: model.OpsetImports.Add(new OperatorSetIdProto { Domain = Nasty.Text(random), Version = random.Next(1, 28) }); break;
            case 2: if (model.OpsetImports.Count > 0) model.OpsetImports.RemoveAt(random.Next(model.OpsetImports.Count)); break;
            case 3: model.OpsetImports.AddRange(donor().OpsetImports); break;
            case 4: MakeFunction(model, random); break;
            default: if (model.Functions.Count > 0) ChangeFunction(model, model.Functions[random.Next(model.Functions.Count)], random); break;
        }
    }

    /// <summary>Puts a node into a branch of an If, or into the body of a Loop; or a graph where one does not belong.</summary>
    public static void Nest(GraphProto graph, Func<ModelProto> donor, Random random)
    {
        if (graph.Nodes.Count == 0) return;
        int at = random.Next(graph.Nodes.Count);
        var node = graph.Nodes[at];
        if (random.Next(6) == 0)
        {
            node.Attributes.Add(AttributeProto.Of("body", donor().Graph!));
            return;
        }

        string[] results = [.. node.Outputs.Where(o => o.Length > 0)];
        var body = new GraphProto { Name = "inside", Nodes = [node], Outputs = [.. results.Select(o => new ValueInfoProto { Name = o })] };
        var around = new NodeProto { Name = "around", Outputs = [.. results] };
        if (random.Next(2) == 0)
        {
            string condition = AddConstant(graph, ElementType.Bool, (byte)random.Next(2), random);
            (around.OpType, around.Inputs) = ("If", [condition]);
            around.Attributes = [AttributeProto.Of("then_branch", body), AttributeProto.Of("else_branch", body)];
        }
        else
        {
            string count = AddConstant(graph, ElementType.Int64, (byte)random.Next(1, 4), random);
            (around.OpType, around.Inputs) = ("Loop", [count, ""]);
            body.Inputs = [new ValueInfoProto { Name = "it", Type = TypeProto.OfTensor(ElementType.Int64) }, new ValueInfoProto { Name = "go", Type = TypeProto.OfTensor(ElementType.Bool) }];
            body.Nodes.Add(new NodeProto { OpType = "Identity", Inputs = ["go"], Outputs = ["went"] });
            body.Outputs.Insert(0, new ValueInfoProto { Name = "went" });
            around.Attributes = [AttributeProto.Of("body", body)];
        }

        graph.Nodes[at] = around;
    }

    /// <summary>A scalar, known or given.</summary>
    private static string AddConstant(GraphProto graph, ElementType type, byte value, Random random)
    {
        string name = $"k{graph.Initializers.Count}{graph.Inputs.Count}";
        byte[] data = new byte[type.Bits() / 8];
        data[0] = value;
        if (random.Next(2) == 0) graph.Initializers.Add(new TensorProto { Name = name, DataType = (int)type, RawData = data });
        else graph.Inputs.Add(new ValueInfoProto { Name = name, Type = TypeProto.OfTensor(type) });
        return name;
    }

    /// <summary>Makes a function of a node, which then calls it; sometimes the function calls itself.</summary>
    private static void MakeFunction(ModelProto model, Random random)
    {
        var graph = model.Graph!;
        if (graph.Nodes.Count == 0) return;
        int at = random.Next(graph.Nodes.Count);
        var node = graph.Nodes[at];
        string name = $"f{model.Functions.Count}";
        var function = new FunctionProto { Name = name, Domain = "made", Inputs = [.. node.Inputs.Where(i => i.Length > 0).Distinct()], Outputs = [.. node.Outputs.Where(o => o.Length > 0)], Nodes = [node], OpsetImports = [.. model.OpsetImports] };
        for (int calls = random.Next(3); calls > 0; calls--)
        {
            string callee = $"f{random.Next(model.Functions.Count + 1)}";
            function.Nodes.Add(new NodeProto { OpType = callee, Domain = "made", Inputs = [.. function.Inputs], Outputs = [.. function.Outputs.Select(o => $"{o}{calls}")] });
        }

        model.Functions.Add(function);
        model.OpsetImports.Add(new OperatorSetIdProto { Domain = "made", Version = 1 });
        graph.Nodes[at] = new NodeProto { Name = "call", OpType = name, Domain = "made", Inputs = [.. function.Inputs], Outputs = [.. function.Outputs] };
    }

    private static void ChangeFunction(ModelProto model, FunctionProto function, Random random)
    {
        switch (random.Next(5))
        {
            case 0: if (function.Inputs.Count > 0) function.Inputs.RemoveAt(random.Next(function.Inputs.Count)); break;
            case 1: if (function.Outputs.Count > 0) function.Outputs[random.Next(function.Outputs.Count)] = "nowhere"; break;
            case 2: if (function.Nodes.Count > 0) function.Nodes[random.Next(function.Nodes.Count)].OpType = model.Functions[random.Next(model.Functions.Count)].Name; break;
            case 3: function.Nodes.AddRange(model.Graph!.Nodes.Take(random.Next(4))); break;
            default: function.OpsetImports.Clear(); break;
        }
    }
}
