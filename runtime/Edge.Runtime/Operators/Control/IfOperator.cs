using Edge.Runtime.Execution;
using Edge.Runtime.Graph;
using Edge.Runtime.Import;
using Edge.Runtime.Planning;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Control;

/// <summary>Runs one of two graphs. A condition that is known when the model is imported leaves no If behind.</summary>
internal sealed class IfOperator() : ValueOperator("If", minOpset: 1)
{
    public override void Infer(InferContext c)
    {
        if (c.Node.Input(0) is not { } condition) throw c.Error("input 0 is required and missing");
        if (condition.Type is not (DataType.Undefined or DataType.Bool)) throw c.Error($"the condition must be bool, not {condition.Type.OnnxName()}");
        var then = Check(c, "then_branch");
        var otherwise = Check(c, "else_branch");
        if (then is null && otherwise is null) throw c.Error($"neither branch can run for these shapes: {c.Attributes.Graph("then_branch").Problem}");
        for (int i = 0; i < c.OutputCount; i++)
        {
            Value a = (then ?? otherwise)!.Outputs[i], b = (otherwise ?? then)!.Outputs[i];
            if (a.IsStatic && b.IsStatic && a.Type == b.Type && a.Shape == b.Shape) c.Output(i, a.Type, a.Shape!.Value);
            else c.DataDependent(i, a.Type == b.Type ? a.Type : DataType.Undefined);
        }
    }

    public override ValueExecutor Prepare(Node node, PlanSettings settings) => new IfExecutor(node, settings);

    private static ModelGraph? Check(InferContext c, string name)
    {
        var branch = c.Attributes.Graph(name);
        if (branch.Proto.Inputs.Count > 0) throw c.Error($"{name} has inputs; branches take none");
        if (branch.OutputCount != c.OutputCount) throw c.Error($"{name} has {branch.OutputCount} outputs, the node {c.OutputCount}");
        return branch.TryCheck([.. branch.CapturesOf(c.Node)]);
    }
}

internal sealed class IfExecutor(Node node, PlanSettings settings) : ValueExecutor
{
    private readonly SubgraphRunner _then = new(node.Attributes.Graph("then_branch"), node, settings);
    private readonly SubgraphRunner _else = new(node.Attributes.Graph("else_branch"), node, settings);

    /// <summary>A branch that the shapes do not fit is named: the run fails if it is taken.</summary>
    public override string Kernel { get; } = (node.Attributes.Graph("then_branch").Problem ?? node.Attributes.Graph("else_branch").Problem) is { } problem ? $"if (one branch only: {problem})" : "if";

    public override void Execute(in ValueContext c)
    {
        var results = (Condition.IsTrue(c, 0) ? _then : _else).Run([], c);
        for (int i = 0; i < c.Outputs.Length; i++) c.Outputs[i]?.Refer(results[i]);
    }

    public override void Dispose()
    {
        base.Dispose();
        _then.Dispose();
        _else.Dispose();
    }
}
