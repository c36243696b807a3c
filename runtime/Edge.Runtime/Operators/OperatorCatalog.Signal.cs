namespace Edge.Runtime.Operators;

internal static partial class OperatorCatalog
{
    /// <summary>Fourier transforms, windows, spectra.</summary>
    private static IEnumerable<Operator> CreateSignal() => [];
}
