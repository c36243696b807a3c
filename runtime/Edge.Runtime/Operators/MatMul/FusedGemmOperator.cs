using Edge.Kernels;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Conv;

namespace Edge.Runtime.Operators.MatMul;

/// <summary>com.microsoft FusedGemm: Gemm and an activation.</summary>
internal sealed class FusedGemmOperator() : GemmOperator("FusedGemm", OperatorCatalog.Microsoft, 1)
{
    protected override Activation ReadActivation(Node node) => ContributedActivation.OfGemm(node);
}
