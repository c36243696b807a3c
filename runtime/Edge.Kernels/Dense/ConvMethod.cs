namespace Edge.Kernels.Dense;

/// <summary>The ways in which a convolution can be computed.</summary>
public enum ConvMethod : byte
{
    /// <summary>As the sum that it is.</summary>
    Direct,

    /// <summary>Winograd's F(2×2, 3×3).</summary>
    Winograd2,

    /// <summary>Winograd's F(4×4, 3×3).</summary>
    Winograd4,
}
