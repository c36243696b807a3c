using Edge.Kernels;
using Edge.Kernels.Threading;
using Edge.Onnx;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Xunit;

namespace Edge.Training.Tests.Export;

public sealed class OnnxExportTests
{
    [Fact]
    public void The_exported_model_computes_in_another_engine_what_the_trainer_computes()
    {
        var graph = new TrainingGraph(2, KernelCatalog.Select(), WorkerPool.Inline, 4);
        Value x = graph.Input("x", new Extent(12, 12, 3), differentiable: false);
        Value[] outputs = EveryLayer(graph, x);
        var random = new RandomStream(2, "x");
        for (int step = 0; step < 5; step++)
        {
            foreach (ref float v in x.Data) v = random.Normal();
            graph.Forward(training: true);
        }
        graph.Forward(training: false);

        using var session = new InferenceSession(Bytes(graph.ToOnnx("every layer", outputs, [])));
        for (int n = 0; n < graph.Batch; n++)
        {
            using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = session.Run([NamedOnnxValue.CreateFromTensor("x", ChannelsFirst(x, n))]);
            foreach (Value y in outputs)
            {
                Tensor<float> actual = results.Single(r => r.Name == y.Name).AsTensor<float>();
                float[] expected = [.. ChannelsFirst(y, n)];
                Assert.Equal(expected.Length, actual.Length);
                int i = 0;
                foreach (float v in actual) Assert.Equal(expected[i++], v, 1e-4f);
            }
        }
    }

    [Fact]
    public void The_model_says_who_made_it_and_keeps_batch_normalization_apart()
    {
        var graph = new TrainingGraph(1, KernelCatalog.Select(), WorkerPool.Inline, 4);
        Value y = graph.BatchNorm("bn", graph.Conv("conv", graph.Input("x", new Extent(4, 4, 2)), 3, 3), Nonlinearity.Relu6);
        graph.Conv("unused", y, 2, 1);
        ModelProto model = graph.ToOnnx("g", [y], [new("labels", "a,b")]);
        Assert.Equal("Edge.Training", model.ProducerName);
        Assert.Equal(17, Assert.Single(model.OpsetImports).Version);
        Assert.Equal(["Conv", "BatchNormalization", "Clip"], model.Graph.Nodes.Select(n => n.OpType));
        Assert.Equal("labels", Assert.Single(model.MetadataProps).Key);
        Assert.Equal("bn", Assert.Single(model.Graph.Outputs).Name);
    }

    private static Value[] EveryLayer(TrainingGraph g, Value x)
    {
        Value a = g.BatchNorm("bn1", g.Conv("conv1", x, 8, 3, 2, 1), Nonlinearity.Relu6);
        Value b = g.BatchNorm("bn2", g.DepthwiseConv("dw", a, 3, 1, 1), Nonlinearity.HardSwish);
        Value c = g.Activate("relu", g.Add("sum", a, g.BatchNorm("bn3", g.Conv("grouped", b, 8, 3, 1, 1, groups: 2, bias: true))), Nonlinearity.Relu);
        Value low = g.MaxPool("max", c, 2, 2);
        Value joined = g.Concat("concat", c, g.Upsample("up", low, 2), g.Upsample("up2", g.AveragePool("mean", c, 3, 3), 3));
        Value scores = g.Activate("scores", g.Conv("head", joined, 5, 1, bias: true, biasStart: -1), Nonlinearity.Sigmoid);
        Value vector = g.Dense("dense2", g.Activate("hidden", g.Dense("dense1", g.GlobalAveragePool("gap", joined), 6), Nonlinearity.HardSwish), 4);
        return [scores, g.Activate("same", low, Nonlinearity.None), vector];
    }

    private static byte[] Bytes(ModelProto model)
    {
        using var stream = new MemoryStream();
        OnnxWriter.Write(model, stream);
        return stream.ToArray();
    }

    private static DenseTensor<float> ChannelsFirst(Value value, int n)
    {
        Extent e = value.Extent;
        var tensor = new DenseTensor<float>([1, e.Channels, e.Height, e.Width]);
        Span<float> sample = value.Sample(n);
        for (int y = 0; y < e.Height; y++)
            for (int x = 0; x < e.Width; x++)
                for (int c = 0; c < e.Channels; c++)
                    tensor[0, c, y, x] = sample[(y * e.Width + x) * e.Channels + c];
        return tensor;
    }
}
