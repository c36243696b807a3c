using Edge.Onnx;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Pooling;

public sealed class PoolOperatorTests
{
    private const string Microsoft = "com.microsoft";

    /// <summary>Input, kernel, strides, pads, dilations, auto_pad, ceil_mode.</summary>
    private static readonly Window[] s_windows =
    [
        new([2, 3, 9, 11], [3, 3], [2, 2], [1, 1, 1, 1]),
        new([1, 70, 7, 7], [7, 7]),
        new([1, 24, 10, 12], [2, 3], [2, 1], [0, 1, 1, 1]),
        new([1, 130, 13, 9], [3, 3], [2, 2], Auto: "SAME_UPPER"),
        new([1, 17, 13, 10], [2, 2], [2, 2], Auto: "SAME_LOWER"),
        new([1, 5, 13, 10], [3, 2], [3, 2], Auto: "VALID"),
        new([2, 33, 8, 8], [3, 3], [2, 2], [0, 0, 0, 0], Ceil: true),
        new([1, 16, 14, 15], [3, 2], [2, 2], [1, 0, 1, 1], Ceil: true),
        new([1, 19, 21], [5], [3], [2, 1]),
        new([1, 6, 5, 8, 7], [2, 3, 2], [2, 1, 2], [0, 1, 1, 1, 1, 0]),
    ];

    private static readonly Window[] s_dilated = [new([2, 18, 12, 13], [3, 3], [1, 2], [1, 2, 1, 2], [2, 2]), new([1, 40, 20], [3], [2], [1, 1], [3])];

    [Fact]
    public void Maxima_of_floats_are_exact()
    {
        Draw draw = new(31);
        foreach (Window w in s_windows.Concat(s_dilated)) w.Case("MaxPool", draw.Float(w.Input)).AgreesWithOnnxRuntime();
    }

    [Theory]
    [InlineData(DataType.UInt8)]
    [InlineData(DataType.Int8)]
    public void Maxima_of_bytes_are_exact(DataType type)
    {
        Draw draw = new(32);
        foreach (Window w in s_windows.Concat(s_dilated)) w.Case("MaxPool", draw.Bytes(type, w.Input)).AgreesWithOnnxRuntime();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Averages_count_padding_on_request(int includePad)
    {
        Draw draw = new(33);
        foreach (Window w in s_windows.Concat(s_dilated))
            w.Case("AveragePool", draw.Float(w.Input), 19).With(AttributeProto.Of("count_include_pad", (long)includePad)).AgreesWithOnnxRuntime(1e-5, 1e-6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Norms_of_windows_agree(int p)
    {
        Draw draw = new(34);
        foreach (Window w in s_windows.Where(w => w.Auto is null))
            w.Case("LpPool", draw.Float(w.Input), 18).With(AttributeProto.Of("p", (long)p)).AgreesWithOnnxRuntime(1e-5, 1e-6);
        new OperatorCase("GlobalLpPool", 2).Input(draw.Float(2, 5, 6, 7)).With(AttributeProto.Of("p", (long)p)).OnEveryIsa();
    }

    [Theory]
    [InlineData("GlobalAveragePool")]
    [InlineData("GlobalMaxPool")]
    public void Global_pools_reduce_all_spatial_axes(string op)
    {
        Draw draw = new(35);
        foreach (int[] shape in new int[][] { [2, 5, 40, 41], [1, 320, 7, 7], [3, 4, 50], [1, 2, 3, 4, 5] })
            new OperatorCase(op).Input(draw.Float(shape)).AgreesWithOnnxRuntime(1e-5, 1e-6);
    }

    [Fact]
    public void Maxima_come_with_their_indices()
    {
        Draw draw = new(36);
        foreach (Window w in s_windows.Concat(s_dilated))
            foreach (long order in new long[] { 0, 1 })
                w.Case("MaxPool", draw.Float(w.Input)).With(AttributeProto.Of("storage_order", order)).Outputs(2).AgreesWithOnnxRuntime();
        s_windows[0].Case("MaxPool", draw.Bytes(DataType.UInt8, s_windows[0].Input)).Outputs(2).AgreesWithOnnxRuntime();
    }

    [Theory]
    [InlineData(DataType.UInt8, 0)]
    [InlineData(DataType.UInt8, 1)]
    [InlineData(DataType.Int8, 0)]
    [InlineData(DataType.Int8, 1)]
    public void Averages_of_bytes_agree_within_a_step(DataType type, int includePad)
    {
        Draw draw = new(37);
        int differ = 0, count = 0;
        foreach (Window w in s_windows.Where(w => w.Input.Length == 4))
        {
            // ONNX Runtime counts what ceil_mode hangs over as padding.
            if (w.Ceil) continue;
            OperatorCase c = w.Case("QLinearAveragePool", draw.Bytes(type, w.Input), 1, Microsoft).With(AttributeProto.Of("count_include_pad", (long)includePad));
            foreach (Tensor t in new[] { Draw.Scalar(0.05f), Draw.Zero(type, 77), Draw.Scalar(0.031f), Draw.Zero(type, 60) }) c.Constant(t);
            differ += c.AgreesWithOnnxRuntime(steps: 1);
            count += c.Run()[0].Count;
        }
        Assert.True(differ <= count * 0.002 + 1, $"{differ} of {count} differ");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Global_averages_of_bytes_take_either_layout(int channelsLast)
    {
        Draw draw = new(38);
        foreach (int[] shape in new int[][] { [1, 7, 7, 96], [2, 13, 5, 40] })
        {
            OperatorCase c = new OperatorCase("QLinearGlobalAveragePool", 1, Microsoft).Input(draw.Bytes(DataType.UInt8, shape));
            foreach (Tensor t in new[] { Draw.Scalar(0.05f), Draw.Zero(DataType.UInt8, 100), Draw.Scalar(0.01f), Draw.Zero(DataType.UInt8, 90) }) c.Constant(t);
            c.With(AttributeProto.Of("channels_last", (long)channelsLast)).AgreesWithOnnxRuntime(steps: 1);
        }
    }

    [Fact]
    public void A_window_that_does_not_fit_is_refused()
    {
        Tensor x = new Draw(39).Float(1, 2, 4, 4);
        Assert.Contains("a window that reaches over 5 elements does not fit an axis of 4 with padding 0 and 0", new OperatorCase("MaxPool").Input(x).With(AttributeProto.Of("kernel_shape", 5L, 1L)).Refusal());
        Assert.Contains("must be less than the window", new OperatorCase("MaxPool").Input(x).With(AttributeProto.Of("kernel_shape", 2L, 2L), AttributeProto.Of("pads", 2L, 0L, 0L, 0L)).Refusal());
        Assert.Contains("attribute 'kernel_shape' is required and missing", new OperatorCase("AveragePool").Input(x).Refusal());
        Assert.Contains("of type double is not supported; supported: float, uint8, int8", new OperatorCase("MaxPool").Input(new Draw(1).Tensor(DataType.Float64, 0, 1, 1, 1, 4, 4)).With(AttributeProto.Of("kernel_shape", 2L, 2L)).Refusal());
    }

    internal sealed record Window(int[] Input, int[] Kernel, int[]? Strides = null, int[]? Pads = null, int[]? Dilations = null, string? Auto = null, bool Ceil = false)
    {
        public OperatorCase Case(string op, Tensor x, int opset = 17, string domain = "")
        {
            OperatorCase c = new OperatorCase(op, opset, domain).Input(x).With(AttributeProto.Of("kernel_shape", Kernel.Select(k => (long)k)));
            if (Strides is not null) c.With(AttributeProto.Of("strides", Strides.Select(k => (long)k)));
            if (Pads is not null) c.With(AttributeProto.Of("pads", Pads.Select(k => (long)k)));
            if (Dilations is not null) c.With(AttributeProto.Of("dilations", Dilations.Select(k => (long)k)));
            if (Auto is not null) c.With(AttributeProto.Of("auto_pad", Auto));
            return Ceil ? c.With(AttributeProto.Of("ceil_mode", 1L)) : c;
        }
    }
}
