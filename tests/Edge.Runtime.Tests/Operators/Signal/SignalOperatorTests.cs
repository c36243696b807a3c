using System.Numerics;
using Edge.Onnx;
using Edge.Runtime.Tests.Operators.Movement;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Signal;

public class SignalOperatorTests
{
    public static IEnumerable<TheoryDataRow<int>> Seeds(int count) => Enumerable.Range(1, count).Select(i => new TheoryDataRow<int>(i));

    [Theory]
    [MemberData(nameof(Seeds), 80)]
    public void A_random_DFT_agrees_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(seed);
        DataType type = draw.Int(0, 1) == 0 ? DataType.Float32 : DataType.Float64;
        int opset = draw.Int(0, 1) == 0 ? 17 : 20, rank = draw.Int(2, 4), axis = draw.Int(0, rank - 2);
        bool inverse = draw.Int(0, 1) == 0, complex = inverse || draw.Int(0, 1) == 0, onesided = !complex && draw.Int(0, 1) == 0;
        int[] dims = [.. Enumerable.Range(0, rank - 1).Select(_ => draw.Int(1, 5)), complex ? 2 : 1];
        dims[axis] = draw.Int(1, 40);
        OperatorCase test = new OperatorCase("DFT", opset).Input(draw.Tensor(type, -4, 4, dims));
        // Shorter than the axis, or longer: zeros follow.
        test = draw.Int(0, 1) == 0 ? test.Constant(Number(draw.Int(1, 50))) : test.Constant(null);
        if (opset >= 20) test = draw.Int(0, 1) == 0 ? test.Constant(Number(axis)) : test.Constant(Number(axis - rank));
        else test.With(AttributeProto.Of("axis", (long)axis));
        test.With(AttributeProto.Of("inverse", inverse ? 1L : 0L), AttributeProto.Of("onesided", onesided ? 1L : 0L));
        test.EverywhereWithOnnxRuntime(1e-4, type == DataType.Float32 ? 2e-4 : 1e-4);
    }

    [Fact]
    public void Half_a_spectrum_gives_real_numbers_back()
    {
        foreach (int n in (int[])[1, 2, 6, 7, 30])
        {
            Tensor x = new Draw(n).Float(2, n, 3, 1);
            Tensor half = new OperatorCase("DFT", 20).Input(x).Input(null).Constant(Number(1)).With(AttributeProto.Of("onesided", 1L)).OnEveryIsa()[0];
            Assert.Equal(new Shape(2, n / 2 + 1, 3, 2), half.Shape);
            Tensor back = new OperatorCase("DFT", 20).Input(half).Constant(Number(n)).Constant(Number(1))
                .With(AttributeProto.Of("onesided", 1L), AttributeProto.Of("inverse", 1L)).OnEveryIsa()[0];
            TensorAssert.Close(x, back, 1e-6, 1e-6, 0);
        }
    }

    [Fact]
    public void Length_and_axis_may_come_with_a_run()
    {
        Tensor x = new Draw(1).Float(2, 6, 5, 2);
        Tensor known = new OperatorCase("DFT", 20).Input(x).Constant(Number(8)).Constant(Number(1)).OnEveryIsa()[0];
        Tensor brought = new OperatorCase("DFT", 20).Input(x).Input(Number(8)).Input(Number(1)).OnEveryIsa()[0];
        TensorAssert.SameBits(known, brought, "DFT");
    }

    [Fact]
    public void What_no_transform_has_is_refused()
    {
        Assert.Contains("must end in 1 (real) or 2 (complex)", new OperatorCase("DFT", 17).Input(new Draw(1).Float(1, 4, 3)).Refusal());
        Assert.Contains("axis 2 is that of real and imaginary part", new OperatorCase("DFT", 17).Input(new Draw(1).Float(1, 4, 2)).With(AttributeProto.Of("axis", 2L)).Refusal());
        Assert.Contains("dft_length 0 is not supported", new OperatorCase("DFT", 17).Input(new Draw(1).Float(1, 4, 2)).Constant(Number(0)).Refusal());
        Assert.Contains("dft_length 1073741824 is not supported", new OperatorCase("DFT", 17).Input(new Draw(1).Float(1, 4, 2)).Constant(Number(1 << 30)).Refusal());
        Assert.Contains("frame_step 0 is not supported", new OperatorCase("STFT", 17).Input(new Draw(1).Float(1, 9, 1)).Constant(Number(0)).Input(null).Constant(Number(4)).Refusal());
        Assert.Contains("differs from the window's 5", new OperatorCase("STFT", 17).Input(new Draw(1).Float(1, 9, 1)).Constant(Number(1)).Input(new Draw(1).Float(5)).Constant(Number(4)).Refusal());
    }

    [Theory]
    [MemberData(nameof(Seeds), 60)]
    public void A_random_STFT_agrees_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(seed);
        DataType type = draw.Int(0, 1) == 0 ? DataType.Float32 : DataType.Float64;
        int length = draw.Int(1, 33), samples = draw.Int(length, 90);
        bool complex = draw.Int(0, 2) == 0, window = draw.Int(0, 1) == 0;
        OperatorCase test = new OperatorCase("STFT", 17).Input(draw.Tensor(type, -4, 4, draw.Int(1, 3), samples, complex ? 2 : 1)).Constant(Number(draw.Int(1, 12)));
        if (!window) test.Input(null).Constant(Number(length));
        else if (draw.Int(0, 1) == 0) test.Input(draw.Tensor(type, 0, 1, length));
        else test.Input(draw.Tensor(type, 0, 1, length)).Constant(Number(length));
        test.With(AttributeProto.Of("onesided", !complex && draw.Int(0, 1) == 0 ? 1L : 0L));
        test.EverywhereWithOnnxRuntime(1e-4, 2e-4);
    }

    [Fact]
    public void Frames_of_a_long_signal_are_the_transforms_of_its_pieces()
    {
        Tensor x = new Draw(4).Float(1, 1600, 1), window = new Draw(5).Tensor(DataType.Float32, 0, 1, 400);
        Tensor frames = new OperatorCase("STFT", 17).Input(x).Constant(Number(160)).Input(window).OnEveryIsa()[0];
        Assert.Equal(new Shape(1, 8, 201, 2), frames.Shape);
        for (int f = 0; f < 8; f++)
        {
            var piece = Enumerable.Range(0, 400).Select(i => x.AsSpan<float>()[160 * f + i] * (double)window.AsSpan<float>()[i]).ToArray();
            for (int k = 0; k < 201; k += 25)
            {
                Complex sum = 0;
                for (int n = 0; n < 400; n++) sum += piece[n] * Complex.FromPolarCoordinates(1, -2 * Math.PI * k * n / 400);
                Assert.Equal(sum.Real, frames.AsSpan<float>()[(f * 201 + k) * 2], 1e-4);
                Assert.Equal(sum.Imaginary, frames.AsSpan<float>()[(f * 201 + k) * 2 + 1], 1e-4);
            }
        }
    }

    [Fact]
    public void Without_window_and_length_there_is_one_frame()
    {
        Tensor x = new Draw(6).Float(1, 12, 1);
        Tensor frame = new OperatorCase("STFT", 17).Input(x).Constant(Number(3)).With(AttributeProto.Of("onesided", 0L)).OnEveryIsa()[0];
        Tensor whole = new OperatorCase("DFT", 17).Input(x).OnEveryIsa()[0];
        TensorAssert.SameBits(whole.Reshape(new Shape(1, 1, 12, 2)), frame, "STFT");
    }

    [Fact]
    public void A_signal_shorter_than_a_frame_has_none() =>
        Assert.Equal(new Shape(1, 0, 3, 2), new OperatorCase("STFT", 17).Input(new Draw(1).Float(1, 3, 1)).Constant(Number(1)).Input(null).Constant(Number(4)).OnEveryIsa()[0].Shape);

    [Theory]
    [InlineData("HannWindow")]
    [InlineData("HammingWindow")]
    [InlineData("BlackmanWindow")]
    public void Windows_agree_with_ONNX_Runtime(string opType)
    {
        foreach (int size in (int[])[2, 7, 400])
            foreach (long periodic in (long[])[0, 1])
                foreach (DataType type in (DataType[])[DataType.Float32, DataType.Float64])
                    new OperatorCase(opType, 17).Input(Number(size)).With(AttributeProto.Of("periodic", periodic), AttributeProto.Of("output_datatype", (long)type)).EverywhereWithOnnxRuntime(1e-5, 1e-6);
    }

    [Fact]
    public void A_window_of_one_is_one_and_of_none_empty()
    {
        Assert.Equal(1, new OperatorCase("HannWindow", 17).Input(Number(1)).With(AttributeProto.Of("periodic", 0L)).OnEveryIsa()[0].AsSpan<float>()[0]);
        Assert.Equal(new Shape(0), new OperatorCase("HannWindow", 17).Input(Number(0)).OnEveryIsa()[0].Shape);
        Assert.Contains("size -1 is not supported", new OperatorCase("HannWindow", 17).Input(Number(-1)).Refusal());
    }

    [Theory]
    [InlineData(8, 16, 8192, 0, 4096)]
    [InlineData(40, 512, 16000, 20, 7600)]
    [InlineData(32, 512, 16000, 60, 3800)]
    public void A_mel_matrix_agrees_with_ONNX_Runtime(int bins, int length, int rate, float low, float high) =>
        new OperatorCase("MelWeightMatrix", 17).Input(Number(bins)).Input(Number(length)).Input(Number(rate)).Input(Draw.Scalar(low)).Input(Draw.Scalar(high))
            .EverywhereWithOnnxRuntime(1e-6, 1e-6);

    [Fact]
    public void A_mel_scale_beyond_the_spectrum_is_refused() =>
        Assert.Contains("lies outside a spectrum of 16 points", new OperatorCase("MelWeightMatrix", 17).Input(Number(8)).Input(Number(16)).Input(Number(8000))
            .Input(Draw.Scalar(0)).Input(Draw.Scalar(9000)).Refusal());

    private static Tensor Number(long n) => MovementOperatorTests.Longs([n]).Reshape(Shape.Scalar);
}
