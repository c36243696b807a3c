namespace Edge.Runtime.Operators;

internal static partial class OperatorCatalog
{
    /// <summary>The ai.onnx.ml domain: what scikit-learn, LightGBM and XGBoost export.</summary>
    private static IEnumerable<Operator> CreateMachineLearning() => [];
}
