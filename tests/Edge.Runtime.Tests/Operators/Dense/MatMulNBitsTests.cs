using Edge.Kernels;
using Edge.Onnx;
using Edge.Runtime.Tests.Sessions;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Dense;

public sealed class MatMulNBitsTests
{
    private const string Microsoft = "com.microsoft";

    public static IEnumerable<TheoryDataRow<int>> Seeds() => Enumerable.Range(1, 40).Select(i => new TheoryDataRow<int>(i));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_random_product_agrees_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(seed);
        int bits = draw.Int(0, 1) == 0 ? 4 : 8, block = 16 << draw.Int(0, 3), k = draw.Int(1, 300), n = draw.Int(1, 90), m = draw.Int(1, 20), zeros = draw.Int(0, 2);
        // ONNX Runtime takes float32 zero points of 4 bits only.
        if (bits == 8) zeros = Math.Min(zeros, 1);
        ModelProto proto = Model(draw, bits, block, k, n, zeros, bias: draw.Int(0, 1) == 0, rank3: draw.Int(0, 1) == 0 ? 2 : 1).Node("Relu", ["p"], ["y"]).Output("y").Build();
        Tensor x = draw.Float(proto.Graph.Inputs[0].Type!.Tensor!.Shape!.Dims.Count == 3 ? [2, m, k] : [m, k]);
        using (var session = new InferenceSession(Runtime.Model.FromProto(proto, "test")))
        {
            session.Run(x);
            Assert.Equal([$"gemm_f32_w{bits}_{KernelCatalog.Available[0].Name}"], session.Describe().Steps.Select(s => s.Kernel));
        }

        EngineComparison.AssertAgrees(proto, [x], 2e-5);
    }

    [Theory]
    [InlineData("bits", 3, "test: MatMulNBits 'MatMulNBits_0': 3 bits are not supported; supported: 4 and 8")]
    [InlineData("block_size", 24, "test: MatMulNBits 'MatMulNBits_0': block_size 24 must be a power of 2 and at least 16")]
    [InlineData("block_size", 1 << 29, "test: MatMulNBits 'MatMulNBits_0': input 1 has shape [8,2,16]; it must hold 2147483648 elements")]
    [InlineData("weight_prepacked", 1, "test: MatMulNBits 'MatMulNBits_0': weight_prepacked 1 is not supported; supported: 0, weights as they are defined")]
    [InlineData("N", 7, "test: MatMulNBits 'MatMulNBits_0': input 1 has shape [8,2,16]; it must hold 224 elements")]
    public void What_is_not_supported_is_refused(string attribute, int value, string message)
    {
        ModelProto proto = Model(new Draw(1), 4, 32, 64, 8, 0, false, 1).Output("p").Build();
        proto.Graph.Nodes[0].Attributes.RemoveAll(a => a.Name == attribute);
        proto.Graph.Nodes[0].Attributes.Add(AttributeProto.Of(attribute, (long)value));
        Assert.Equal(message, Assert.Throws<ModelException>(() => Run(proto)).Message);
    }

    [Fact]
    public void Permuted_rows_are_refused()
    {
        ModelProto proto = Model(new Draw(1), 4, 32, 64, 8, 0, false, 1).Initializer("g", new int[64], 64).Output("p").Build();
        proto.Graph.Nodes[0].Inputs.AddRange(["", "g"]);
        Assert.Equal("test: MatMulNBits 'MatMulNBits_0': g_idx is not supported: its definition is deprecated; supported: blocks of neighbours", Assert.Throws<ModelException>(() => Run(proto)).Message);
    }

    private static void Run(ModelProto proto)
    {
        using var session = new InferenceSession(Runtime.Model.FromProto(proto, "test"));
        session.Run(new Draw(2).Float(3, 64));
    }

    /// <param name="draw">Random numbers.</param>
    /// <param name="bits">Of a weight.</param>
    /// <param name="block">Of weights.</param>
    /// <param name="k">Terms.</param>
    /// <param name="n">Columns.</param>
    /// <param name="zeros">Zero points: 0 none, 1 packed, 2 float32.</param>
    /// <param name="bias">Whether there is one.</param>
    /// <param name="rank3">2: x has three axes.</param>
    private static OnnxGraphBuilder Model(Draw draw, int bits, int block, int k, int n, int zeros, bool bias, int rank3)
    {
        int blocks = (k + block - 1) / block, blob = block * bits / 8, zeroBytes = (blocks * bits + 7) / 8;
        var b = new OnnxGraphBuilder(17).Opset(Microsoft, 1);
        b = rank3 == 2 ? b.Input("x", DataType.Float32, 2, "m", k) : b.Input("x", DataType.Float32, "m", k);
        b = b.Initializer("w", draw.Bytes(DataType.UInt8, n, blocks, blob).AsSpan<byte>().ToArray(), n, blocks, blob)
            .Initializer("s", draw.Tensor(DataType.Float32, 0.002, 0.02, n * blocks).AsSpan<float>().ToArray(), n, blocks);
        if (zeros == 1) b = b.Initializer("z", draw.Bytes(DataType.UInt8, n, zeroBytes).AsSpan<byte>().ToArray(), n, zeroBytes);
        if (zeros == 2) b = b.Initializer("z", draw.Tensor(DataType.Float32, 0, bits == 4 ? 15 : 255, n * blocks).AsSpan<float>().ToArray(), n, blocks);
        if (bias) b = b.Initializer("b", draw.Float(n).AsSpan<float>().ToArray(), n);
        string[] inputs = bias ? ["x", "w", "s", zeros == 0 ? "" : "z", "", "b"] : zeros == 0 ? ["x", "w", "s"] : ["x", "w", "s", "z"];
        return b.Node(Microsoft, "MatMulNBits", inputs, ["p"], AttributeProto.Of("K", (long)k), AttributeProto.Of("N", (long)n), AttributeProto.Of("bits", (long)bits), AttributeProto.Of("block_size", (long)block));
    }
}
