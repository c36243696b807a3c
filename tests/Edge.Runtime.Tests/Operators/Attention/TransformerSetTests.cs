using Edge.Onnx;
using Edge.Runtime.Tests.Sessions;
using Edge.Runtime.Tests.Streaming;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Attention;

/// <summary>The operators that transformers surround their products with, in every element type that they have.</summary>
public class TransformerSetTests
{
    public static TheoryData<DataType> Fixed { get; } =
    [
        DataType.Float32, DataType.Float64, DataType.Int8, DataType.UInt8, DataType.Int16, DataType.UInt16, DataType.Int32, DataType.Int64, DataType.Bool,
    ];

    public static TheoryData<DataType> Numbers { get; } = [DataType.Float32, DataType.Float64, DataType.Int32, DataType.Int64];

    [Theory]
    [MemberData(nameof(Fixed))]
    public void Elements_are_chosen_in_every_type(DataType type)
    {
        var draw = new Draw((int)type);
        Tensor x = Any(draw, type, 2, 5, 7);
        if (type is DataType.Float32 or DataType.Int32 or DataType.Int64 or DataType.UInt8)
            new OperatorCase("Where").Input(draw.Tensor(DataType.Bool, 0, 1, 5, 1)).Input(x).Input(Any(draw, type, 7)).EverywhereWithOnnxRuntime();
        foreach (long axis in (long[])[0, 1, -1])
            new OperatorCase("GatherElements").Input(x).Input(draw.Tensor(DataType.Int64, -2, 1, 2, 3, 7)).With(AttributeProto.Of("axis", axis)).EverywhereWithOnnxRuntime();
        new OperatorCase("GatherND").Input(x).Input(draw.Tensor(DataType.Int64, -2, 1, 2, 4, 2)).With(AttributeProto.Of("batch_dims", 1L)).EverywhereWithOnnxRuntime();
        new OperatorCase("ScatterElements", 18).Input(x).Input(Distinct(7)).Input(Any(draw, type, 1, 1, 7)).With(AttributeProto.Of("axis", 2L)).EverywhereWithOnnxRuntime();
        new OperatorCase("ScatterND", 18).Input(x).Input(Tensor.Create<long>(new Shape(2, 1), [1, -2])).Input(Any(draw, type, 2, 5, 7)).EverywhereWithOnnxRuntime();
        if (type is not (DataType.UInt16 or DataType.Int16 or DataType.Int8 or DataType.UInt8 or DataType.Int32))
            new OperatorCase("Trilu").Input(x).Input(Tensor.Create<long>(Shape.Scalar, [-1])).With(AttributeProto.Of("upper", 0L)).EverywhereWithOnnxRuntime();
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Updates_are_added_multiplied_and_compared(DataType type)
    {
        var draw = new Draw((int)type);
        foreach (string reduction in (string[])["add", "mul", "min", "max"])
        {
            new OperatorCase("ScatterElements", 18).Input(Any(draw, type, 3, 4)).Input(draw.Tensor(DataType.Int64, -3, 2, 6, 4)).Input(Any(draw, type, 6, 4)).With(AttributeProto.Of("reduction", reduction))
                .EverywhereWithOnnxRuntime(1e-6, 1e-6);
            new OperatorCase("ScatterND", 18).Input(Any(draw, type, 3, 4)).Input(draw.Tensor(DataType.Int64, -3, 2, 5, 1)).Input(Any(draw, type, 5, 4)).With(AttributeProto.Of("reduction", reduction))
                .EverywhereWithOnnxRuntime(1e-6, 1e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Sums_run_along_any_axis(DataType type)
    {
        var draw = new Draw((int)type);
        foreach (int axis in (int[])[0, 2, -2])
            foreach (long exclusive in (long[])[0, 1])
                foreach (long reverse in (long[])[0, 1])
                    new OperatorCase("CumSum", 14).Input(Any(draw, type, 3, 4, 5)).Input(Tensor.Create<int>(Shape.Scalar, [axis]))
                        .With(AttributeProto.Of("exclusive", exclusive), AttributeProto.Of("reverse", reverse)).EverywhereWithOnnxRuntime(1e-6, 1e-5);
    }

    [Theory]
    [InlineData(DataType.Int64, DataType.Int64, DataType.Float32)]
    [InlineData(DataType.Int32, DataType.Int32, DataType.Float32)]
    [InlineData(DataType.Float32, DataType.Float32, DataType.Float32)]
    [InlineData(DataType.Int64, DataType.Int64, DataType.Int64)]
    public void OneHot_agrees(DataType indices, DataType depth, DataType values)
    {
        var draw = new Draw(3);
        Tensor at = draw.Tensor(indices, -6, 7, 3, 4);
        // What an index between two whole numbers means, nobody says.
        if (indices == DataType.Float32)
            foreach (ref float i in at.AsSpan<float>()) i = MathF.Round(i);
        foreach (long axis in (long[])[-1, 0, 1])
            new OperatorCase("OneHot").Input(at).Constant(One(draw, depth, 5)).Input(draw.Tensor(values, -9, 9, 2)).With(AttributeProto.Of("axis", axis)).EverywhereWithOnnxRuntime();
    }

    [Theory]
    [InlineData(DataType.Float32)]
    [InlineData(DataType.Float64)]
    [InlineData(DataType.Int16)]
    [InlineData(DataType.Int32)]
    [InlineData(DataType.Int64)]
    public void Range_agrees(DataType type)
    {
        var draw = new Draw(4);
        foreach (var (start, limit, delta) in ((int, int, int)[])[(0, 10, 1), (3, -7, -2), (5, 5, 1), (1, 0, 3), (-4, 9, 5)])
            new OperatorCase("Range").Input(One(draw, type, start)).Input(One(draw, type, limit)).Input(One(draw, type, delta)).EverywhereWithOnnxRuntime();
    }

    [Fact]
    public void A_trained_transformer_agrees_with_ONNX_Runtime()
    {
        var model = OnnxReader.Read(File.ReadAllBytes(SharedData.Require("models/trained_here/cwru_transformer.onnx")), "cwru_transformer");
        float[][] records = [Signals.Vibration("1797_Normal.f32"), Signals.Vibration("1797_B_7_DE12.f32")];
        for (int window = 0; window < 4; window++)
            EngineComparison.AssertAgrees(model, [Tensor.Create<float>(new Shape(2, 1024), [.. records[0].AsSpan(window * 1024, 1024), .. records[1].AsSpan(window * 4096, 1024)])], 2e-5);
    }

    private static Tensor Any(Draw draw, DataType type, params int[] dims) => type switch
    {
        DataType.Bool => draw.Tensor(type, 0, 1, dims),
        DataType.UInt8 or DataType.UInt16 => draw.Tensor(type, 0, 9, dims),
        _ => draw.Tensor(type, -9, 9, dims),
    };

    private static Tensor One(Draw draw, DataType type, int value)
    {
        Tensor t = draw.Tensor(type, 0, 0, []);
        switch (type)
        {
            case DataType.Float32: t.AsSpan<float>()[0] = value; break;
            case DataType.Float64: t.AsSpan<double>()[0] = value; break;
            case DataType.Int16: t.AsSpan<short>()[0] = (short)value; break;
            case DataType.Int32: t.AsSpan<int>()[0] = value; break;
            default: t.AsSpan<long>()[0] = value; break;
        }

        return t;
    }

    private static Tensor Distinct(int n) => Tensor.Create<long>(new Shape(1, 1, n), [.. Enumerable.Range(0, n).Select(i => (long)(i * 3 % n) - (i % 2 == 0 ? 0 : n))]);
}
