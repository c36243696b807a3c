using Edge.Onnx;
using Edge.Runtime.Tests.Operators;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Halves;

/// <summary>Operators of every family take float16 and return what ONNX Runtime returns.</summary>
public sealed class HalfOperatorTests
{
    /// <summary>A few units in the last place of float16, in which ONNX Runtime may round in between.</summary>
    private const double Close = 1.0 / 256;

    private static readonly Dictionary<string, Func<OperatorCase>> s_cases = new()
    {
        ["Conv"] = () => Case("Conv", 17).Input(H(2, 4, 9, 8)).Constant(H(6, 4, 3, 3)).Constant(H(6)),
        ["Conv with weights at run time"] = () => Case("Conv", 17).Input(H(1, 4, 9, 8)).Input(H(6, 4, 3, 3)),
        ["ConvTranspose"] = () => Case("ConvTranspose", 17).Input(H(1, 4, 5, 4)).Constant(H(4, 3, 2, 2)),
        ["Gemm"] = () => Case("Gemm", 13).Input(H(5, 8)).Constant(H(8, 7)).Constant(H(7)),
        ["MatMul"] = () => Case("MatMul", 13).Input(H(2, 5, 8)).Input(H(2, 8, 3)),
        ["MaxPool"] = () => Case("MaxPool", 12, ("kernel_shape", new[] { 2L, 2L })).Input(H(1, 3, 6, 6)),
        ["AveragePool"] = () => Case("AveragePool", 12, ("kernel_shape", new[] { 2L, 2L })).Input(H(1, 3, 6, 6)),
        ["GlobalAveragePool"] = () => Case("GlobalAveragePool", 12).Input(H(1, 3, 6, 6)),
        ["BatchNormalization with float32 parameters"] = () => Case("BatchNormalization", 15).Input(H(2, 3, 4, 4)).Constant(F(3)).Constant(F(3)).Constant(F(3)).Constant(F(3)),
        ["LayerNormalization"] = () => Case("LayerNormalization", 17).Input(H(4, 16)).Constant(H(16)).Constant(H(16)),
        ["InstanceNormalization"] = () => Case("InstanceNormalization", 17).Input(H(2, 3, 8, 8)).Constant(H(3)).Constant(H(3)),
        ["Resize"] = () => Case("Resize", 13, ("mode", "linear")).Input(H(1, 2, 4, 4)).Constant(null).Constant(Tensor.Create<float>(new Shape(4), [1, 1, 2, 2])),
        ["LSTM"] = () => Case("LSTM", 14, ("hidden_size", 5L)).Input(H(6, 2, 4)).Constant(H(1, 20, 4)).Constant(H(1, 20, 5)).Constant(H(1, 40)),
        ["GRU"] = () => Case("GRU", 14, ("hidden_size", 5L)).Input(H(6, 2, 4)).Constant(H(1, 15, 4)).Constant(H(1, 15, 5)).Constant(H(1, 30)),
        ["Clip"] = () => Case("Clip", 13).Input(H(40)).Constant(Scalar(0.2)).Constant(Scalar(0.6)),
        ["PRelu"] = () => Case("PRelu", 16).Input(H(2, 3, 4)).Constant(H(3, 1)),
        ["LeakyRelu"] = () => Case("LeakyRelu", 16, ("alpha", 0.3f)).Input(H(40)),
        ["Gelu"] = () => Case("Gelu", 20).Input(H(40)),
        ["Sum"] = () => Case("Sum", 13).Input(H(40)).Input(H(40)).Constant(H(40)),
        ["Where"] = () => Case("Where", 16).Input(new Draw(9).Tensor(DataType.Bool, 0, 1, 40)).Input(H(40)).Constant(H(40)),
        ["Pad"] = () => Case("Pad", 13).Input(H(3, 4)).Constant(Tensor.Create<long>(new Shape(4), [1, 0, 0, 2])).Constant(Scalar(0.5)),
        ["TopK"] = () => Case("TopK", 11).Input(H(3, 30)).Constant(Tensor.Create<long>(new Shape(1), [4])),
        ["ReduceSum"] = () => Case("ReduceSum", 13).Input(H(3, 8, 5)).Constant(Tensor.Create<long>(new Shape(1), [1])),
        ["ReduceMax"] = () => Case("ReduceMax", 13, ("axes", new[] { 1L })).Input(H(3, 8, 5)),
        ["Gather"] = () => Case("Gather", 13).Constant(H(10, 4)).Input(Tensor.Create<long>(new Shape(2), [7, 2])),
        ["Slice"] = () => Case("Slice", 13).Input(H(10, 4)).Constant(Tensor.Create<long>(new Shape(1), [8])).Constant(Tensor.Create<long>(new Shape(1), [1])).Constant(null).Constant(Tensor.Create<long>(new Shape(1), [-3])),
        ["QuantizeLinear"] = () => Case("QuantizeLinear", 19).Input(H(3, 20)).Constant(Scalar(0.0625)).Constant(Tensor.Create<byte>(Shape.Scalar, [3])),
        ["DequantizeLinear"] = () => Case("DequantizeLinear", 19).Input(new Draw(8).Bytes(DataType.UInt8, 3, 20)).Constant(Scalar(0.0625)).Constant(Tensor.Create<byte>(Shape.Scalar, [3])),
        ["com.microsoft SkipLayerNormalization"] = () => new OperatorCase("SkipLayerNormalization", 1, "com.microsoft").Input(H(2, 3, 8)).Input(H(2, 3, 8)).Constant(H(8)).Constant(H(8)),
    };

    public static IEnumerable<TheoryDataRow<string>> Names => s_cases.Keys.Select(k => new TheoryDataRow<string>(k));

    [Theory]
    [MemberData(nameof(Names))]
    public void An_operator_agrees_in_float16(string name)
    {
        OperatorCase test = s_cases[name]();
        if (name == "TopK") test.Outputs(2);
        test.EverywhereWithOnnxRuntime(Close, Close, steps: name == "QuantizeLinear" ? 1 : 0);
    }

    [Fact]
    public void Updates_are_added_up_in_float32_and_rounded_once() =>
        Case("ScatterElements", 16, ("reduction", "add")).Input(Numbers(1, 2048, 3)).Constant(Tensor.Create<long>(new Shape(3), [1, 1, 2])).Input(Numbers(1, 1, 4))
            .EverywhereWith([Numbers(1, 2050, 7)]);

    [Fact]
    public void Statistics_of_a_normalisation_stay_float32()
    {
        OperatorCase test = Case("LayerNormalization", 17).Input(H(4, 16)).Constant(H(16)).Constant(H(16)).Outputs(3);
        IReadOnlyList<Tensor> y = test.Run();
        Assert.Equal([DataType.Float16, DataType.Float32, DataType.Float32], y.Select(t => t.Type));
    }

    private static OperatorCase Case(string op, int opset, params (string Name, object Value)[] attributes) => new OperatorCase(op, opset).With(
        [.. attributes.Select(a => a.Value switch
        {
            long v => AttributeProto.Of(a.Name, v),
            float v => AttributeProto.Of(a.Name, v),
            string v => AttributeProto.Of(a.Name, v),
            var v => AttributeProto.Of(a.Name, (long[])v),
        })]);

    private static Tensor F(params int[] dims) => new Draw(dims.Sum()).Tensor(DataType.Float32, 0.1, 1, dims);

    private static Tensor H(params int[] dims)
    {
        Tensor wide = F(dims);
        return Tensor.Create<Half>(wide.Shape, Array.ConvertAll(wide.AsSpan<float>().ToArray(), v => (Half)v));
    }

    private static Tensor Numbers(params int[] values) => Tensor.Create<Half>(new Shape(values.Length), Array.ConvertAll(values, v => (Half)v));

    private static Tensor Scalar(double value) => Tensor.Create<Half>(Shape.Scalar, [(Half)value]);
}
