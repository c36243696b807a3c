using Edge.Kernels;
using Edge.Kernels.Topology;
using Edge.Onnx;
using Edge.Runtime.Tests.Passes.Patterns;
using Edge.Runtime.Tests.Sessions;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Passes;

/// <summary>Depthwise convolutions over pictures that are more than a cache keeps become one step with the pointwise ones around them.</summary>
public class StripFusionTests
{
    /// <summary>80² pixels of 128 channels are 3.3 MB: more than second-level caches have for one core.</summary>
    private const int Size = 80, Inside = 128, Outside = 4;

    private static string Conv(WrittenOut g, string x, int inputs, int outputs, int kernel, int seed, long group = 1, long stride = 1)
    {
        long pad = kernel / 2;
        return g.Node("Conv", [x, g.Constant(seed, outputs, inputs / (int)group, kernel, kernel), g.Constant(seed + 1, outputs)],
            AttributeProto.Of("pads", [pad, pad, pad, pad]), AttributeProto.Of("group", group), AttributeProto.Of("strides", [stride, stride]));
    }

    private static string Clipped(WrittenOut g, string x) => g.Node("Clip", [x, g.Scalar(0), g.Scalar(6)]);

    private static string Depthwise(WrittenOut g, string x, int seed, long stride = 1) => Clipped(g, Conv(g, x, Inside, Inside, 3, seed, Inside, stride));

    private static string[] Plan(WrittenOut g, params string[] outputs) => [.. g.PlanOf(outputs).Where(o => o != "Transpose")];

    [Fact]
    public void An_inverted_bottleneck_with_its_sum_is_one_step()
    {
        var g = new WrittenOut(17, 1, Outside, Size, Size);
        string expanded = Clipped(g, Conv(g, "x", Outside, Inside, 1, 1)), y = g.Node("Add", [Conv(g, Depthwise(g, expanded, 3), Inside, Outside, 1, 5), "x"]);
        Assert.Equal(["ConvStrips"], Plan(g, y));
    }

    [Fact]
    public void So_are_two_of_them()
    {
        var g = new WrittenOut(17, 2, Outside, Size, Size);
        Assert.Equal(["ConvStrips"], Plan(g, Depthwise(g, Conv(g, "x", Outside, Inside, 1, 1), 3, stride: 2)));
        g = new WrittenOut(17, 1, Inside, Size, Size + 3);
        Assert.Equal(["ConvStrips"], Plan(g, Conv(g, Depthwise(g, "x", 1), Inside, Outside, 1, 3)));
    }

    [Fact]
    public void Chains_of_them_are_several_steps()
    {
        var g = new WrittenOut(17, 1, Outside, Size, Size);
        string y = "x";
        for (int i = 0; i < 2; i++) y = Conv(g, Depthwise(g, Conv(g, y, Outside, Inside, 1, 6 * i + 1), 6 * i + 3), Inside, Outside, 1, 6 * i + 5);
        Assert.Equal(["ConvStrips", "ConvStrips"], Plan(g, y));
    }

    [Theory]
    [InlineData("small")]
    [InlineData("another reader")]
    [InlineData("returned")]
    [InlineData("several channels to a group")]
    [InlineData("weights of a run")]
    public void What_cannot_be_handed_on_is_not(string what)
    {
        int size = what == "small" ? 12 : Size;
        var g = new WrittenOut(17, 1, Outside, size, size);
        string expanded = Conv(g, "x", Outside, Inside, 1, 1);
        string w = what == "weights of a run" ? g.Input("w", EngineComparison.Random(3, Inside, 1, 3, 3)) : g.Constant(3, Inside, what == "several channels to a group" ? 2 : 1, 3, 3);
        string y = g.Node("Conv", [expanded, w], AttributeProto.Of("pads", [1L, 1, 1, 1]), AttributeProto.Of("group", what == "several channels to a group" ? Inside / 2L : Inside));
        string[] outputs = what switch
        {
            "another reader" => [y, g.Node("ReduceMax", [expanded])],
            "returned" => [y, expanded],
            _ => [y],
        };
        using var session = new InferenceSession(Model.FromProto(g.Build(outputs), "test"));
        Assert.DoesNotContain(session.Describe().Steps, s => s.OpType == "ConvStrips");
    }

    [Theory]
    [InlineData(DataType.UInt8)]
    [InlineData(DataType.Int8)]
    public void Integers_are_handed_on_too(DataType type)
    {
        const int size = 160;
        var g = new QdqGraph(type, 1, Outside, size, size);
        string expanded = g.Round(g.Node("Relu", [g.Node("Conv", [g.Round("x"), g.Weights(1, Inside, Outside, 1, 1)])]), 0.05f, 20);
        string depthwise = g.Round(g.Node("Conv", [expanded, g.Weights(2, Inside, 1, 3, 3)], AttributeProto.Of("pads", [1L, 1, 1, 1]), AttributeProto.Of("group", (long)Inside)), 0.05f);
        var proto = g.Build(g.Round(g.Node("Conv", [depthwise, g.Weights(3, Outside, Inside, 1, 1)]), 0.5f));
        Assert.Equal(["QuantizeLinear", "ConvStrips", "DequantizeLinear"], QdqGraph.Plan(proto));

        // The scalar set computes layer by layer.
        byte[]? expected = null;
        foreach (string isa in (string[])["scalar", .. KernelCatalog.Available.Select(k => k.Name)])
            foreach (int threads in (int[])[1, 2])
            {
                using var session = new InferenceSession(Model.FromProto(proto, "test"), new SessionOptions { Isa = isa, Threads = threads });
                byte[] y = session.Run(QdqGraph.Input(1, Outside, size, size))[0].Bytes.ToArray();
                expected ??= y;
                Assert.True(expected.AsSpan().SequenceEqual(y), $"{isa}, {threads} threads");
            }
    }

    /// <summary>14² pixels of 128 channels fit into any cache: strips are for threads on cores with caches of their own. Of large ones the strips differ.</summary>
    [Theory]
    [InlineData(14)]
    [InlineData(Size)]
    public void Threads_compute_the_bits_that_one_does(int size)
    {
        const int outside = 24;
        var g = new WrittenOut(17, 1, outside, size, size);
        string expanded = Clipped(g, Conv(g, "x", outside, Inside, 1, 1)), y = g.Node("Add", [Conv(g, Depthwise(g, expanded, 3), Inside, outside, 1, 5), "x"]);
        ModelProto proto = g.Build(y);
        Tensor input = EngineComparison.Random(9, 1, outside, size, size);
        foreach (KernelSet set in KernelCatalog.Available)
        {
            float[]? alone = null;
            foreach (int threads in (int[])[1, 2, 3])
            {
                using var session = new InferenceSession(Model.FromProto(proto, "test"), new SessionOptions { Isa = set.Name, Threads = threads });
                bool cut = session.Describe().Steps.Any(s => s.OpType == "ConvStrips");
                Assert.Equal(size == Size ? set.Dense.TakesPixels : threads > 1 && set.Dense.HasSameBitsAmongMany && CpuTopology.Current.HasOwnL2, cut);
                float[] result = session.Run(input)[0].AsSpan<float>().ToArray();
                alone ??= result;
                Assert.True(alone.AsSpan().SequenceEqual(result), $"{set.Name}, {threads} threads");
            }
        }
    }

    [Fact]
    public void A_step_says_what_it_consists_of()
    {
        var g = new WrittenOut(17, 1, Outside, Size, Size);
        using var session = new InferenceSession(Model.FromProto(g.Build(Depthwise(g, Conv(g, "x", Outside, Inside, 1, 1), 3)), "test"));
        var step = Assert.Single(session.Describe().Steps, s => s.OpType == "ConvStrips");
        Assert.Contains(" → depthwise_f32_", step.Kernel);
        Assert.Equal((Outside + 9L) * Inside * Size * Size, step.Macs);
        Assert.True(step.PackedBytes >= (Outside + 9) * Inside * sizeof(float));
    }
}
