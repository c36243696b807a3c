using Edge.Kernels.Reduction;
using Edge.Runtime.Operators.ArgExtreme;
using Edge.Runtime.Operators.BatchNormalization;
using Edge.Runtime.Operators.Reduce;
using Edge.Runtime.Operators.Softmax;

namespace Edge.Runtime.Operators;

internal static partial class OperatorCatalog
{
    /// <summary>Operators along axes, and normalisation.</summary>
    private static IEnumerable<Operator> CreateReductions() =>
    [
        new SoftmaxOperator("Softmax", logarithm: false),
        new SoftmaxOperator("LogSoftmax", logarithm: true),
        new HardmaxOperator(),
        new ReduceOperator("ReduceSum", ReduceFunction.Sum, axesAreInputSince: 13),
        new ReduceOperator("ReduceMean", ReduceFunction.Mean),
        new ReduceOperator("ReduceMax", ReduceFunction.Max),
        new ReduceOperator("ReduceMin", ReduceFunction.Min),
        new ReduceOperator("ReduceProd", ReduceFunction.Prod),
        new ReduceOperator("ReduceL1", ReduceFunction.L1),
        new ReduceOperator("ReduceL2", ReduceFunction.L2),
        new ReduceOperator("ReduceSumSquare", ReduceFunction.SumSquare),
        new ReduceOperator("ReduceLogSum", ReduceFunction.LogSum),
        new ReduceOperator("ReduceLogSumExp", ReduceFunction.LogSumExp),
        new ArgExtremeOperator("ArgMax", greatest: true),
        new ArgExtremeOperator("ArgMin", greatest: false),
        new BatchNormalizationOperator(),
    ];
}
