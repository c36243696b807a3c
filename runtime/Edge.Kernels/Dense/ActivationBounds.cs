namespace Edge.Kernels.Dense;

/// <summary>The activations that are no more than two bounds, which every kernel applies before it stores.</summary>
internal static class ActivationBounds
{
    extension(Activation activation)
    {
        /// <summary>Whether the activation is two bounds and nothing more.</summary>
        public bool IsClamp => activation.Kind is ActivationKind.None or ActivationKind.Relu or ActivationKind.Clip;

        /// <summary>The range that the results of a clamp lie in; everything for other activations.</summary>
        public (float Low, float High) Bounds => activation.Kind switch
        {
            ActivationKind.Relu => (0, float.PositiveInfinity),
            ActivationKind.Clip => (activation.Alpha, activation.Beta),
            _ => (float.NegativeInfinity, float.PositiveInfinity),
        };
    }
}
