using Edge.Runtime.Execution;
using Edge.Runtime.Graph;
using Edge.Runtime.Planning;

namespace Edge.Runtime.Operators;

/// <summary>
/// An operator that works on whole values rather than on pointers: subgraphs, sequences, optionals. What it takes may
/// change its kind and its shape from run to run.
/// </summary>
/// <remarks>
/// <see cref="Operator.Infer"/> is called once, while the model is imported, whether or not types and shapes of the
/// inputs are known; it must not rely on them. An output whose shape it states has fixed memory in the plan.
/// </remarks>
internal abstract class ValueOperator(string opType, string domain = "", int minOpset = 1, int maxOpset = OperatorCatalog.LatestOpset)
    : Operator(opType, domain, minOpset, maxOpset)
{
    public sealed override HalfRole Halves(Node node) => HalfRole.Keeps;

    public sealed override Executor Prepare(PrepareContext c) => throw new InvalidOperationException($"{OpType} works on values");

    public abstract ValueExecutor Prepare(Node node, PlanSettings settings);
}

/// <summary>A node of a <see cref="ValueOperator"/> made ready. Called by one thread at a time.</summary>
internal abstract class ValueExecutor : IDisposable
{
    /// <summary>What <c>edge inspect</c> shows.</summary>
    public abstract string Kernel { get; }

    public abstract void Execute(in ValueContext c);

    public virtual void Dispose()
    {
    }
}
