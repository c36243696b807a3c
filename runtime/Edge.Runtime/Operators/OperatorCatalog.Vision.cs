using Edge.Runtime.Operators.Regions;
using Edge.Runtime.Operators.Sampling;

namespace Edge.Runtime.Operators;

internal static partial class OperatorCatalog
{
    /// <summary>Sampling, regions and unpooling: what detectors and restoration networks add to convolutions.</summary>
    private static IEnumerable<Operator> CreateVision() =>
    [
        new RoiAlignOperator(), new MaxRoiPoolOperator(), new CropAndResizeOperator(),
        new GridSampleOperator("", 16, LatestOpset), new GridSampleOperator(Microsoft, 1, 1), new AffineGridOperator(),
    ];
}
