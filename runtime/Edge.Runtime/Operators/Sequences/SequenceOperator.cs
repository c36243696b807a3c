using Edge.Runtime.Execution;
using Edge.Runtime.Graph;
using Edge.Runtime.Planning;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Sequences;

/// <summary>An operator on values that is one method: sequences and optionals.</summary>
/// <param name="opType">The name in the model.</param>
/// <param name="minOpset">First version.</param>
/// <param name="infer">Reads the attributes, states what is known of the output.</param>
/// <param name="execute">Sets output 0.</param>
internal sealed class SequenceOperator(string opType, int minOpset, Action<InferContext> infer, SequenceOperator.Body execute)
    : ValueOperator(opType, minOpset: minOpset)
{
    public delegate void Body(in ValueContext c, RunValue output);

    public override void Infer(InferContext c)
    {
        if (c.OutputCount != 1) throw c.Error($"the node has {c.OutputCount} outputs; the operator has 1");
        infer(c);
    }

    public override ValueExecutor Prepare(Node node, PlanSettings settings) => new Routine(OpType, execute);

    /// <summary>The output is a sequence, an optional, or a tensor of a shape that only a run knows.</summary>
    public static void Open(InferContext c) => c.DataDependent(0, DataType.Undefined);

    private sealed class Routine(string name, Body execute) : ValueExecutor
    {
        public override string Kernel { get; } = name.ToLowerInvariant();

        public override void Execute(in ValueContext c)
        {
            if (c.Output(0) is { } output) execute(c, output);
        }
    }
}
