using Edge.Kernels.Elementwise;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Binary;

/// <summary>Mod: the sign of the result is the divisor's, or with <c>fmod = 1</c>, which floats ask for, the dividend's.</summary>
internal sealed class ModOperator() : BinaryOperator("Mod", BinaryFunction.Mod, 10)
{
    protected override BinaryFunction Function(Node node)
    {
        bool sameAsDividend = node.Attributes.Int("fmod", 0) switch
        {
            0 => false,
            1 => true,
            var other => throw node.Error($"fmod {other} is not defined; defined: 0, 1"),
        };
        if (!sameAsDividend && node.Input(0)?.Type is (DataType.Float32 or DataType.Float64)) throw node.Error("floating-point numbers need fmod = 1");
        return sameAsDividend ? BinaryFunction.FMod : BinaryFunction.Mod;
    }
}
