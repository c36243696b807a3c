using Edge.Onnx;
using Edge.Runtime.Operators.Resize;
using Edge.Runtime.Tests.Sessions;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Passes;

/// <summary>Segmentation: few scores are resized to those of every pixel, of which the greatest is looked for.</summary>
public class ResizedRowsFusionTests
{
    private const int Channels = 11;

    [Theory]
    [InlineData("linear", "", 1)]
    [InlineData("linear", "ArgMax", 1)]
    [InlineData("cubic", "ArgMin", 0)]
    [InlineData("linear", "ArgMax", 0)]
    public void Rows_are_quantized_and_searched_while_they_are_made(string mode, string search, long last)
    {
        foreach (bool quantizes in (bool[])[true, false])
            foreach (DataType type in (DataType[])[DataType.UInt8, DataType.Int8])
                foreach ((long height, long width) in ((long, long)[])[(37, 41), (5, 90), (70, 6), (5, 6)])
                {
                    if (!quantizes && search.Length == 0) continue;
                    ModelProto proto = Segmentation(mode, quantizes ? type : DataType.Undefined, search, last, [1, Channels, height, width]);
                    string[] plan = [.. Plan(proto, threads: 1, out byte[] bits)];
                    Assert.Equal(["Conv", ResizedRowsOperator.Name], plan.Where(o => o != "Transpose"));
                    Assert.Equal(Bits(proto, new SessionOptions { Optimize = false, Threads = 1 }), bits);
                    foreach (int threads in (int[])[2, 3])
                    {
                        _ = Plan(proto, threads, out byte[] shared);
                        Assert.Equal(bits, shared);
                    }
                }
    }

    [Fact]
    public void Nearest_pixels_other_axes_and_second_readers_stay()
    {
        Assert.DoesNotContain(ResizedRowsOperator.Name, Plan(Segmentation("nearest", DataType.Undefined, "ArgMax", 0, [1, Channels, 37, 41]), 1, out _));
        Assert.DoesNotContain(ResizedRowsOperator.Name, Plan(Segmentation("linear", DataType.Undefined, "ArgMax", 0, [1, Channels, 37, 41], axis: 2), 1, out _));
        Assert.DoesNotContain(ResizedRowsOperator.Name, Plan(Segmentation("linear", DataType.UInt8, "ArgMax", 0, [1, Channels, 37, 41], output: "resized"), 1, out _));
        // Channels that are resized, too, do not lie in one row.
        Assert.DoesNotContain(ResizedRowsOperator.Name, Plan(Segmentation("linear", DataType.Undefined, "ArgMax", 0, [1, 2 * Channels, 37, 41]), 1, out _));
    }

    private static ModelProto Segmentation(string mode, DataType type, string search, long last, long[] sizes, long axis = 1, string? output = null)
    {
        var random = new Random(2);
        float[] weights = [.. Enumerable.Range(0, Channels * 3 * 9).Select(_ => random.NextSingle() - 0.5f)];
        var g = new OnnxGraphBuilder().Input("x", DataType.Float32, [1, 3, 5, 6]).Initializer("w", weights, Channels, 3, 3, 3).Initializer("sizes", sizes, 4)
            .Node("Conv", ["x", "w"], ["scores"], AttributeProto.Of("pads", [1L, 1, 1, 1]))
            .Node("Resize", ["scores", "", "", "sizes"], ["resized"], AttributeProto.Of("mode", mode), AttributeProto.Of("coordinate_transformation_mode", mode == "cubic" ? "half_pixel" : "align_corners"));
        string y = "resized";
        if (type != DataType.Undefined)
        {
            g.Initializer("s", [0.015f]);
            if (type == DataType.UInt8) g.Initializer("z", [(byte)117]);
            else g.Initializer("z", [(sbyte)-3]);
            g.Node("QuantizeLinear", [y, "s", "z"], ["q"]);
            y = "q";
            if (search.Length > 0)
            {
                g.Node("DequantizeLinear", ["q", "s", "z"], ["dq"]);
                y = "dq";
            }
        }

        if (search.Length > 0) g.Node(search, [y], ["place"], AttributeProto.Of("axis", axis), AttributeProto.Of("select_last_index", last), AttributeProto.Of("keepdims", 1L));
        if (output is not null) g.Output(output);
        return g.Output(search.Length > 0 ? "place" : y).Build();
    }

    private static IEnumerable<string> Plan(ModelProto proto, int threads, out byte[] bits)
    {
        using var session = new InferenceSession(Model.FromProto(proto, "test"), new SessionOptions { Threads = threads });
        bits = session.Run(Input())[^1].Bytes.ToArray();
        return [.. session.Describe().Steps.Select(s => s.OpType)];
    }

    private static byte[] Bits(ModelProto proto, SessionOptions options)
    {
        using var session = new InferenceSession(Model.FromProto(proto, "test"), options);
        return session.Run(Input())[^1].Bytes.ToArray();
    }

    private static Tensor Input() => EngineComparison.Random(4, 1, 3, 5, 6);
}
