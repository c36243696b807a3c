using Edge.Runtime.Execution;
using Edge.Runtime.Graph;
using Edge.Runtime.Planning;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Control;

internal sealed class LoopExecutor : ValueExecutor
{
    private readonly SubgraphRunner _body;
    private readonly bool _hasLimit;
    private readonly bool _hasCondition;
    private readonly int _states;
    private readonly RunBudget _budget;
    private readonly RunValue[] _arguments;
    private readonly StackedOutput[] _stacks;
    private readonly Tensor _iteration = Tensor.Create<long>(new Shape());
    private readonly Tensor _go = Tensor.Create<bool>(new Shape());

    public LoopExecutor(Node node, PlanSettings settings)
    {
        var body = node.Attributes.Graph("body");
        _body = new SubgraphRunner(body, node, settings);
        _hasLimit = body.OwnInputs > 0 && node.Has(0);
        _hasCondition = body.OwnInputs > 1 && node.Has(1);
        _states = body.Proto.Inputs.Count - 2;
        _budget = settings.Run;
        _arguments = [.. body.Proto.Inputs.Select(_ => new RunValue())];
        _stacks = [.. body.Proto.Outputs.Skip(1 + _states).Select(o => new StackedOutput(o, settings.Memory))];
    }

    public override string Kernel => "loop";

    public override void Execute(in ValueContext c)
    {
        long limit = _hasLimit ? Condition.Number(c, 0, "the number of iterations") : long.MaxValue;
        bool go = !_hasCondition || Condition.IsTrue(c, 1);
        _go.AsSpan<bool>()[0] = go;
        _arguments[0].Refer(_iteration);
        _arguments[1].Refer(_go);
        for (int i = 0; i < _states; i++) _arguments[2 + i].Refer(c.Inputs[2 + i]!);
        foreach (var stack in _stacks) stack.Clear();

        for (long iteration = 0; go && iteration < limit; iteration++)
        {
            _budget.TakeIteration(c.Node);
            _iteration.AsSpan<long>()[0] = iteration;
            var results = _body.Run(_arguments, c);
            go = Condition.IsTrue(c.Node, results[0].Tensor, "the body's condition");
            _go.AsSpan<bool>()[0] = go;
            for (int i = 0; i < _states; i++) _arguments[2 + i].Refer(results[1 + i]);
            for (int i = 0; i < _stacks.Length; i++) _stacks[i].Append(c.Node, results[1 + _states + i]);
        }

        for (int i = 0; i < c.Outputs.Length; i++)
        {
            if (c.Outputs[i] is not { } output) continue;
            if (i < _states) output.Copy(_arguments[2 + i]);
            else output.Refer(_stacks[i - _states].Finish());
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _body.Dispose();
        foreach (var stack in _stacks) stack.Free();
    }
}
