using Edge.Runtime.Operators.Normalization;

namespace Edge.Runtime.Operators;

internal static partial class OperatorCatalog
{
    /// <summary>Layer, RMS, group, instance and local response normalisation.</summary>
    private static IEnumerable<Operator> CreateNormalization() =>
    [
        new LayerNormalizationOperator("LayerNormalization", 1, centre: true, inverse: 2),
        new LayerNormalizationOperator("SimplifiedLayerNormalization", 1, centre: false, inverse: 1),
        new LayerNormalizationOperator("RMSNormalization", 23, centre: false, inverse: -1),
        new GroupNormalizationOperator(),
        new InstanceNormalizationOperator(),
        new MeanVarianceNormalizationOperator(),
        new LpNormalizationOperator(),
        new LrnOperator(),
        new SkipLayerNormalizationOperator("SkipLayerNormalization", centre: true),
        new SkipLayerNormalizationOperator("SkipSimplifiedLayerNormalization", centre: false),
        new EmbedLayerNormalizationOperator(),
    ];
}
