using Edge.Onnx;
using Edge.Runtime.Tests.Sessions;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Vision;

[Collection("alone")]
public class VisionAllocationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Sampling_pooling_and_transforming_allocate_nothing(int threads)
    {
        long[] pads = [1, 1, 1, 1], kernel = [2, 2];
        var proto = new OnnxGraphBuilder(20).Input("x", DataType.Float32, [1, 8, 12, 12]).Input("grid", DataType.Float32, [1, 9, 9, 2]).Input("of", DataType.Int64, [3])
            .Initializer("w", new Draw(1).Float(8, 8, 3, 3).AsSpan<float>().ToArray(), 8, 8, 3, 3).Input("offset", DataType.Float32, [1, 18, 12, 12])
            .Input("regions", DataType.Float32, [3, 4]).Initializer("step", [8L]).Initializer("hann", new Draw(2).Float(20).AsSpan<float>().ToArray(), 20)
            .Node("GridSample", ["x", "grid"], ["g"])
            .Node("DeformConv", ["x", "w", "offset"], ["d"], AttributeProto.Of("pads", pads))
            .Node("RoiAlign", ["d", "regions", "of"], ["r"], AttributeProto.Of("output_height", 2L))
            .Node("RoiAlign", ["x", "regions", "of"], ["m"], AttributeProto.Of("mode", "max"))
            .Node("MaxPool", ["x"], ["p", "i"], AttributeProto.Of("kernel_shape", kernel), AttributeProto.Of("strides", kernel))
            .Node("MaxUnpool", ["p", "i"], ["u"], AttributeProto.Of("kernel_shape", kernel), AttributeProto.Of("strides", kernel))
            .Node("Det", ["x"], ["det"])
            .Node("ArgMax", ["x"], ["arg"], AttributeProto.Of("axis", 1L))
            .Node("DFT", ["x2"], ["spectrum"]).Input("x2", DataType.Float32, [2, 30, 1])
            .Node("STFT", ["x3", "step", "hann"], ["frames"]).Input("x3", DataType.Float32, [1, 100, 1])
            .Node("RandomNormalLike", ["x"], ["noise"])
            .Node("ReverseSequence", ["x4", "of"], ["turned"]).Input("x4", DataType.Float32, [5, 3]);
        foreach (string y in (string[])["g", "r", "m", "u", "det", "arg", "spectrum", "frames", "noise", "turned"]) proto.Output(y);
        using var session = new InferenceSession(Model.FromProto(proto.Build(), "test"), new SessionOptions { Threads = threads });
        var draw = new Draw(3);
        Tensor[] inputs = [draw.Float(1, 8, 12, 12), draw.Float(1, 9, 9, 2), Tensor.Create(DataType.Int64, new Shape(3)), draw.Float(1, 18, 12, 12),
            draw.Tensor(DataType.Float32, 0, 12, 3, 4), draw.Float(2, 30, 1), draw.Float(1, 100, 1), draw.Float(5, 3)];
        Assert.Equal(0, AllocationTests.Allocated(() => session.Run(inputs)));
    }
}
