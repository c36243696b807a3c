namespace Edge.Runtime.Operators;

internal static partial class OperatorCatalog
{
    /// <summary>Sampling, regions and unpooling: what detectors and restoration networks add to convolutions.</summary>
    private static IEnumerable<Operator> CreateVision() => [];
}
