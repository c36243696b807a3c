using Edge.Runtime.Operators.Columns;
using Edge.Runtime.Operators.DeformConv;
using Edge.Runtime.Operators.Det;
using Edge.Runtime.Operators.Gather;
using Edge.Runtime.Operators.Pad;
using Edge.Runtime.Operators.Pooling;
using Edge.Runtime.Operators.RandomNumbers;
using Edge.Runtime.Operators.Regions;
using Edge.Runtime.Operators.Sampling;
using Edge.Runtime.Operators.Select;

namespace Edge.Runtime.Operators;

internal static partial class OperatorCatalog
{
    /// <summary>Sampling, regions and unpooling: what detectors and restoration networks add to convolutions; random numbers.</summary>
    private static IEnumerable<Operator> CreateVision() =>
    [
        new GridSampleOperator("", 16, LatestOpset), new GridSampleOperator(Microsoft, 1, 1), new AffineGridOperator(),
        new DeformConvOperator(), new RoiAlignOperator(), new MaxRoiPoolOperator(), new CropAndResizeOperator(),
        new MaxPoolOperator("NhwcMaxPool", global: false, Microsoft, maxOpset: 1), new MaxUnpoolOperator(), new Col2ImOperator(), new CenterCropPadOperator(),
        new UniqueOperator(), new ReverseSequenceOperator(), new DetOperator(),
        new RandomFillOperator("RandomUniform", normal: false, like: false), new RandomFillOperator("RandomUniformLike", normal: false, like: true),
        new RandomFillOperator("RandomNormal", normal: true, like: false), new RandomFillOperator("RandomNormalLike", normal: true, like: true),
        new BernoulliOperator(), new MultinomialOperator(),
    ];
}
