using Edge.Kernels;
using Edge.Runtime.Graph;

namespace Edge.Runtime.Operators.Conv;

/// <summary>com.microsoft FusedConv: inputs X, W, bias, and a tensor that is added before the activation.</summary>
internal sealed class FusedConvOperator() : ConvOperator("FusedConv", OperatorCatalog.Microsoft)
{
    protected override Activation ReadActivation(Node node) => ContributedActivation.OfConv(node);
}
