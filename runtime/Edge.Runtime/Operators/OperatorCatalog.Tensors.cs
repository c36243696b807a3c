namespace Edge.Runtime.Operators;

internal static partial class OperatorCatalog
{
    /// <summary>Convolutions, matrix products, and operators that move or choose elements.</summary>
    private static IEnumerable<Operator> CreateTensors() =>
    [
    ];
}
