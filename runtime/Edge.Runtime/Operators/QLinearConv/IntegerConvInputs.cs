namespace Edge.Runtime.Operators.QLinearConv;

/// <summary>Where an integer convolution has its operands: indices of inputs, −1 for those the operator does not have.</summary>
internal sealed record IntegerConvInputs(int X, int XScale, int XZeroPoint, int W, int WScale, int WZeroPoint, int YScale, int YZeroPoint, int Bias)
{
    /// <summary>QLinearConv.</summary>
    public static IntegerConvInputs QLinear { get; } = new(0, 1, 2, 3, 4, 5, 6, 7, 8);

    /// <summary>ConvInteger: int32 out.</summary>
    public static IntegerConvInputs Integer { get; } = new(0, -1, 2, 1, -1, 3, -1, -1, -1);

    /// <summary>The internal QConvFloat: <c>acc · (x_scale · w_scale)</c> out.</summary>
    public static IntegerConvInputs Float { get; } = new(0, 1, 2, 3, 4, 5, -1, -1, 6);
}
