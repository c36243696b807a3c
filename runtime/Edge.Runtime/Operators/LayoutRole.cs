namespace Edge.Runtime.Operators;

/// <summary>How an operator takes part in keeping activations channels-last (NHWC) inside a plan.</summary>
internal enum LayoutRole
{
    /// <summary>Works on the model's own layout only.</summary>
    Opaque,

    /// <summary>
    /// Runs best, or only, on channels-last tensors (Conv, pools): with attribute <c>channels_last = 1</c> its data
    /// inputs and all its outputs are <c>[N, spatial…, C]</c>.
    /// </summary>
    ChannelsLast,

    /// <summary>
    /// Indifferent once <see cref="Operator.ToChannelsLast"/> has rewritten its axes (Concat, Relu, Add): follows the
    /// layout of its inputs.
    /// </summary>
    Follows,
}
