using Edge.Runtime.Execution;
using Edge.Runtime.Graph;
using Edge.Runtime.Planning;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Sequences;

/// <summary>Runs a graph for every element of one or more sequences; tensors among the inputs are the same each time.</summary>
internal sealed class SequenceMapOperator() : ValueOperator("SequenceMap", minOpset: 17)
{
    public override void Infer(InferContext c)
    {
        var body = c.Attributes.Graph("body");
        if (body.Proto.Inputs.Count != body.OwnInputs || body.OwnInputs == 0 || body.OutputCount < c.OutputCount)
            throw c.Error($"a body of {body.Proto.Inputs.Count} inputs and {body.OutputCount} outputs does not fit {body.OwnInputs} inputs and {c.OutputCount} outputs");
        for (int i = 0; i < c.OutputCount; i++) c.DataDependent(i, DataType.Undefined);
    }

    public override ValueExecutor Prepare(Node node, PlanSettings settings) => new SequenceMapExecutor(node, settings);
}

internal sealed class SequenceMapExecutor(Node node, PlanSettings settings) : ValueExecutor
{
    private readonly SubgraphRunner _body = new(node.Attributes.Graph("body"), node, settings);
    private readonly RunValue[] _arguments = [.. node.Attributes.Graph("body").InputNames.Select(_ => new RunValue())];

    public override string Kernel => "sequencemap";

    public override void Execute(in ValueContext c)
    {
        int count = c.Sequence(0).Count;
        var results = new Tensor[c.Outputs.Length][];
        for (int o = 0; o < results.Length; o++) results[o] = new Tensor[count];
        for (int k = 0; k < count; k++)
        {
            settings.Run.TakeIteration(c.Node);
            for (int i = 0; i < _arguments.Length; i++)
            {
                if (c.Inputs[i]!.Sequence is not { } sequence) _arguments[i].Refer(c.Inputs[i]!);
                else if (sequence.Count == count) _arguments[i].Refer(sequence[k]);
                else throw c.Node.Error($"the sequences have {count} and {sequence.Count} elements");
            }

            var outputs = _body.Run(_arguments, c);
            for (int o = 0; o < results.Length; o++)
                results[o][k] = (outputs[o].Tensor ?? throw c.Node.Error($"output {o} of the body is no tensor")).Clone();
        }

        for (int o = 0; o < results.Length; o++) c.Outputs[o]?.Refer(new TensorSequence(results[o]));
    }

    public override void Dispose()
    {
        base.Dispose();
        _body.Dispose();
    }
}
