using Edge.Kernels.Threading;
using Edge.Runtime.Graph;

namespace Edge.Runtime.Execution;

/// <summary>What one execution of a <see cref="Operators.ValueOperator"/> reads and writes.</summary>
/// <param name="Node">For messages.</param>
/// <param name="Inputs">In the order of the node; null where an input is left out.</param>
/// <param name="Outputs">In the order of the node; null where an output is left out.</param>
/// <param name="Pool">The threads of the run.</param>
internal readonly record struct ValueContext(Node Node, RunValue?[] Inputs, RunValue?[] Outputs, WorkerPool Pool)
{
    public RunValue? Input(int index) => index < Inputs.Length ? Inputs[index] : null;

    /// <summary>Input <paramref name="index"/>, which must be a tensor.</summary>
    public Tensors.Tensor Tensor(int index) =>
        Input(index)?.Tensor ?? throw Node.Error($"input {index} must be a tensor");

    /// <summary>Input <paramref name="index"/>, which must be a sequence.</summary>
    public TensorSequence Sequence(int index) =>
        Input(index)?.Sequence ?? throw Node.Error($"input {index} must be a sequence of tensors");

    public RunValue? Output(int index) => index < Outputs.Length ? Outputs[index] : null;
}
