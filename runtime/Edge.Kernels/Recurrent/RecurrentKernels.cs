namespace Edge.Kernels.Recurrent;

/// <summary>
/// Cells of recurrent networks on one ISA. Immutable and free of locks; the same bytes on every ISA for the same products.
/// </summary>
public abstract class RecurrentKernels
{
    /// <param name="f">Activation of the gates.</param>
    /// <param name="g">Activation of the candidate.</param>
    /// <param name="h">Activation of the cell state on its way out.</param>
    /// <param name="clip">Arguments of f and g are clipped to <c>[−clip, clip]</c>; ∞ for none.</param>
    /// <param name="coupled">The forget gate is 1 − the input gate.</param>
    /// <param name="hidden">H.</param>
    public abstract LstmCell Lstm(in RecurrentActivation f, in RecurrentActivation g, in RecurrentActivation h, float clip, bool coupled, int hidden);

    /// <param name="f">Activation of the gates.</param>
    /// <param name="g">Activation of the candidate.</param>
    /// <param name="clip">Arguments of f and g are clipped to <c>[−clip, clip]</c>; ∞ for none.</param>
    /// <param name="hidden">H.</param>
    public abstract GruCell Gru(in RecurrentActivation f, in RecurrentActivation g, float clip, int hidden);

    /// <param name="f">The activation.</param>
    /// <param name="clip">Its argument is clipped to <c>[−clip, clip]</c>; ∞ for none.</param>
    /// <param name="hidden">H.</param>
    public abstract RnnCell Rnn(in RecurrentActivation f, float clip, int hidden);
}
