using Edge.Training.Export;

namespace Edge.Training;

/// <summary>
/// One step of a graph. Holds no samples of its own between passes but what its backward needs.
/// </summary>
internal abstract class Operation(string name, Value[] inputs, Value output)
{
    public string Name { get; } = name;

    public Value[] Inputs { get; } = inputs;

    public Value Output { get; } = output;

    public virtual IReadOnlyList<Parameter> Parameters => [];

    /// <summary>Multiply-accumulates for one sample.</summary>
    public virtual long MultiplyAdds => 0;

    public abstract void Forward(Execution execution);

    /// <summary>
    /// Given the output's gradient, writes those of the parameters and of the inputs that carry one (added where
    /// another consumer was there first).
    /// </summary>
    public abstract void Backward(Execution execution);

    /// <summary>Appends the ONNX nodes that do the same in inference, NCHW.</summary>
    public abstract void Export(ModelBuilder model);
}
