using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Report;
using Edge.Runtime;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Quantization.Tests.Rewrite;

/// <summary>A model that is made for one value of an input computes what the whole one does for it, and its branches are quantized.</summary>
public class SpecializationTests
{
    private static readonly Shape X = new(1, 4, 6, 6);

    [Theory]
    [InlineData(8000)]
    [InlineData(16000)]
    public void The_branch_of_a_fixed_input_takes_the_place_of_its_If(int rate)
    {
        ModelProto model = Switch().Build();
        Tensor x = Samples.NormalTensor(X, 5);
        float[] expected = Run(model, x, Tensor.Create<long>(new Shape(), [rate]));
        ModelProto made = Quantizer.Specialize(model, For("rate", rate));
        Assert.Equal(["x"], made.Graph.Inputs.Select(i => i.Name));
        Assert.DoesNotContain(made.Graph.Nodes, n => n.OpType == "If");
        Assert.Equal(expected, Run(made, x));
        Assert.Equal(["x", "rate"], model.Graph.Inputs.Select(i => i.Name));
    }

    [Fact]
    public void Layers_of_the_branch_become_integers()
    {
        QuantizationResult r = Quantizer.Quantize(Switch().Build(), Xs(), For("rate", 16000));
        Assert.Equal(2, r.Report.Layers.Count(l => l.Operator.StartsWith("Conv", StringComparison.Ordinal)));
        Assert.Equal(16000, r.Report.Options.FixedInputs!["rate"]);
        Assert.Contains("Made for rate = 16000.", r.Report.ToMarkdown(), StringComparison.Ordinal);
        Assert.Equal(r.Report.Options.FixedInputs, QuantizationReport.FromJson(r.Report.ToJson()).Options.FixedInputs);
        using IInferenceSession theirs = Oracle.Session(r.Model);
        Assert.Equal(["x"], theirs.Inputs.Select(i => i.Name));
        Assert.InRange(r.Report.Outputs.Single().SqnrDb, 25, 100);
    }

    [Fact]
    public void A_branch_inside_of_a_branch_and_one_that_depends_on_data_find_their_places()
    {
        // The inner If, too, is known; the last is decided by the picture, and stays.
        OnnxGraphBuilder inner = new OnnxGraphBuilder().Node("If", ["fast"], ["deep"],
            AttributeProto.Of("then_branch", Branch("a", "Relu", "x")), AttributeProto.Of("else_branch", Branch("a", "Neg", "x"))).Output("deep");
        ModelProto model = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 4, 6, 6).Input("fast", DataType.Bool)
            .Node("If", ["fast"], ["y"], AttributeProto.Of("then_branch", inner.Build().Graph), AttributeProto.Of("else_branch", Branch("a", "Abs", "x")))
            .Node("ReduceMax", ["x"], ["most"], AttributeProto.Of("keepdims", 0L)).Initializer("zero", [0f]).Node("Greater", ["most", "zero"], ["light"])
            .Node("If", ["light"], ["z"], AttributeProto.Of("then_branch", Branch("a", "Abs", "y")), AttributeProto.Of("else_branch", Branch("b", "Neg", "y")))
            .Output("z", DataType.Float32, 1, 4, 6, 6).Build();
        Tensor x = Samples.NormalTensor(X, 5), fast = Tensor.Create<bool>(new Shape(), [true]);
        float[] expected = Run(model, x, fast);
        ModelProto made = Quantizer.Specialize(model, For("fast", 1));
        Assert.Single(made.Graph.Nodes, n => n.OpType == "If");
        Assert.Equal(expected, Run(made, x));
    }

    /// <summary>Exporters number values, so that a name with a number is as likely in a branch as one without, and the other branch has both, too.</summary>
    [Fact]
    public void Names_that_branches_share_stay_apart()
    {
        ModelProto model = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 4, 6, 6).Input("fast", DataType.Bool)
            .Node("If", ["fast"], ["y"], AttributeProto.Of("then_branch", Difference("x", 3, 1)), AttributeProto.Of("else_branch", Difference("x", 1, 3)))
            .Node("If", ["fast"], ["z"], AttributeProto.Of("then_branch", Difference("y", 5, 2)), AttributeProto.Of("else_branch", Difference("y", 2, 5)))
            .Output("z", DataType.Float32, 1, 4, 6, 6).Build();
        Tensor x = Samples.NormalTensor(X, 5), fast = Tensor.Create<bool>(new Shape(), [true]);
        float[] expected = Run(model, x, fast);
        Assert.Contains(expected, v => Math.Abs(v) > 1);
        Assert.Equal(expected, Run(Quantizer.Specialize(model, For("fast", 1)), x));

        static GraphProto Difference(string input, float first, float second) => new OnnxGraphBuilder().Initializer("w", [first]).Initializer("w_1", [second])
            .Node("Mul", [input, "w"], ["h"]).Node("Mul", [input, "w_1"], ["h_1"]).Node("Sub", ["h", "h_1"], ["d"]).Output("d").Build().Graph;
    }

    [Fact]
    public void A_number_that_a_float_does_not_hold_is_told()
    {
        ModelProto model = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 2).Input("gain", DataType.Float32, 1).Node("Mul", ["x", "gain"], ["y"]).Output("y", DataType.Float32, 1, 2).Build();
        Assert.Equal("input 'gain' cannot be 1E+39: it holds float", Assert.Throws<ModelException>(() => Quantizer.Specialize(model, For("gain", 1e39))).Message);
    }

    [Theory]
    [InlineData("speed", 1, "input 'speed' cannot be fixed: the model's inputs are 'x', 'rate'")]
    [InlineData("rate", 0.5, "input 'rate' cannot be 0.5: it holds int64")]
    public void What_cannot_be_fixed_is_named(string input, double value, string message) =>
        Assert.Equal(message, Assert.Throws<ModelException>(() => Quantizer.Specialize(Switch().Build(), For(input, value))).Message);

    [Fact]
    public void One_input_has_to_stay()
    {
        var options = new QuantizationOptions { FixedInputs = new Dictionary<string, double> { ["x"] = 1, ["rate"] = 8000 } };
        Assert.Contains("no input is left", Assert.Throws<ModelException>(() => Quantizer.Specialize(Switch().Build(), options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_of_branches_and_attributes_may_lie_in_another_file()
    {
        string folder = Directory.CreateTempSubdirectory("edge-external").FullName;
        try
        {
            ModelProto model = Switch().Node("Constant", [], ["half"], AttributeProto.Of("value", TensorOf("half", [0.5f, 0.25f, 2, 1], 4, 1, 1))).Node("Mul", ["y", "half"], ["z"]).Output("z").Build();
            Tensor x = Samples.NormalTensor(X, 5), rate = Tensor.Create<long>(new Shape(), [16000L]);
            using IInferenceSession whole = Oracle.Session(model);
            float[][] expected = [.. whole.Run(x, rate).Select(t => t.AsSpan<float>().ToArray())];
            MoveOut(model, Path.Combine(folder, "weights.bin"));
            string path = Path.Combine(folder, "model.onnx");
            OnnxWriter.Save(model, path);
            using IInferenceSession special = Oracle.Session(Quantizer.SpecializeFile(path, For("rate", 16000)));
            Assert.Equal(expected, special.Run(x).Select(t => t.AsSpan<float>().ToArray()));
            Assert.Equal(2, Quantizer.QuantizeFile(path, Xs(), For("rate", 16000)).Report.Layers.Count(l => l.Operator.StartsWith("Conv", StringComparison.Ordinal)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Moves the weights of all branches, and the values of Constant nodes, into a file.</summary>
    private static void MoveOut(ModelProto model, string path)
    {
        using FileStream file = File.Create(path);
        IEnumerable<AttributeProto> attributes = model.Graph.Nodes.SelectMany(n => n.Attributes);
        foreach (TensorProto tensor in attributes.Select(a => a.T).OfType<TensorProto>().Concat(attributes.Select(a => a.G).OfType<GraphProto>().SelectMany(g => g.Initializers)).ToList())
        {
            ReadOnlyMemory<byte> bytes = tensor.GetBytes();
            tensor.ExternalData = [.. new (string Key, string Value)[] { ("location", Path.GetFileName(path)), ("offset", $"{file.Position}"), ("length", $"{bytes.Length}") }.Select(e => new StringStringEntryProto { Key = e.Key, Value = e.Value })];
            file.Write(bytes.Span);
            (tensor.RawData, tensor.FloatData, tensor.DataLocation) = (default, [], DataLocation.External);
        }
    }

    private static TensorProto TensorOf(string name, float[] values, params long[] dims) => new() { Name = name, DataType = (int)ElementType.Float, Dims = [.. dims], FloatData = [.. values] };

    private static QuantizationOptions For(string input, double value) => new() { FixedInputs = new Dictionary<string, double> { [input] = value } };

    private static DelegateCalibrationSource Xs() => new("test", 8, _ => Enumerable.Range(0, 8).Select(i => (IReadOnlyList<Tensor>)[Samples.NormalTensor(X, i)]));

    private static float[] Run(ModelProto model, params Tensor[] inputs)
    {
        using IInferenceSession session = Oracle.Session(model);
        return session.Run(inputs)[0].AsSpan<float>().ToArray();
    }

    private static GraphProto Branch(string value, string op, string x) => new OnnxGraphBuilder().Node(op, [x], [value]).Output(value).Build().Graph;

    /// <summary>A network for each of two rates, as voice detectors are; both call their values the same.</summary>
    private static OnnxGraphBuilder Switch() => new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 4, 6, 6).Input("rate", DataType.Int64)
        .Initializer("wide", [16000L]).Node("Equal", ["rate", "wide"], ["is"])
        .Node("If", ["is"], ["y"], AttributeProto.Of("then_branch", Network(2, 1)), AttributeProto.Of("else_branch", Network(1, 7)))
        .Output("y", DataType.Float32, 1, 4, 6, 6);

    private static GraphProto Network(int layers, int seed)
    {
        var b = new OnnxGraphBuilder();
        string at = "x";
        for (int i = 0; i < layers; i++)
        {
            b = b.Initializer($"w{i}", Samples.NormalTensor(new Shape(4 * 4 * 9), seed + i, 0, 0.2).AsSpan<float>().ToArray(), 4, 4, 3, 3)
                .Node("Conv", [at, $"w{i}"], [$"c{i}"], AttributeProto.Of("pads", 1L, 1, 1, 1));
            at = $"c{i}";
        }
        return b.Output(at).Build().Graph;
    }
}
