namespace Edge.Runtime.Operators.QLinearMatMul;

/// <summary>Where an integer product has its operands: indices of inputs, −1 for those the operator does not have.</summary>
internal sealed record IntegerMatMulInputs(int A, int AScale, int AZeroPoint, int B, int BScale, int BZeroPoint, int YScale, int YZeroPoint)
{
    /// <summary>QLinearMatMul.</summary>
    public static IntegerMatMulInputs QLinear { get; } = new(0, 1, 2, 3, 4, 5, 6, 7);

    /// <summary>MatMulInteger: int32 out.</summary>
    public static IntegerMatMulInputs Integer { get; } = new(0, -1, 2, 1, -1, 3, -1, -1);
}
