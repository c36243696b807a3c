using Edge.Runtime.Operators.Attention;

namespace Edge.Runtime.Operators;

internal static partial class OperatorCatalog
{
    /// <summary>Attention and the other operators of transformers.</summary>
    private static IEnumerable<Operator> CreateAttention() =>
    [
        new AttentionOperator(),
        new MultiHeadAttentionOperator(),
        new PackedAttentionOperator(),
    ];
}
