using Edge.Onnx;
using Edge.Runtime.Tests.Sessions;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Control;

/// <summary>Functions that the model itself defines.</summary>
public class FunctionTests
{
    private static NodeProto Node(string domain, string opType, string[] inputs, string[] outputs, params AttributeProto[] attributes) =>
        new() { Domain = domain, OpType = opType, Inputs = [.. inputs], Outputs = [.. outputs], Attributes = [.. attributes] };

    private static FunctionProto Function(string name, string[] inputs, string[] outputs, params NodeProto[] nodes) => new()
    {
        Domain = "mine", Name = name, Inputs = [.. inputs], Outputs = [.. outputs], Nodes = [.. nodes],
        OpsetImports = [new OperatorSetIdProto { Domain = "", Version = 17 }, new OperatorSetIdProto { Domain = "mine", Version = 1 }],
    };

    private static ModelProto With(ModelProto model, params FunctionProto[] functions)
    {
        model.Functions = [.. functions];
        return model;
    }

    [Fact]
    public void Calls_are_inlined_with_their_attributes_and_defaults()
    {
        var leaky = Function("Leaky", ["a", "b"], ["c"],
            Node("", "LeakyRelu", ["a"], ["t"], new AttributeProto { Name = "alpha", RefAttrName = "slope", Type = AttributeType.Float }),
            Node("", "Elu", ["t"], ["u"], new AttributeProto { Name = "alpha", RefAttrName = "bend", Type = AttributeType.Float }),
            Node("", "Add", ["u", "b"], ["c"]));
        leaky.Attributes = ["slope"];
        leaky.AttributeProtos = [AttributeProto.Of("bend", 0.5f)];
        var twice = Function("Twice", ["a"], ["c"],
            Node("mine", "Leaky", ["a", "a"], ["t"], AttributeProto.Of("slope", 0.25f)), Node("mine", "Leaky", ["t", "a"], ["c"], AttributeProto.Of("slope", 0.5f), AttributeProto.Of("bend", 2f)));
        var proto = With(new OnnxGraphBuilder().Input("x", DataType.Float32, 3, 4).Node("mine", "Twice", ["x"], ["t"]).Node("Neg", ["t"], ["y"]).Output("y").Build(), leaky, twice);
        EngineComparison.AssertAgrees(proto, [EngineComparison.Random(1, 3, 4)]);
    }

    [Fact]
    public void An_input_that_the_call_leaves_out_is_left_out_inside()
    {
        var clip = Function("Bound", ["a", "low", "high"], ["c"], Node("", "Clip", ["a", "low", "high"], ["c"]));
        var proto = With(new OnnxGraphBuilder().Input("x", DataType.Float32, 8).Initializer("h", new float[] { 0.25f })
            .Node("mine", "Bound", ["x", "", "h"], ["y"]).Node("mine", "Bound", ["x"], ["z"]).Output("y").Output("z").Build(), clip);
        using var session = new InferenceSession(Model.FromProto(proto, "test"));
        var x = EngineComparison.Random(1, 8);
        var results = session.Run(x);
        Assert.Equal(x.AsSpan<float>().ToArray().Select(v => Math.Min(v, 0.25f)), results[0].AsSpan<float>().ToArray());
        Assert.Equal(x.AsSpan<float>().ToArray(), results[1].AsSpan<float>().ToArray());
    }

    [Fact]
    public void A_function_that_calls_itself_is_refused()
    {
        var f = Function("F", ["a"], ["b"], Node("mine", "F", ["a"], ["b"]));
        var proto = With(new OnnxGraphBuilder().Input("x", DataType.Float32, 8).Node("mine", "F", ["x"], ["y"]).Output("y").Build(), f);
        Assert.Contains("nested more than 16 levels deep", Assert.Throws<ModelException>(() => new InferenceSession(Model.FromProto(proto, "test"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Functions_that_multiply_are_refused()
    {
        // Ten calls in each of ten functions: ten billion nodes from a hundred.
        var functions = Enumerable.Range(0, 10).Select(i => Function($"F{i}", ["a"], ["b9"],
            [.. Enumerable.Range(0, 10).Select(k => Node(i == 9 ? "" : "mine", i == 9 ? "Neg" : $"F{i + 1}", [k == 0 ? "a" : $"b{k - 1}"], [$"b{k}"]))])).ToArray();
        var proto = With(new OnnxGraphBuilder().Input("x", DataType.Float32, 8).Node("mine", "F0", ["x"], ["y"]).Output("y").Build(), functions);
        Assert.Contains("more than 200,000 nodes", Assert.Throws<ModelException>(() => new InferenceSession(Model.FromProto(proto, "test"))).Message, StringComparison.Ordinal);
    }
}
