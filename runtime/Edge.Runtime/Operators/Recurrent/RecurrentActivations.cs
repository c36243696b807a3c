using Edge.Kernels.Recurrent;
using Edge.Runtime.Graph;

namespace Edge.Runtime.Operators.Recurrent;

/// <summary>
/// Reading of the attributes <c>activations</c>, <c>activation_alpha</c> and <c>activation_beta</c>. The parameters are consumed
/// in order by the activations that have them; where a list ends, the defaults of ONNX's operators of the same name follow.
/// </summary>
internal static class RecurrentActivations
{
    /// <param name="node">The node.</param>
    /// <param name="directions">Directions, each with its activations.</param>
    /// <param name="fallback">What one direction has if the node names none.</param>
    /// <exception cref="Onnx.ModelException">A name is unknown, or their number does not fit.</exception>
    public static RecurrentActivation[] Read(Node node, int directions, params ReadOnlySpan<RecurrentFunction> fallback)
    {
        string[]? names = node.Attributes.Strings("activations");
        var alpha = new Parameters(node.Attributes.Floats("activation_alpha"));
        var beta = new Parameters(node.Attributes.Floats("activation_beta"));
        var list = new RecurrentActivation[directions * fallback.Length];
        if (names is { Length: > 0 } && names.Length != list.Length)
            throw node.Error($"{names.Length} activations do not fit {directions} direction{(directions > 1 ? "s" : "")}; {list.Length} are needed");
        for (int i = 0; i < list.Length; i++)
            list[i] = Read(names is { Length: > 0 } ? Parse(node, names[i]) : fallback[i % fallback.Length], alpha, beta);
        return list;
    }

    private static RecurrentFunction Parse(Node node, string name) =>
        !int.TryParse(name, out _) && Enum.TryParse(name, ignoreCase: true, out RecurrentFunction function)
            ? function
            : throw node.Error($"activation '{name}' is not supported; supported: {string.Join(", ", Enum.GetNames<RecurrentFunction>())}");

    private static RecurrentActivation Read(RecurrentFunction function, Parameters alpha, Parameters beta) => function switch
    {
        RecurrentFunction.Affine or RecurrentFunction.ScaledTanh => new(function, alpha.Next(1), beta.Next(function == RecurrentFunction.Affine ? 0 : 1)),
        RecurrentFunction.HardSigmoid => new(function, alpha.Next(0.2f), beta.Next(0.5f)),
        RecurrentFunction.LeakyRelu => new(function, alpha.Next(0.01f)),
        RecurrentFunction.Elu or RecurrentFunction.ThresholdedRelu => new(function, alpha.Next(1)),
        _ => new(function),
    };

    private sealed class Parameters(float[]? values)
    {
        private int _next;

        public float Next(float fallback) => values is not null && _next < values.Length ? values[_next++] : fallback;
    }
}
