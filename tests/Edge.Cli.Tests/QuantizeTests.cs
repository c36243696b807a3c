using System.Runtime.InteropServices;
using System.Text.Json;
using Edge.Onnx;
using Edge.Quantization.Certificates;
using Edge.Tensors;
using Edge.Testing;
using static Edge.Cli.Tests.CommandLine;

namespace Edge.Cli.Tests;

/// <summary><c>edge quantize</c> and <c>edge verify</c> of one model: the promise, the files, the certificate.</summary>
public sealed class QuantizeTests : IDisposable
{
    private const string Preprocess = "scale=1/255";

    private readonly TemporaryFolder _folder = new();
    private readonly string _model, _pictures, _output;

    public QuantizeTests()
    {
        _model = _folder.File("colors.onnx", MadeModels.Colors());
        for (int i = 0; i < 12; i++)
        {
            int k = i;
            MadePictures.Of(_folder, $"pictures/{i:00}.png", (x, y) => ((byte)(k * 20), (byte)(255 - (k * 20)), (byte)((x * y) + k)));
        }
        _pictures = _folder["pictures"];
        _output = _folder["out/colors.int8.onnx"];
        Directory.CreateDirectory(_folder["out"]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_promise_that_is_kept_gives_the_model_and_its_reports()
    {
        string output = Succeeds("quantize", _model, "-o", _output, "--calibrate", _pictures, "--preprocess", Preprocess, "--max-drop", "0%");
        Assert.Contains("the promise is kept: agreement with float 100.00 % → 100.00 % on 12 samples", output, StringComparison.Ordinal);
        Assert.Equal(
            ["colors.int8.onnx", "colors.int8.report.html", "colors.int8.report.json", "colors.int8.report.md"],
            Directory.EnumerateFileSystemEntries(_folder["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(_folder["out/colors.int8.report.json"]));
        JsonElement promise = report.RootElement.GetProperty("promise");
        Assert.True(promise.GetProperty("kept").GetBoolean());
        Assert.Equal(12, promise.GetProperty("samples").GetInt32());
        string page = File.ReadAllText(_folder["out/colors.int8.report.html"]);
        Assert.Contains("<h1>colors.onnx</h1>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page.Replace("http-equiv", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Classes_have_their_names_in_the_report_and_one_without_a_label_its_number()
    {
        // The model has three classes; the first is left out, and one of the two others has a name.
        string labels = _folder.File("labels.txt", "grass\n");
        Ran ran = Execute("quantize", _model, "-o", _output, "--calibrate", _pictures, "--preprocess", Preprocess, "--max-drop", "100%", "--labels", labels, "--skip-first");
        Assert.True(ran.Code is 0 or 2, ran.Error);
        string page = File.ReadAllText(_folder["out/colors.int8.report.html"]);
        Assert.Contains(">grass<", page, StringComparison.Ordinal);
        Assert.Contains(">#0<", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_promise_that_nothing_keeps_is_the_answer_no_and_the_best_is_written()
    {
        // A picture for a picture has no answers but numbers, whose error is never 0 in integers.
        string model = _folder.File("filter.onnx", new OnnxGraphBuilder().Input("image", DataType.Float32, 1, 3, 8, 8)
            .Initializer("w", [0.3f, 0.2f, 0.1f, 0.7f, -0.2f, 0.11f, 0.9f, 0.8f, -0.61f], 3, 3, 1, 1).Node("Conv", ["image", "w"], ["filtered"])
            .Output("filtered", DataType.Float32, 1, 3, 8, 8).ToBytes());
        Ran ran = Execute("quantize", model, "-o", _output, "--calibrate", _pictures, "--preprocess", Preprocess, "--max-drop", "0");
        Assert.Equal(2, ran.Code);
        Assert.Contains("no int8 form of this model keeps", ran.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(_output));
    }

    [Theory]
    [InlineData("least-error", "least-error")]
    [InlineData("percentile-99.5", "percentile-99.5")]
    [InlineData("measured", "measured")]
    public void Ranges_are_chosen_as_asked(string asked, string reported)
    {
        Succeeds("quantize", _model, "-o", _output, "--calibrate", _pictures, "--preprocess", Preprocess, "--ranges", asked);
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(_folder["out/colors.int8.report.json"]));
        Assert.Equal(reported, report.RootElement.GetProperty("options").GetProperty("ranges").GetString());
    }

    [Theory]
    [InlineData("none", "nearest", "none")]
    [InlineData("analytic", "nearest", "analytic")]
    [InlineData("empirical", "nearest", "empirical")]
    [InlineData("none", "feedback", "while rounding")]
    public void Biases_are_corrected_as_asked(string asked, string rounding, string reported)
    {
        Succeeds("quantize", _model, "-o", _output, "--calibrate", _pictures, "--preprocess", Preprocess, "--correct-bias", asked, "--rounding", rounding, "--activation-products");
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(_folder["out/colors.int8.report.json"]));
        JsonElement options = report.RootElement.GetProperty("options");
        Assert.Equal(reported, options.GetProperty("biasCorrection").GetString());
        Assert.True(options.GetProperty("activationProducts").GetBoolean());
    }

    [Fact]
    public void Symmetric_activations_come_with_float_biases_on_both_engines()
    {
        string model = _folder.File("biased.onnx", new OnnxGraphBuilder().Input("image", DataType.Float32, 1, 3, 8, 8)
            .Initializer("w", [0.3f, 0.2f, 0.1f, 0.7f, -0.2f, 0.11f, 0.9f, 0.8f, -0.61f], 3, 3, 1, 1).Initializer("b", [0.5f, -0.25f, 0.125f]).Node("Conv", ["image", "w", "b"], ["filtered"])
            .Output("filtered", DataType.Float32, 1, 3, 8, 8).ToBytes());
        Succeeds("quantize", model, "-o", _output, "--calibrate", _pictures, "--preprocess", Preprocess, "--symmetric");
        ModelProto made = OnnxReader.Read(File.ReadAllBytes(_output), "test");
        Assert.DoesNotContain(made.Graph!.Initializers, t => t.ElementType == ElementType.Int32);
        TensorProto bias = Assert.Single(made.Graph.Initializers, t => t is { ElementType: ElementType.Float, Dims: [3] } && t.Name == made.Graph.Nodes.Single(n => n.OpType == "Conv").Inputs[2]);
        Assert.Equal([0.5f, -0.25f, 0.125f], MemoryMarshal.Cast<byte, float>(bias.GetBytes().Span).ToArray());
        using JsonDocument compared = JsonDocument.Parse(Succeeds("verify", _output, _output, "--data", _pictures, "--preprocess", Preprocess, "--engine-b", "onnxruntime", "--json"));
        Assert.InRange(compared.RootElement.GetProperty("outputs")[0].GetProperty("relativeError").GetDouble(), 0, 1.01 / 255);
        Succeeds("verify", _output, "--engine-a", "onnxruntime");
    }

    [Fact]
    public void The_model_of_a_promise_is_judged_on_other_data_too()
    {
        string others = _folder["others"];
        Directory.CreateDirectory(others);
        foreach (string file in Directory.GetFiles(_pictures)) File.Copy(file, Path.Combine(others, Path.GetFileName(file)));
        string output = Succeeds("quantize", _model, "-o", _output, "--calibrate", _pictures, "--preprocess", Preprocess, "--max-drop", "0%", "--confirm", others);
        Assert.Equal(
            $"--confirm {_pictures}/: the search sees it as --calibrate; name other data; try edge quantize --help",
            Fails("quantize", _model, "-o", _output, "--calibrate", _pictures + "/", "--preprocess", Preprocess, "--max-drop", "0%", "--confirm", _pictures + "/"));
        Assert.Contains("on 12 samples that the search did not see the promise is kept: 100.00 % → 100.00 %", output, StringComparison.Ordinal);
        Assert.Contains("which the search did not see | 12 |", File.ReadAllText(_folder["out/colors.int8.report.md"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_whose_labels_are_not_found_is_told()
    {
        string table = _folder.File("pictures/table.csv", "file,kind_of_part\n" + string.Concat(Enumerable.Range(0, 12).Select(i => $"{i:00}.png,1\n")));
        string note = $"{table} (12 pictures) has no labels: none of its columns (file, kind_of_part) is called label, class, target or the like; --label-column names the one that is meant";
        Ran ran = Execute("quantize", _model, "-o", _output, "--calibrate", _pictures, "--preprocess", Preprocess, "--max-drop", "0%");
        Assert.Contains(note + "; what float32 answers is the truth", ran.Error, StringComparison.Ordinal);
        Assert.Contains("no labels: none of its columns (file, kind_of_part)", Fails("evaluate", _model, _pictures, "--preprocess", Preprocess), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_is_made_for_one_value_of_an_input()
    {
        string model = _folder.File("switched.onnx", new OnnxGraphBuilder(13).Input("image", DataType.Float32, 1, 3, 8, 8).Input("rate", DataType.Int64)
            .Initializer("w", [0.3f, 0.2f, 0.1f, 0.7f, -0.2f, 0.11f, 0.9f, 0.8f, -0.61f], 3, 3, 1, 1).Initializer("one", [1L]).Node("Equal", ["rate", "one"], ["is"])
            .Node("If", ["is"], ["filtered"],
                AttributeProto.Of("then_branch", new OnnxGraphBuilder().Node("Conv", ["image", "w"], ["c"]).Output("c").Build().Graph),
                AttributeProto.Of("else_branch", new OnnxGraphBuilder().Node("Relu", ["image"], ["r"]).Output("r").Build().Graph))
            .Output("filtered", DataType.Float32, 1, 3, 8, 8).ToBytes());
        Succeeds("quantize", model, "-o", _output, "--calibrate", _pictures, "--preprocess", Preprocess, "--fix", "rate=1", "--max-drop", "100%");
        Assert.Contains("1 layers int8", Succeeds("quantize", model, "-o", _output, "--calibrate", _pictures, "--preprocess", Preprocess, "--fix", "rate=1"), StringComparison.Ordinal);
        Ran ran = Execute("quantize", model, "-o", _output, "--calibrate", _pictures, "--preprocess", Preprocess, "--fix", "rate=2");
        Assert.Equal(1, ran.Code);
        Assert.Contains("nothing to quantize", ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--confirm is what a model found by --max-drop is judged on; give both", "--confirm", "x")]
    [InlineData("--fallback is for --max-drop; give both", "--fallback", "16-bit")]
    [InlineData("--fix rate: write input=value with a number, true or false, such as sr=16000", "--fix", "rate")]
    [InlineData("--fix rate=2: 'rate' is fixed twice", "--fix", "rate=1", "rate=2")]
    [InlineData("--correct-bias well: one of none, analytic, empirical is expected", "--correct-bias", "well")]
    [InlineData("--max-drop -1%: a number of at least 0 is expected, such as 0.5%", "--max-drop", "-1%")]
    [InlineData("--max-drop much: a number of at least 0 is expected, such as 0.5%", "--max-drop", "much")]
    [InlineData("--data is what --max-drop is measured on; give both", "--data", "x")]
    [InlineData("--labels is for judging answers, as --max-drop does; give both", "--labels", "x")]
    [InlineData("--head is for judging answers, as --max-drop does; give both", "--head", "yolox")]
    [InlineData("--skip-first is for judging answers, as --max-drop does; give both", "--skip-first")]
    [InlineData("--background is for judging answers, as --max-drop does; give both", "--background", "0")]
    [InlineData("--postprocess is for judging answers, as --max-drop does; give both", "--postprocess", "x")]
    [InlineData("--ranges widest: one of min-max, moving-average, percentile-N, entropy, least-error, measured is expected, with N above 50 and at most 100", "--ranges", "widest")]
    public void What_is_not_understood_is_told(string message, params string[] arguments) =>
        Assert.Equal($"{message}; try edge quantize --help", Fails(["quantize", _model, "-o", _output, "--calibrate", _pictures, .. arguments]));

    [Fact]
    public void Interrupting_leaves_nothing()
    {
        using var interrupt = new CancellationTokenSource();
        using var error = new InterruptingWriter(interrupt, "judge");
        int code = Program.Run(["quantize", _model, "-o", _output, "--calibrate", _pictures, "--preprocess", Preprocess, "--max-drop", "1%"], TextWriter.Null, error, interrupt.Token);
        Assert.Equal(130, code);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder["out"]));
    }

    [Fact]
    public void A_model_is_held_to_its_certificate()
    {
        Succeeds("quantize", _model, "-o", _output, "--calibrate", _pictures, "--preprocess", Preprocess);
        string output = Succeeds("verify", _output, "--data", _pictures, "--preprocess", Preprocess, "--isa", "scalar");
        Assert.Contains("probes       4 of 4 the same", output, StringComparison.Ordinal);
        Assert.Contains("data         12 of 12 the same", output, StringComparison.Ordinal);
        Assert.Contains("report       beside the model, as certified", output, StringComparison.Ordinal);

        using (JsonDocument result = JsonDocument.Parse(Succeeds("verify", _output, "--json")))
            Assert.True(result.RootElement.GetProperty("agrees").GetBoolean());

        File.AppendAllText(_folder["out/colors.int8.report.json"], " ");
        Ran changed = Execute("verify", _output);
        Assert.Equal(2, changed.Code);
        Assert.Contains("report       DIFFERS", changed.Output, StringComparison.Ordinal);
        File.Delete(_folder["out/colors.int8.report.json"]);
        Assert.Contains("not beside the model", Succeeds("verify", _output), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_answers_otherwise_is_refused()
    {
        Succeeds("quantize", _model, "-o", _output, "--calibrate", _pictures, "--preprocess", Preprocess);
        ModelProto model = OnnxReader.Read(File.ReadAllBytes(_output), "copy");
        TensorProto weights = model.Graph!.Initializers.First(t => t.DataType == (int)ElementType.Int8 && t.Dims.Count == 4);
        weights.RawData = weights.GetBytes().ToArray().Select(b => unchecked((byte)-(sbyte)b)).ToArray();
        OnnxWriter.Save(model, _output);
        Assert.NotNull(ParityCertificate.Of(model));
        Ran ran = Execute("verify", _output, "--data", _pictures, "--preprocess", Preprocess);
        Assert.Equal(2, ran.Code);
        Assert.Contains("CHANGED since it was certified", ran.Output, StringComparison.Ordinal);
        Assert.Contains("does NOT answer here", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_without_a_certificate_is_told_so()
    {
        Assert.Equal($"{_model}: the model has no certificate; edge quantize gives one, or name a second model to compare with", Fails("verify", _model));
        Assert.Equal("two models are compared on data: give --data; try edge verify --help", Fails("verify", _model, _model));
        Assert.Equal("--engine-b and --min-agreement are for two models; try edge verify --help", Fails("verify", _model, "--min-agreement", "90"));
        Assert.Equal("--preprocess is about the pictures of --data; give both; try edge verify --help", Fails("verify", _model, "--preprocess", Preprocess));
        Assert.Equal("--isa is for the engine edge, not for onnxruntime", Fails("verify", _model, "--engine-a", "onnxruntime", "--isa", "scalar"));
    }

    /// <summary>Cancels as soon as a line is written that begins with a word.</summary>
    private sealed class InterruptingWriter(CancellationTokenSource interrupt, string word) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.StartsWith(word, StringComparison.Ordinal) == true) interrupt.Cancel();
        }
    }
}
