using Edge.Onnx;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Movement;

/// <summary>Operators that follow the channels-last layout of a pool before them give what they give without it.</summary>
public class ChannelsLastTests
{
    public static IEnumerable<TheoryDataRow<string, int>> Cases() =>
        from op in (string[])["Concat", "Split", "Slice", "Slice9", "Pad", "Pad10", "PadAxes", "Resize", "ResizeSizes", "Upsample", "DepthToSpace", "SpaceToDepth", "Cast", "Identity", "Dropout", "Conv", "ConvTranspose"]
        from rank in (int[])[3, 4]
        where rank == 4 || op is not ("DepthToSpace" or "SpaceToDepth")
        select new TheoryDataRow<string, int>(op, rank);

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_operator_behind_a_pool_follows_its_layout(string op, int rank)
    {
        var draw = new Draw(rank);
        int[] dims = rank == 3 ? [2, 8, 6] : [2, 8, 6, 4];
        OperatorCase test = Case(op, draw, dims).BehindPool();
        test.EverywhereWithOnnxRuntime(1e-5, 1e-4);
        // The pool's input and the result are transposed; nothing between them is.
        Assert.DoesNotContain("transpose", test.Kernels().Skip(1).SkipLast(op == "Split" ? 2 : 1).Where(k => !k.Contains("conv", StringComparison.Ordinal)));
    }

    private static OperatorCase Case(string op, Draw draw, int[] dims)
    {
        Tensor x = draw.Float(dims);
        int spatial = dims.Length - 2;
        float[] scales = [1, 1, .. Enumerable.Repeat(2f, spatial)];
        long[] sizes = [2, 8, .. Enumerable.Repeat(5L, spatial)];
        long[] pads = [0, 1, .. Enumerable.Repeat(2L, spatial), 1, 0, .. Enumerable.Repeat(3L, spatial)];
        return op switch
        {
            "Concat" => new OperatorCase("Concat").Input(x).Constant(draw.Float(dims)).With(AttributeProto.Of("axis", 1L)),
            "Split" => new OperatorCase("Split").Input(x).Constant(Longs(3, 5)).Outputs(2).With(AttributeProto.Of("axis", -dims.Length + 1L)),
            "Slice" => new OperatorCase("Slice").Input(x).Constant(Longs(0, 6, 1)).Constant(Longs(2, 0, 5)).Constant(null).Constant(Longs(1, -2, 1)),
            "Slice9" => new OperatorCase("Slice", opset: 9).Input(x).With(AttributeProto.Of("axes", [1L, 2L]), AttributeProto.Of("starts", [1L, 2L]), AttributeProto.Of("ends", [7L, 5L])),
            "Pad" => new OperatorCase("Pad").Input(x).Constant(Longs(pads)).Constant(Draw.Scalar(1.5f)),
            "Pad10" => new OperatorCase("Pad", opset: 10).Input(x).With(AttributeProto.Of("pads", (IEnumerable<long>)pads), AttributeProto.Of("mode", "edge")),
            "PadAxes" => new OperatorCase("Pad", opset: 18).Input(x).Constant(Longs(1, 2, 3, 4)).Constant(null).Constant(Longs(1, 2)),
            "Resize" => new OperatorCase("Resize").Input(x).Constant(null).Constant(Tensor.Create<float>(new Shape(dims.Length), scales)).With(AttributeProto.Of("mode", "linear")),
            "ResizeSizes" => new OperatorCase("Resize").Input(x).Constant(null).Constant(null).Constant(Longs(sizes)),
            "Upsample" => new OperatorCase("Upsample", opset: 9).Input(x).Constant(Tensor.Create<float>(new Shape(dims.Length), scales)),
            "DepthToSpace" => new OperatorCase("DepthToSpace").Input(x).With(AttributeProto.Of("blocksize", 2L), AttributeProto.Of("mode", "CRD")),
            "SpaceToDepth" => new OperatorCase("SpaceToDepth").Input(x).With(AttributeProto.Of("blocksize", 2L)),
            "Cast" => new OperatorCase("Cast").Input(x).With(AttributeProto.Of("to", (long)DataType.Int32)),
            "Conv" => new OperatorCase("Conv").Input(x).Constant(draw.Float([5, 8, .. Enumerable.Repeat(3, spatial)])),
            "ConvTranspose" => new OperatorCase("ConvTranspose").Input(x).Constant(draw.Float([8, 5, .. Enumerable.Repeat(3, spatial)])).With(AttributeProto.Of("strides", (IEnumerable<long>)[.. Enumerable.Repeat(2L, spatial)])),
            _ => new OperatorCase(op, opset: 13).Input(x),
        };
    }

    private static Tensor Longs(params long[] values) => MovementOperatorTests.Longs(values);
}
