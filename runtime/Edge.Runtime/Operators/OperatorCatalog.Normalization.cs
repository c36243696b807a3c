namespace Edge.Runtime.Operators;

internal static partial class OperatorCatalog
{
    /// <summary>Layer, RMS, group, instance and local response normalisation.</summary>
    private static IEnumerable<Operator> CreateNormalization() => [];
}
