using Edge.Tensors;

namespace Edge.Runtime.Execution;

/// <summary>What a plan takes at one input.</summary>
/// <param name="Type"><see cref="DataType.Undefined"/> for any, a sequence or nothing.</param>
/// <param name="Shape">Null for any.</param>
internal readonly record struct PlanInput(DataType Type, Shape? Shape)
{
    /// <param name="tensor">Null for a sequence, or an optional that is absent.</param>
    public bool Fits(Tensor? tensor) =>
        tensor is null ? Type == DataType.Undefined
        : (Type == DataType.Undefined || Type == tensor.Type) && (Shape is not { } s || s == tensor.Shape);
}

/// <summary>Where an output of a plan is found: in memory of its own, or where the last step that wrote it left it.</summary>
/// <param name="Fixed">The output's memory; null where a run decides.</param>
/// <param name="Dynamic">Where it is found otherwise.</param>
/// <param name="IsInput">The output is an input of the plan and has to be copied.</param>
internal readonly record struct PlanOutput(Tensor? Fixed, RunValue? Dynamic, bool IsInput);

/// <summary>An input of the plan that steps read under another shape, or a part of one.</summary>
/// <param name="input">The input.</param>
/// <param name="shape">What steps see.</param>
/// <param name="offset">Bytes before it.</param>
internal sealed unsafe class InputView(RunValue input, Shape shape, nint offset)
{
    private Tensor? _seen;
    private Tensor? _view;

    public RunValue Value { get; } = new();

    /// <summary>Looks at the input's tensor of the present run.</summary>
    public void Follow()
    {
        if (!ReferenceEquals(_seen, input.Tensor))
        {
            _seen = input.Tensor!;
            _view = Tensor.Borrow(_seen.Type, shape, _seen.Data + offset, _seen, _seen.HasSlack);
        }

        Value.Refer(_view!);
    }
}
