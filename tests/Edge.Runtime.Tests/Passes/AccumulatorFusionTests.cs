using Edge.Onnx;
using Edge.Runtime.Operators.QuantizedProduct;
using Edge.Runtime.Tests.Sessions;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Passes;

/// <summary>What quantize_dynamic of ONNX Runtime writes for convolutions and products.</summary>
public class AccumulatorFusionTests
{
    private const int Channels = 20;

    private static readonly long[] s_perChannel = [1, Channels, 1, 1];

    [Theory]
    [InlineData("")]
    [InlineData("Relu")]
    [InlineData("Clip")]
    [InlineData("Clip from below")]
    public void Accumulators_become_numbers_in_one_step(string last)
    {
        foreach (bool bias in (bool[])[true, false])
            foreach (bool perChannel in (bool[])[true, false])
                AssertFuses(Convolution(bias, perChannel ? [Channels, 1, 1] : [1], last), [1, 3, 9, 7], "DynamicQuantizeLinear", "ConvInteger", "Mul", ScaleAccumulatorsOperator.Name);
    }

    [Fact]
    public void Those_of_a_product_do_so_too()
    {
        OnnxGraphBuilder g = Quantized(6, 24).Initializer("w", Bytes(24 * Channels), 24, Channels).Initializer("w_zero", [(byte)128]).Initializer("w_scale", [0.01f])
            .Node("MatMulInteger", ["q", "w", "zero", "w_zero"], ["acc"]);
        AssertFuses(Tail(g, [Channels], ""), [6, 24], "DynamicQuantizeLinear", "MatMulInteger", "Mul", ScaleAccumulatorsOperator.Name);
    }

    [Fact]
    public void What_grows_or_is_read_elsewhere_stays()
    {
        // A scale for each of two pictures, of which there is one.
        ModelProto larger = Convolution(true, [2, 1, 1, 1], "");
        Assert.DoesNotContain(ScaleAccumulatorsOperator.Name, QdqGraph.Plan(larger));
        ModelProto read = Convolution(true, [1], "Relu", "real");
        Assert.DoesNotContain(ScaleAccumulatorsOperator.Name, QdqGraph.Plan(read));
        AssertSameBits(larger, [1, 3, 9, 7]);
        AssertSameBits(read, [1, 3, 9, 7]);
    }

    private static ModelProto Convolution(bool bias, long[] scales, string last, string? output = null)
    {
        int count = (int)scales.Aggregate(1L, (a, b) => a * b);
        OnnxGraphBuilder g = Quantized(1, 3, 9, 7).Initializer("w", Bytes(Channels * 27), Channels, 3, 3, 3).Initializer("w_zero", [(byte)120])
            .Initializer("w_scale", [.. Enumerable.Range(0, count).Select(i => 0.01f + 0.003f * i)], scales)
            .Node("ConvInteger", ["q", "w", "zero", "w_zero"], ["acc"], AttributeProto.Of("pads", [1L, 1, 1, 1]));
        return Tail(g, bias ? s_perChannel : [], last, output);
    }

    private static OnnxGraphBuilder Quantized(params long[] dims) =>
        new OnnxGraphBuilder().Input("x", DataType.Float32, dims).Node("DynamicQuantizeLinear", ["x"], ["q", "scale", "zero"]);

    private static ModelProto Tail(OnnxGraphBuilder g, long[] bias, string last, string? output = null)
    {
        g.Node("Cast", ["acc"], ["real"], AttributeProto.Of("to", (long)DataType.Float32)).Node("Mul", ["scale", "w_scale"], ["scales"]).Node("Mul", ["scales", "real"], ["scaled"]);
        string y = "scaled";
        if (bias.Length > 0)
        {
            g.Initializer("b", [.. Enumerable.Range(0, Channels).Select(i => 0.3f * i - 2)], bias).Node("Add", [y, "b"], ["sum"]);
            y = "sum";
        }

        if (last.StartsWith("Clip", StringComparison.Ordinal)) g.Initializer("low", [-0.5f]).Initializer("high", [1.25f]);
        if (last.Length > 0) g.Node(last.Split(' ')[0], last switch { "Relu" => [y], "Clip" => [y, "low", "high"], _ => [y, "low"] }, ["bounded"]);
        if (output is not null) g.Output(output);
        return g.Output(last.Length > 0 ? "bounded" : y).Build();
    }

    private static byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(3).NextBytes(bytes);
        return bytes;
    }

    private static void AssertFuses(ModelProto proto, int[] input, params string[] plan)
    {
        Assert.Equal(plan, QdqGraph.Plan(proto));
        AssertSameBits(proto, input);
        EngineComparison.AssertAgrees(proto, [EngineComparison.Random(5, input)], 1e-5);
    }

    private static void AssertSameBits(ModelProto proto, int[] input)
    {
        Tensor x = EngineComparison.Random(5, input);
        byte[][] Run(bool optimize)
        {
            using var session = new InferenceSession(Model.FromProto(proto, "test"), new SessionOptions { Optimize = optimize });
            return [.. session.Run(x).Select(t => t.Bytes.ToArray())];
        }

        Assert.Equal(Run(optimize: false), Run(optimize: true));
    }
}
