using Edge.Runtime.Operators.Text;

namespace Edge.Runtime.Operators;

internal static partial class OperatorCatalog
{
    /// <summary>Strings.</summary>
    private static IEnumerable<Operator> CreateText() =>
    [
        new StringConcatOperator(),
        new StringNormalizerOperator(),
        new StringSplitOperator(),
        new RegexFullMatchOperator(),
        new TfIdfVectorizerOperator(),
        new TokenizerOperator(),
    ];
}
