using Edge.Kernels.Elementwise;
using Edge.Runtime.Graph;

namespace Edge.Runtime.Operators.Binary;

/// <summary>BitShift of unsigned integers, in the direction that the attribute names.</summary>
internal sealed class BitShiftOperator() : BinaryOperator("BitShift", BinaryFunction.ShiftLeft, 11)
{
    protected override BinaryFunction Function(Node node) => node.Attributes.String("direction") switch
    {
        "LEFT" => BinaryFunction.ShiftLeft,
        "RIGHT" => BinaryFunction.ShiftRight,
        var other => throw node.Error($"direction '{other}' is not defined; defined: LEFT, RIGHT"),
    };
}
