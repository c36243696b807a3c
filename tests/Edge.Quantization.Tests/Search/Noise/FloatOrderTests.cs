using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Candidates;
using Edge.Quantization.Search.Noise;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Quantization.Tests.Search.Noise;

/// <summary>Which layers go back to float, in which order.</summary>
public class FloatOrderTests
{
    [Fact]
    public void An_activation_goes_with_the_layer_that_computes_it_and_all_that_read_it()
    {
        Candidate c = Fork();
        IReadOnlyList<FloatStep> steps = FloatOrder.Of(c.Plan, Profile(("a", 1)), _ => 1);
        FloatStep only = Assert.Single(steps);
        Assert.Equal(["first", "left", "right"], only.Layers.Order());
        Assert.Equal(0, only.ErrorLeft);
    }

    [Fact]
    public void What_an_operator_without_weights_reads_goes_with_the_layers_behind_it()
    {
        Candidate c = Fork();
        // The MaxPool between computes nothing of its own: what it reads is exact only if the right layer is float.
        Assert.Equal(["first", "left", "right"], FloatOrder.Of(c.Plan, Profile(("a", 1)), _ => 1)[0].Layers.Order());
        // The sum is computed in float once its only reader is; what it adds stays rounded.
        Assert.Equal(["last"], FloatOrder.Of(c.Plan, Profile(("sum", 1)), _ => 1)[0].Layers);
        Assert.Equal(["first"], FloatOrder.Of(c.Plan, Profile(("x", 1)), _ => 1)[0].Layers);
    }

    [Fact]
    public void The_set_that_takes_away_most_for_its_cost_goes_first()
    {
        Candidate c = Fork();
        NoiseProfile noise = new(new Dictionary<string, double> { ["sum"] = 4, ["x"] = 3 }, new Dictionary<string, double> { ["right"] = 2 });
        Assert.Equal(["last", "first", "right"], FloatOrder.Of(c.Plan, noise, _ => 1)[^1].Layers);
        IReadOnlyList<FloatStep> steps = FloatOrder.Of(c.Plan, noise, l => l == "last" ? 10 : 1);
        Assert.Equal(["first", "right", "last"], steps[^1].Layers);
        Assert.Equal([6, 4, 0], steps.Select(s => s.ErrorLeft));
    }

    [Fact]
    public void Errors_that_go_together_count_together()
    {
        Candidate c = Fork();
        // Alone each is worth less than "last"; the set of "a" takes the weights of its layers with it.
        NoiseProfile noise = new(
            new Dictionary<string, double> { ["a"] = 3, ["sum"] = 2.5 }, new Dictionary<string, double> { ["first"] = 2, ["left"] = 2, ["right"] = 2 });
        Assert.Equal(["first", "left", "right"], FloatOrder.Of(c.Plan, noise, _ => 1)[0].Layers.Order());
    }

    private static NoiseProfile Profile(params (string Activation, double Error)[] errors) => new(errors.ToDictionary(e => e.Activation, e => e.Error), new Dictionary<string, double>());

    /// <summary>x → first → a; a → left, a → MaxPool → right; their sum → last.</summary>
    private static Candidate Fork()
    {
        var b = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 2, 6, 6);
        b = Conv(b, "first", "x", "a");
        b = Conv(b, "left", "a", "l");
        b = b.Node("MaxPool", ["a"], ["p"], AttributeProto.Of("kernel_shape", 3L, 3), AttributeProto.Of("pads", 1L, 1, 1, 1));
        b = Conv(b, "right", "p", "r").Node("Add", ["l", "r"], ["sum"]);
        b = Conv(b, "last", "sum", "y").Output("y");
        ModelProto model = b.Build();
        foreach (NodeProto node in model.Graph.Nodes.Where(n => n.OpType == "Conv")) node.Name = node.Inputs[1][..^2];
        return new CandidateBuilder(ModelBytes.Of(model), new SampleReader(Samples.Normal(4), null), null, default).Build(new());
    }

    private static OnnxGraphBuilder Conv(OnnxGraphBuilder b, string name, string from, string to) =>
        b.Initializer(name + "_w", Samples.NormalTensor(new Shape(4), name.Length).AsSpan<float>().ToArray(), 2, 2, 1, 1).Node("Conv", [from, name + "_w"], [to]);
}
