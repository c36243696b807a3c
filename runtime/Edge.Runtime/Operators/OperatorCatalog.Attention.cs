using Edge.Kernels.Elementwise;
using Edge.Runtime.Operators.Attention;
using Edge.Runtime.Operators.Einsum;
using Edge.Runtime.Operators.MatMul;
using Edge.Runtime.Operators.Scatter;
using Edge.Runtime.Operators.Unary;

namespace Edge.Runtime.Operators;

internal static partial class OperatorCatalog
{
    /// <summary>Attention and the other operators of transformers.</summary>
    private static IEnumerable<Operator> CreateAttention() =>
    [
        new AttentionOperator(),
        new MultiHeadAttentionOperator(),
        new PackedAttentionOperator(isQuantized: false),
        new PackedAttentionOperator(isQuantized: true),
        new GroupQueryAttentionOperator(),
        new RotaryEmbeddingOperator(isMicrosofts: false),
        new RotaryEmbeddingOperator(isMicrosofts: true),
        new LinearAttentionOperator(),
        new CausalConvWithStateOperator(),
        new TensorScatterOperator(),
        new EinsumOperator(),
        new FusedMatMulOperator("FusedMatMul"),
        new FusedMatMulOperator("TransposeMatMul"),
        new MatMulNBitsOperator(),
        new BiasGeluOperator("BiasGelu", UnaryFunction.Gelu, requiresBias: true),
        new BiasGeluOperator("FastGelu", UnaryFunction.GeluTanh, requiresBias: false),
    ];
}
