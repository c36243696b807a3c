namespace Edge.Runtime.Operators;

internal static partial class OperatorCatalog
{
    /// <summary>Subgraphs, sequences, optionals.</summary>
    private static IEnumerable<Operator> CreateControl() => [];
}
