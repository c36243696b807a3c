using Edge.Onnx;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Elementwise;

public sealed class BinaryOperatorTests
{
    /// <summary>Pairs of shapes that broadcast in different ways.</summary>
    private static readonly (int[] A, int[] B)[] s_shapes =
    [
        ([2, 3, 4, 5], [2, 3, 4, 5]), ([2, 3, 4, 5], []), ([], [7]), ([2, 3, 4, 5], [5]), ([2, 3, 4, 5], [3, 1, 1]), ([3, 1, 5], [1, 4, 1]),
        ([1], [1]), ([600, 3], [3]), ([2, 1, 70], [2, 9, 70]), ([0, 3], [3]), ([1, 1, 4], [5, 1]),
    ];

    [Theory]
    [InlineData("Add")]
    [InlineData("Sub")]
    [InlineData("Mul")]
    [InlineData("Div")]
    [InlineData("Max")]
    [InlineData("Min")]
    public void Arithmetic_is_exact_for_every_shape_and_type(string op)
    {
        Draw draw = new(11);
        foreach (var (a, b) in s_shapes)
            foreach (DataType type in new[] { DataType.Float32, DataType.Float64, DataType.Int32, DataType.Int64 })
                new OperatorCase(op, 14).Input(draw.Tensor(type, -50, 50, a)).Input(draw.Tensor(type, 1, 50, b)).AgreesWithOnnxRuntime();
    }

    [Theory]
    [InlineData("Equal")]
    [InlineData("Greater")]
    [InlineData("GreaterOrEqual")]
    [InlineData("Less")]
    [InlineData("LessOrEqual")]
    public void Comparisons_give_bool(string op)
    {
        Draw draw = new(12);
        foreach (var (a, b) in s_shapes)
            foreach (DataType type in new[] { DataType.Float32, DataType.Int32, DataType.Int64 })
                new OperatorCase(op, 16).Input(draw.Tensor(type, -3, 3, a)).Input(draw.Tensor(type, -3, 3, b)).AgreesWithOnnxRuntime();
    }

    [Theory]
    [InlineData("And")]
    [InlineData("Or")]
    [InlineData("Xor")]
    public void Logic_takes_bool(string op)
    {
        Draw draw = new(13);
        foreach (var (a, b) in s_shapes) new OperatorCase(op, 7).Input(draw.Tensor(DataType.Bool, 0, 1, a)).Input(draw.Tensor(DataType.Bool, 0, 1, b)).AgreesWithOnnxRuntime();
    }

    [Theory]
    [InlineData(DataType.Float32, DataType.Float32)]
    [InlineData(DataType.Float32, DataType.Int64)]
    [InlineData(DataType.Int32, DataType.Float32)]
    [InlineData(DataType.Int64, DataType.Int64)]
    [InlineData(DataType.Float64, DataType.Float32)]
    public void A_power_has_the_type_of_the_base(DataType x, DataType y)
    {
        Draw draw = new(14);
        new OperatorCase("Pow", 15).Input(draw.Tensor(x, 1, 5, 3, 40)).Input(draw.Tensor(y, 0, 4, 40)).AgreesWithOnnxRuntime(1e-6);
        new OperatorCase("Pow", 15).Input(draw.Tensor(x, 1, 5, 3, 40)).Constant(draw.Tensor(y, 2, 2)).AgreesWithOnnxRuntime(1e-6);
    }

    [Theory]
    [InlineData("BitwiseAnd")]
    [InlineData("BitwiseOr")]
    [InlineData("BitwiseXor")]
    public void Bits_are_combined(string op)
    {
        Draw draw = new(16);
        foreach (var (a, b) in s_shapes)
            foreach (DataType type in new[] { DataType.UInt8, DataType.Int32, DataType.Int64 })
                new OperatorCase(op, 18).Input(draw.Tensor(type, 0, 120, a)).Input(draw.Tensor(type, 0, 120, b)).AgreesWithOnnxRuntime();
    }

    [Fact]
    public void Bits_are_shifted_as_the_direction_says()
    {
        Draw draw = new(17);
        foreach (string direction in new[] { "LEFT", "RIGHT" })
            new OperatorCase("BitShift", 11).Input(draw.Tensor(DataType.UInt8, 0, 255, 4, 9)).Input(draw.Tensor(DataType.UInt8, 0, 7, 9)).With(AttributeProto.Of("direction", direction)).AgreesWithOnnxRuntime();
        OperatorCase up = new OperatorCase("BitShift", 11).Input(draw.Tensor(DataType.UInt8, 0, 9, 4)).Input(draw.Tensor(DataType.UInt8, 0, 7, 4));
        Assert.Contains("direction 'UP' is not defined; defined: LEFT, RIGHT", up.With(AttributeProto.Of("direction", "UP")).Refusal());
        OperatorCase signed = new OperatorCase("BitShift", 11).Input(draw.Tensor(DataType.Int32, 0, 9, 4)).Input(draw.Tensor(DataType.Int32, 0, 7, 4));
        Assert.Contains("of type int32 is not supported; supported: uint8, uint16, uint32, uint64", signed.With(AttributeProto.Of("direction", "LEFT")).Refusal());
    }

    [Fact]
    public void Mod_follows_the_sign_that_fmod_asks_for()
    {
        Draw draw = new(15);
        foreach (DataType type in new[] { DataType.Int32, DataType.Int64, DataType.Int8 })
        {
            Tensor b = draw.Tensor(type, -5, 5, 90);
            for (int i = 0; i < b.Count; i++)
                if (TensorAssert.At(b, i) == 0) b.Bytes.Slice(i * type.Size(), 1)[0] = 1;
            new OperatorCase("Mod", 13).Input(draw.Tensor(type, -50, 50, 4, 90)).Input(b).AgreesWithOnnxRuntime();
            new OperatorCase("Mod", 13).Input(draw.Tensor(type, -50, 50, 4, 90)).Input(b).With(AttributeProto.Of("fmod", 1L)).AgreesWithOnnxRuntime();
        }
        Tensor x = draw.Float(50), y = draw.Float(50);
        new OperatorCase("Mod", 13).Input(x).Input(y).With(AttributeProto.Of("fmod", 1L)).AgreesWithOnnxRuntime();
        Assert.Contains("floating-point numbers need fmod = 1", new OperatorCase("Mod", 13).Input(x).Input(y).Refusal());
    }

    [Fact]
    public void A_slope_broadcasts_one_way_only()
    {
        Draw draw = new(16);
        new OperatorCase("PRelu", 16).Input(draw.Float(2, 3, 5, 7)).Constant(draw.Float(3, 1, 1)).AgreesWithOnnxRuntime();
        new OperatorCase("PRelu", 16).Input(draw.Float(2, 3, 5, 7)).Input(draw.Float(1)).AgreesWithOnnxRuntime();
        Assert.Contains("the slope [3,1,1] does not broadcast to the input [5]", new OperatorCase("PRelu", 16).Input(draw.Float(5)).Constant(draw.Float(3, 1, 1)).Refusal());
    }

    [Theory]
    [InlineData("Sum")]
    [InlineData("Mean")]
    [InlineData("Max")]
    [InlineData("Min")]
    public void Any_number_of_operands_broadcast(string op)
    {
        Draw draw = new(17);
        new OperatorCase(op, 13).Input(draw.Float(2, 33)).AgreesWithOnnxRuntime(1e-6);
        new OperatorCase(op, 13).Input(draw.Float(1)).Input(draw.Float(1)).Input(draw.Float(3, 37)).AgreesWithOnnxRuntime(1e-6, 1e-6);
        new OperatorCase(op, 13).Input(draw.Float(3, 37)).Input(draw.Float(37)).Input(draw.Float(3, 1)).Input(draw.Float(3, 37)).AgreesWithOnnxRuntime(1e-6, 1e-6);
    }

    [Theory]
    [InlineData(DataType.Float32)]
    [InlineData(DataType.UInt8)]
    [InlineData(DataType.Int64)]
    public void Where_broadcasts_all_three_operands(DataType type)
    {
        Draw draw = new(18);
        new OperatorCase("Where", 16).Input(draw.Tensor(DataType.Bool, 0, 1, 4, 1, 9)).Input(draw.Tensor(type, 0, 100, 5, 1)).Input(draw.Tensor(type, 0, 100, 9)).AgreesWithOnnxRuntime();
    }

    [Fact]
    public void Shapes_that_do_not_broadcast_are_refused_by_name() =>
        Assert.Contains("shapes [2,3] and [2,4] do not broadcast", new OperatorCase("Add", 14).Input(new Draw(1).Float(2, 3)).Input(new Draw(1).Float(2, 4)).Refusal());

    [Fact]
    public void A_result_may_take_the_place_of_either_operand()
    {
        Draw draw = new(19);
        foreach (string op in new[] { "Sub", "Div" })
        {
            Tensor a = draw.Float(64, 33), b = draw.Tensor(DataType.Float32, 1, 2, 64, 33);
            new OperatorCase(op, 14).Input(a).Input(b).AgreesWithOnnxRuntime();
            new OperatorCase(op, 14).Input(a).Input(a).AgreesWithOnnxRuntime();
        }
    }

    [Fact]
    public void A_channels_last_plan_gives_the_same_bits()
    {
        Draw draw = new(20);
        Tensor x = draw.Float(2, 19, 6, 5);
        foreach (int[] b in new int[][] { [2, 19, 6, 5], [19, 1, 1], [1, 19, 1, 1], [5], [6, 5], [] })
        {
            foreach (string op in new[] { "Add", "Mul", "Max" }) new OperatorCase(op, 14).Input(x).Constant(draw.Float(b)).BehindPool().AgreesWithOnnxRuntime();
            new OperatorCase("Sub", 14).Input(x).Input(draw.Float(b)).BehindPool().AgreesWithOnnxRuntime();
        }
        new OperatorCase("PRelu", 16).Input(x).Constant(draw.Float(19, 1, 1)).BehindPool().AgreesWithOnnxRuntime();
        new OperatorCase("Pow", 15).Input(x).Constant(Draw.Scalar(2)).BehindPool().AgreesWithOnnxRuntime();
    }
}
