using Edge.Kernels.Threading;
using Edge.Onnx;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators;
using Edge.Tensors;

namespace Edge.Runtime.Execution;

/// <summary>A step of a <see cref="ValueOperator"/>.</summary>
internal sealed class ValueStep : PlanStep
{
    private readonly ValueExecutor _executor;
    private readonly RunValue?[] _inputs;
    private readonly RunValue?[] _outputs;
    private readonly Tensor?[] _fixed;

    /// <param name="node">The node as planned.</param>
    /// <param name="executor">Owned.</param>
    /// <param name="inputs">Where each input is found; null where it is left out.</param>
    /// <param name="outputs">Where each output goes; null where it is left out.</param>
    /// <param name="fixedOutputs">For outputs with memory in the plan, that memory; else null.</param>
    public ValueStep(Node node, ValueExecutor executor, RunValue?[] inputs, RunValue?[] outputs, Tensor?[] fixedOutputs)
        : base(node)
    {
        _executor = executor;
        _inputs = inputs;
        _outputs = outputs;
        _fixed = fixedOutputs;
        for (int i = 0; i < outputs.Length; i++)
            if (fixedOutputs[i] is { } t) outputs[i]!.Own(t);
    }

    public override string Kernel => _executor.Kernel;

    public override void Run(WorkerPool pool)
    {
        _executor.Execute(new ValueContext(Node, _inputs, _outputs, pool));
        for (int i = 0; i < _fixed.Length; i++)
            if (_fixed[i] is { } memory) Store(i, memory);
    }

    public override void Dispose()
    {
        _executor.Dispose();
        foreach (var output in _outputs) output?.Free();
    }

    private unsafe void Store(int output, Tensor memory)
    {
        var got = _outputs[output]!.Tensor;
        if (got is null || got.Type != memory.Type || got.Shape != memory.Shape)
            throw Node.Error($"output {output} is {(got is null ? "no tensor" : got.ToString())} where {memory} was inferred");
        if (got.Data != memory.Data) got.Bytes.CopyTo(memory.Bytes);
    }
}
