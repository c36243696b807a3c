namespace Edge.Kernels.Generic.Winograd;

/// <summary>
/// Winograd's minimal filtering F(m, 3) in one dimension (Lavin and Gray 2016): <c>m</c> outputs of a kernel of 3 from
/// <c>m + 2</c> inputs and as many products, <c>y = Aᵀ[(G g) ⊙ (Bᵀ d)]</c>. Applied to rows and columns it makes F(m×m, 3×3).
/// </summary>
internal unsafe interface IWinograd
{
    /// <summary>m.</summary>
    static abstract int Outputs { get; }

    /// <summary>G: <c>[m + 2][3]</c>.</summary>
    static abstract ReadOnlySpan<double> WeightRows { get; }

    /// <summary>Bᵀ d.</summary>
    /// <typeparam name="TIsa">Its operations; a lane is a channel.</typeparam>
    /// <typeparam name="TVec">Its vectors.</typeparam>
    /// <typeparam name="TInside">Whether all of d is there.</typeparam>
    /// <param name="d">m + 2 vectors.</param>
    /// <param name="step">Floats from one to the next.</param>
    /// <param name="first">Those before this one are padding: zeros that are not read.</param>
    /// <param name="until">Those from this one on are padding.</param>
    /// <param name="to">m + 2 vectors; may be <paramref name="d"/>.</param>
    /// <param name="toStep">Floats from one to the next.</param>
    static abstract void Input<TIsa, TVec, TInside>(float* d, nint step, int first, int until, float* to, nint toStep)
        where TIsa : ILanesF32<TVec> where TVec : struct where TInside : IFlag;

    /// <summary>Aᵀ of m + 2 vectors, <paramref name="step"/> floats apart. Where m is 2, the last two are meaningless.</summary>
    static abstract void Output<TIsa, TVec>(float* products, nint step, out TVec y0, out TVec y1, out TVec y2, out TVec y3)
        where TIsa : ILanesF32<TVec> where TVec : struct;
}
