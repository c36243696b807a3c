using Edge.Runtime.Operators.Signal;

namespace Edge.Runtime.Operators;

internal static partial class OperatorCatalog
{
    /// <summary>Fourier transforms, windows, spectra.</summary>
    private static IEnumerable<Operator> CreateSignal() =>
    [
        new DftOperator(), new StftOperator(), new MelWeightMatrixOperator(),
        new WindowOperator("HannWindow", 0.5, 0.5),
        new WindowOperator("HammingWindow", 25.0 / 46, 21.0 / 46),
        new WindowOperator("BlackmanWindow", 0.42, 0.5, 0.08),
    ];
}
