namespace Edge.Runtime.Operators;

internal static partial class OperatorCatalog
{
    /// <summary>Elementwise, reduction, pooling, normalisation and quantization operators.</summary>
    private static IEnumerable<Operator> CreateMath() =>
    [
    ];
}
