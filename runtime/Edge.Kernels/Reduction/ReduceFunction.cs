namespace Edge.Kernels.Reduction;

/// <summary>What a reduction makes of the elements x₁ … xₙ.</summary>
public enum ReduceFunction : byte
{
    /// <summary>Σ x; 0 of nothing.</summary>
    Sum,

    /// <summary>Σ x / n. Of integers: towards zero. NaN of nothing, 0 where there is no NaN.</summary>
    Mean,

    /// <summary>The greatest; −∞ (or the least integer) of nothing.</summary>
    Max,

    /// <summary>The least; ∞ (or the greatest integer) of nothing.</summary>
    Min,

    /// <summary>Π x; 1 of nothing.</summary>
    Prod,

    /// <summary>Σ |x|</summary>
    L1,

    /// <summary>√(Σ x²)</summary>
    L2,

    /// <summary>Σ x²</summary>
    SumSquare,

    /// <summary>ln Σ x</summary>
    LogSum,

    /// <summary>ln Σ eˣ, taken relative to the greatest x.</summary>
    LogSumExp,
}
