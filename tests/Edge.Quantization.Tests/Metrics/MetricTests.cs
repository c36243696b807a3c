using Edge.Onnx;
using Edge.Quantization.Metrics;
using Edge.Runtime;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Quantization.Tests.Metrics;

public class MetricTests
{
    private static Tensor Row(params float[] values) => Tensor.Create<float>(new Shape(1, values.Length), values);

    private static TensorInfo Info(string name, DataType type, params int[] dims) => new(name, type, [.. dims.Select(d => new Dimension(d))]);

    [Fact]
    public void Top_k_counts_labels_among_the_best()
    {
        Tensor[][] outputs = [[Row(9, 1, 3, 2)], [Row(9, 1, 3, 2)], [Row(0, 5, 3, 2)]];
        double Of(int k)
        {
            IAccuracyScore score = new TopKMetric([1, 2, 0], k, firstClass: 1).Start();
            for (int i = 0; i < outputs.Length; i++) score.Add(i, outputs[i], outputs[i]);
            return score.Value;
        }
        Assert.Equal(200.0 / 3, Of(1), 10);
        Assert.Equal(100, Of(2), 10);
    }

    [Fact]
    public void A_sample_without_a_fitting_label_is_named()
    {
        IAccuracyScore score = new TopKMetric([7], firstClass: 1).Start();
        Assert.True(double.IsNaN(score.Value));
        Assert.Equal("sample 0 is of class 7, but the model tells 3 classes apart (output float[1,4])", Assert.Throws<ModelException>(() => score.Add(0, [], [Row(1, 2, 3, 4)])).Message);
        Assert.Equal("sample 1 has no label; there are 1", Assert.Throws<ModelException>(() => score.Add(1, [], [Row(1, 2, 3, 4)])).Message);
    }

    [Fact]
    public void Agreement_is_that_of_the_output_that_agrees_least()
    {
        var metric = new AgreementMetric([OutputKind.Classes, OutputKind.Labels, OutputKind.Values, OutputKind.Probability]);
        IAccuracyScore score = metric.Start();
        Tensor[] reference = [Row(1, 3, 2), Tensor.Create<long>(new Shape(1, 4), [1, 2, 3, 4]), Row(5), Row(0.4f)];
        score.Add(0, reference, [Row(0, 4, 2), Tensor.Create<long>(new Shape(1, 4), [1, 2, 3, 4]), Row(77), Row(0.1f)]);
        Assert.Equal(100, score.Value);
        score.Add(1, reference, [Row(0, 4, 2), Tensor.Create<long>(new Shape(1, 4), [1, 0, 3, 4]), Row(5), Row(0.1f)]);
        Assert.Equal(87.5, score.Value);
        score.Add(2, reference, [Row(4, 0, 2), Tensor.Create<long>(new Shape(1, 4), [1, 2, 3, 4]), Row(5), Row(0.1f)]);
        score.Add(3, reference, [Row(0, 4, 2), Tensor.Create<long>(new Shape(1, 4), [1, 2, 3, 4]), Row(5), Row(0.6f)]);
        Assert.Equal(100 * 1.75 / 4, score.Value);
        Assert.Throws<ModelException>(() => score.Add(4, reference, [Row(1, 2), reference[1], reference[2], reference[3]]));
    }

    [Fact]
    public void The_error_is_that_of_the_worst_output_and_leaves_labels_out()
    {
        IAccuracyScore score = new RelativeErrorMetric().Start();
        Tensor label = Tensor.Create<long>(new Shape(1), [3]), other = Tensor.Create<long>(new Shape(1), [9]);
        score.Add(0, [Row(3, 4), Row(10), label], [Row(3, 4), Row(9), other]);
        score.Add(1, [Row(0, 0), Row(0), label], [Row(0, 0), Row(0), other]);
        Assert.Equal(10, score.Value, 10);
    }

    [Fact]
    public void Kinds_of_outputs_are_told_from_shapes_types_and_the_last_operator()
    {
        TensorInfo[] inputs = [Info("x", DataType.Float32, -1, 640)];
        Assert.Equal(
            [OutputKind.Classes, OutputKind.Values, OutputKind.Values, OutputKind.Labels, OutputKind.Classes, OutputKind.Values],
            OutputKinds.Of(null, inputs,
            [
                Info("scores", DataType.Float32, -1, 10), Info("reconstruction", DataType.Float32, -1, 640), Info("map", DataType.Float32, 1, 3, 8, 8),
                Info("label", DataType.Int64, -1), Info("flat", DataType.Float32, 1, 12, 1, 1), Info("life", DataType.Float32, -1, 1),
            ]));
        GraphProto graph = new OnnxGraphBuilder()
            .Input("x", DataType.Float32, 1, 1)
            .Node("Sigmoid", ["x"], ["s"]).Node("Flatten", ["s"], ["yes"]).Node("Relu", ["x"], ["life"])
            .Output("yes", DataType.Float32, 1, 1).Output("life", DataType.Float32, 1, 1).BuildGraph();
        Assert.Equal([OutputKind.Probability, OutputKind.Values], OutputKinds.Of(graph, [Info("z", DataType.Float32, 1, 4)], [Info("yes", DataType.Float32, 1, 1), Info("life", DataType.Float32, 1, 1)]));
    }

    [Fact]
    public void A_model_without_answers_is_held_to_its_numbers()
    {
        TensorInfo[] inputs = [Info("x", DataType.Float32, 1, 4)];
        Assert.IsType<RelativeErrorMetric>(AgreementMetric.For(null, inputs, [Info("y", DataType.Float32, 1, 4)]));
        Assert.IsType<AgreementMetric>(AgreementMetric.For(null, inputs, [Info("y", DataType.Float32, 1, 3)]));
        Assert.Throws<ArgumentException>(() => new AgreementMetric([OutputKind.Values]));
    }
}
