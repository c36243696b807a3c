namespace Edge.Runtime.Operators;

internal static partial class OperatorCatalog
{
    /// <summary>Strings.</summary>
    private static IEnumerable<Operator> CreateText() => [];
}
