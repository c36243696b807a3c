using System.IO.Compression;
using Edge.Evaluation.Tasks;
using Edge.Onnx;
using Edge.Pipeline.Postprocessing;
using Edge.Runtime;
using Edge.Tensors;
using Xunit;
using static Edge.Evaluation.Tests.DataFolder;

namespace Edge.Evaluation.Tests;

/// <summary>Arrays, tables and recordings.</summary>
public sealed class SeriesDataTests : IDisposable
{
    private readonly DataFolder _folder = new();
    private static readonly ModelFacts s_rows = new([Info("x", -1, 2)], [Info("scores", -1, 3)]);
    private static readonly ModelFacts s_number = new([Info("x", -1, 2)], [Info("y", -1, 1)]);

    public void Dispose() => _folder.Dispose();

    private static Tensor Row(params float[] values) => Tensor.Create<float>(new Shape(1, values.Length), values);

    private static float[][] Inputs(LabelledData data) => [.. data.Read().Select(t => t[0].AsSpan<float>().ToArray())];

    private static IReadOnlyList<double> Constant(LabelledData data, params Tensor[] outputs)
    {
        TaskScore score = data.Task.Start();
        for (int i = 0; i < data.Count; i++) score.Add(i, outputs, outputs);
        return score.Values;
    }

    private string Npz(params (string Name, byte[] Array)[] arrays)
    {
        using (var zip = new ZipArchive(File.Create(_folder["data.npz"]), ZipArchiveMode.Create))
        {
            foreach ((string name, byte[] array) in arrays)
            {
                using Stream entry = zip.CreateEntry(name + ".npy").Open();
                entry.Write(array);
            }
        }
        return _folder["data.npz"];
    }

    [Fact]
    public void An_archive_holds_inputs_and_labels()
    {
        string path = Npz(("images", Npy<float>("<f4", [1, 2, 3, 4, 5, 6, 7, 8], 4, 2)), ("y", Npy<long>("<i8", [0, 2, 2, 1], 4)));
        LabelledData data = LabelledData.Open(path, new DataOptions(), s_rows);
        Assert.Equal("classification", data.Task.Kind);
        Assert.Equal(50, Constant(data, Row(0, 0, 1))[0]);
        Assert.Equal([[1f, 2], [3, 4], [5, 6], [7, 8]], Inputs(data));
        LabelledData two = LabelledData.Open(path, new DataOptions { MaxSamples = 2 }, s_rows);
        Assert.Equal([[1f, 2], [5, 6]], Inputs(two));
        Assert.Equal([[1f, 2], [5, 6]], Inputs(two));
        Assert.Equal(50, Constant(two, Row(1, 0, 0))[0]);
    }

    [Fact]
    public void An_array_has_its_labels_beside_it_and_one_hot_rows_are_labels()
    {
        string path = _folder.Array<float>("x.npy", "<f4", [1, 2, 3, 4], 2, 2);
        _folder.Array<byte>("x_labels.npy", "|u1", [0, 0, 1, 1, 0, 0], 2, 3);
        LabelledData data = LabelledData.Open(path, new DataOptions(), s_rows);
        Assert.Equal(50, Constant(data, Row(0, 0, 1))[0]);
        _folder.Array<byte>("x_labels.npy", "|u1", [0, 7, 1], 3);
        Assert.Equal($"{_folder["x_labels.npy"]}: 3 labels for 2 samples", Assert.Throws<DataException>(() => LabelledData.Open(path, new DataOptions(), s_rows)).Message);
    }

    [Fact]
    public void A_label_that_the_model_does_not_know_is_told_with_its_sample()
    {
        string path = _folder.Array<float>("x.npy", "<f4", [1, 2, 3, 4], 2, 2);
        _folder.Array<int>("y.npy", "<i4", [0, 3], 2);
        Assert.Equal($"{_folder["y.npy"]}: '3' of {path} #1 is none of the model's classes: class 0, class 1, class 2", Assert.Throws<DataException>(() => LabelledData.Open(path, new DataOptions(), s_rows)).Message);
    }

    [Fact]
    public void Numbers_are_a_regression_for_a_model_of_one_number()
    {
        string path = Npz(("x", Npy<float>("<f4", [1, 2, 3, 4, 5, 6], 3, 2)), ("target", Npy<double>("<f8", [1.5, 2, 3], 3)));
        LabelledData data = LabelledData.Open(path, new DataOptions(), s_number);
        Assert.Equal("regression", data.Task.Kind);
        Assert.Equal([Math.Sqrt((0.25 + 0 + 1) / 3), 0.5], Constant(data, Row(2)));
        Assert.False(data.Metrics[0].HigherIsBetter);
    }

    [Fact]
    public void Without_labels_answers_are_held_to_the_float_model()
    {
        string path = _folder.Array<float>("x.npy", "<f4", [1, 2, 3, 4], 2, 2);
        LabelledData data = LabelledData.Open(path, new DataOptions(), s_rows);
        Assert.False(data.IsLabelled);
        Assert.Equal("agreement with float", data.Metrics[0].Name);
        Assert.Equal("error against float", LabelledData.Open(path, new DataOptions(), s_number).Metrics[0].Name);
    }

    [Fact]
    public void A_row_of_a_table_is_a_sample_and_words_are_slices()
    {
        string path = _folder.Text("t.csv", "a;b;machine;label\n1;2;left;1\n3;4.5;right;0\n5;6;left;2\n");
        LabelledData data = LabelledData.Open(path, new DataOptions(), s_rows);
        Assert.Equal([[1f, 2], [3, 4.5f], [5, 6]], Inputs(data));
        Assert.Equal(100.0 / 3, Constant(data, Row(1, 0, 0))[0], 9);
        Assert.Equal(["left", "right", "left"], Assert.Single(data.Slices).Values);
        Assert.Equal("machine", data.Slices[0].Name);
    }

    [Theory]
    [InlineData(new[] { 1, 3, 2 }, new float[] { 1, 10, 2, 20, 3, 30 })]
    [InlineData(new[] { 1, 2, 3 }, new float[] { 1, 2, 3, 10, 20, 30 })]
    [InlineData(new[] { -1, -1, 2 }, new float[] { 1, 10, 2, 20, 3, 30 })]
    public void Rows_of_a_series_make_windows_as_the_input_demands(int[] dims, float[] first)
    {
        string path = _folder.Text("s.csv", "time,a,b,anomaly\n" + string.Concat(Enumerable.Range(1, 7).Select(i => $"t{i},{i},{10 * i},{(i > 5 ? 1 : 0)}\n")));
        var model = new ModelFacts([Info("x", dims)], [Info("score", 1, 1)]);
        LabelledData data = LabelledData.Open(path, new DataOptions { Window = 3 }, model);
        Assert.Equal(2, data.Count);
        Assert.Equal(first, Inputs(data)[0]);
        // The label of a window is that of its last row: rows 3 and 6.
        TaskScore score = data.Task.Start();
        score.Add(0, [], [Row(0)]);
        score.Add(1, [], [Row(1)]);
        Assert.Equal([1], score.Values);
        Assert.Equal(5, LabelledData.Open(path, new DataOptions { Window = 3, Stride = 1 }, model).Count);
    }

    [Fact]
    public void Columns_that_do_not_suit_the_model_are_told()
    {
        string path = _folder.Text("t.csv", "a,b,c\n1,2,3\n");
        Assert.Equal($"{path}: 3 numeric columns (a, b, c) do not suit input x: float[?,2]; name the label's column if it is among them", Assert.Throws<DataException>(() => LabelledData.Open(path, new DataOptions(), s_rows)).Message);
        string ragged = _folder.Text("r.csv", "a,b\n1,2\n3\n");
        Assert.Equal($"{ragged}: line 3 has 1 fields, where the first has 2", Assert.Throws<DataException>(() => LabelledData.Open(ragged, new DataOptions(), s_rows)).Message);
    }

    [Fact]
    public void Quoted_fields_may_hold_the_separator()
    {
        string path = _folder.Text("q.csv", "a,b,label\n\"1\",2,\"wet, cold\"\n3,4,dry\n5,6,\"the \"\"third\"\"\"\n");
        LabelledData data = LabelledData.Open(path, new DataOptions(), s_rows);
        Assert.Equal(["dry", "the \"third\"", "wet, cold"], Assert.IsType<ClassificationTask>(data.Task).Labels.Names);
    }

    [Fact]
    public void Recordings_are_mixed_and_cut_into_windows()
    {
        _folder.Wave("yes/a.wav", 2, 16384, 0, 8192, 8192, 0, 0, 16384, 16384, 100, 100);
        _folder.Wave("no/b.wav", 1, 3276);
        var model = new ModelFacts([Info("x", 1, 1, 2)], [Info("scores", 1, 2)]);
        LabelledData data = LabelledData.Open(_folder.Path, new DataOptions(), model);
        // Five frames make two windows of two; one frame makes one, filled up with silence.
        Assert.Equal([[3276 / 32768f, 0], [0.25f, 0.25f], [0, 0.5f]], Inputs(data));
        Assert.Equal(100.0 / 3, Constant(data, Row(1, 0))[0], 9);
        Assert.EndsWith("a.wav @2", data.Name(2), StringComparison.Ordinal);
        Assert.StartsWith("input x: float[1,?] leaves the number of samples open", Assert.Throws<DataException>(() => LabelledData.Open(_folder.Path, new DataOptions(), new ModelFacts([Info("x", 1, -1)], [Info("scores", 1, 2)]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Recordings_get_the_rate_that_is_asked_for()
    {
        string slow = _folder.Wave("slow.wav", 1, 8000, [.. Enumerable.Repeat((short)8192, 400)]), fast = _folder.Wave("fast.wav", 1, 48000, [.. Enumerable.Repeat((short)8192, 2400)]);
        var model = new ModelFacts([Info("x", 1, 400)], [Info("scores", 1, 2)]);
        Assert.Equal($"{slow}: 8000 samples a second, but 48000 in {fast}: give the rate that the model was made for", Assert.Throws<DataException>(() => LabelledData.Open(_folder.Path, new DataOptions(), model)).Message);
        float[][] windows = Inputs(LabelledData.Open(_folder.Path, new DataOptions { Rate = 16000 }, model));
        // A twentieth of a second of each: two windows.
        Assert.Equal(4, windows.Length);
        Assert.All(windows[0][200..], v => Assert.Equal(0.25f, v, 4));
        Assert.All(windows[2][200..], v => Assert.Equal(0.25f, v, 4));
    }

    [Fact]
    public void A_recording_without_a_rate_is_told()
    {
        string path = _folder.Wave("a.wav", 1, 0, [1, 2]);
        Assert.Equal($"{path}: 0 samples a second are no rate of a recording", Assert.Throws<DataException>(() => LabelledData.Open(path, new DataOptions(), new ModelFacts([Info("x", 1, 2)], [Info("scores", 1, 2)]))).Message);
    }

    [Fact]
    public void A_recording_that_is_none_is_told()
    {
        var model = new ModelFacts([Info("x", 1, 2)], [Info("scores", 1, 2)]);
        string path = _folder.Text("a.wav", "RIFF, but no more than that");
        Assert.Equal($"{path}: not a WAV file", Assert.Throws<DataException>(() => LabelledData.Open(path, new DataOptions(), model)).Message);
        byte[] compressed = File.ReadAllBytes(_folder.Wave("b.wav", 1, 1, 2));
        compressed[20] = 2;
        File.WriteAllBytes(path, compressed);
        Assert.StartsWith($"{path}: WAV format 2 with 16 bits and 1 channels is not read", Assert.Throws<DataException>(() => LabelledData.Open(path, new DataOptions(), model)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_that_is_none_is_told()
    {
        Assert.Equal($"{_folder["absent"]}: no such folder", Assert.Throws<DataException>(() => InputData.Open(_folder["absent"], new DataOptions())).Message);
        Assert.StartsWith($"{_folder.Text("a.pdf", "x")}: '.pdf' is not read as data", Assert.Throws<DataException>(() => InputData.Open(_folder["a.pdf"], new DataOptions())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Inputs_alone_pass_labels_over()
    {
        string path = _folder.Text("t.csv", "a,b,label\n1,2,nobody knows this one\n3,4,9\n5,6,9\n");
        Assert.Equal([1f, 3], InputData.Open(path, new DataOptions { MaxSamples = 2 }).Read(s_rows.Inputs).Select(t => t[0].AsSpan<float>()[0]));
    }

    /// <summary>Data lies class by class; the first samples must not be those of the first class alone.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(30)]
    public void The_first_inputs_are_spread_over_all(int? most)
    {
        string path = _folder.Text("t.csv", "a,b\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"{i},0\n")));
        float[] read = [.. InputData.Open(path, new DataOptions { MaxSamples = most }).Read(s_rows.Inputs).Select(t => t[0].AsSpan<float>()[0])];
        Assert.Equal(most ?? 60, read.Distinct().Count());
        for (int count = 3; count <= read.Length; count++)
        {
            // Of any number of first samples, about as many lie in each third.
            for (int third = 0; third < 3; third++) Assert.InRange(read.Take(count).Count(v => (int)v / 20 == third), (count / 3) - 1, (count / 3) + 2);
        }
    }

    /// <summary>Answers with the first number of its input.</summary>
    private sealed class Echo : IInferenceSession
    {
        public IReadOnlyList<TensorInfo> Inputs => s_number.Inputs;

        public IReadOnlyList<TensorInfo> Outputs => s_number.Outputs;

        public string Provider => "test";

        public IReadOnlyList<Tensor> Run(params ReadOnlySpan<Tensor> inputs) => [Row(inputs[0].AsSpan<float>()[0])];

        public void Dispose()
        {
        }
    }

    [Fact]
    public void A_model_is_scored_in_all_and_by_slice()
    {
        string path = _folder.Text("t.csv", "a,b,lamp,label\n1,0,warm,1\n2,0,cold,4\n3,0,warm,3\n5,0,cold,5\n");
        LabelledData data = LabelledData.Open(path, new DataOptions(), s_number);
        var done = new List<int>();
        EvaluationResult result = Evaluator.Run(new Echo(), null, data, ["lamp"], done.Add, TestContext.Current.CancellationToken);
        Assert.Equal([1, 0.5], result.Score.Values);
        Assert.Equal([1, 2, 3, 4], done);
        (string property, IReadOnlyList<SliceScore> values) = Assert.Single(result.Slices);
        Assert.Equal("lamp", property);
        Assert.Equal([("cold", 2, Math.Sqrt(2)), ("warm", 2, 0)], values.Select(v => (v.Value, v.Samples, v.Score.Values[0])));
        Assert.Contains("there is no slice 'folder'; there are lamp", Assert.Throws<DataException>(() => Evaluator.Run(new Echo(), null, data, ["folder"], _ => { }, TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        Assert.Throws<OperationCanceledException>(() => Evaluator.Run(new Echo(), null, data, [], _ => { }, new CancellationToken(true)));
    }

    [Fact]
    public void A_label_output_is_compared_as_such()
    {
        string path = _folder.Text("t.csv", "a,b,label\n1,2,0\n3,4,1\n");
        var model = new ModelFacts(s_rows.Inputs, [new TensorInfo("label", DataType.Int64, [new Dimension(-1)]), Info("scores", -1, 2)]);
        IReadOnlyList<double> values = Constant(LabelledData.Open(path, new DataOptions(), model), Tensor.Create<long>(new Shape(1), [1]), Row(1, 0));
        Assert.Equal(50, values[0]);
        Assert.Equal(100.0 / 3, values[1], 9);
    }

    [Fact]
    public void Five_of_many_classes_are_among_the_best()
    {
        string path = _folder.Text("t.csv", "a,b,label\n1,2,0\n3,4,5\n5,6,7\n");
        LabelledData data = LabelledData.Open(path, new DataOptions(), new ModelFacts(s_rows.Inputs, [Info("scores", -1, 8)]));
        IReadOnlyList<double> values = Constant(data, Row(9, 8, 7, 6, 0, 5, 1, 2));
        Assert.Equal(["top-1", "top-5", "macro F1"], data.Task.Figures.Select(f => f.Name));
        Assert.Equal(100.0 / 3, values[0], 9);
        Assert.Equal(200.0 / 3, values[1], 9);
    }

    [Fact]
    public void A_background_class_does_not_count()
    {
        string path = _folder.Text("t.csv", "a,b,label\n1,2,0\n3,4,1\n");
        LabelledData data = LabelledData.Open(path, new DataOptions { Postprocess = new PostprocessOptions { Classification = new ClassificationOptions(SkipFirst: true) } }, s_rows);
        Assert.Equal(50, Constant(data, Row(9, 2, 1))[0]);
    }

    [Fact]
    public void Outputs_that_suit_no_label_are_told()
    {
        string path = _folder.Text("t.csv", "a,b,label\n1,2,0\n");
        Assert.Equal("column 'label' label each sample, but output map: float[1,3,4,4] gives neither classes nor one number",
            Assert.Throws<DataException>(() => LabelledData.Open(path, new DataOptions(), new ModelFacts(s_rows.Inputs, [Info("map", 1, 3, 4, 4)]))).Message);
        Assert.Throws<ModelException>(() => InputData.Open(_folder.Text("x.npy", "none"), new DataOptions()));
    }
}
