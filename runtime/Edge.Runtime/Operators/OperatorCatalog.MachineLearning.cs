using Edge.Runtime.Operators.Features;
using Edge.Runtime.Operators.Labels;
using Edge.Runtime.Operators.Linear;
using Edge.Runtime.Operators.Trees;

namespace Edge.Runtime.Operators;

internal static partial class OperatorCatalog
{
    /// <summary>Domain of classical machine learning.</summary>
    public const string MachineLearning = "ai.onnx.ml";

    /// <summary>The newest version of that domain (that of ONNX 1.22).</summary>
    public const int LatestMachineLearning = 5;

    /// <summary>The ai.onnx.ml domain: what scikit-learn, LightGBM and XGBoost export.</summary>
    private static IEnumerable<Operator> CreateMachineLearning() =>
    [
        new ScalerOperator(), new NormalizerOperator(), new ImputerOperator(), new BinarizerOperator(),
        new FeatureVectorizerOperator(), new ArrayFeatureExtractorOperator(), new OneHotEncoderOperator(),
        new LabelEncoderOperator(), new CategoryMapperOperator(), new ZipMapOperator(),
        new LinearClassifierOperator(), new LinearRegressorOperator(), new SvmClassifierOperator(), new SvmRegressorOperator(),
        new TreeEnsembleClassifierOperator(), new TreeEnsembleRegressorOperator(), new TreeEnsembleOperator(),
    ];
}
