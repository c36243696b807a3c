using Edge.Kernels.Isa;

namespace Edge.Kernels.Reduction;

/// <summary>A reduction of float32 numbers, lane by lane.</summary>
internal interface IReduction
{
    /// <summary>The result for no element.</summary>
    static abstract float Start { get; }

    /// <summary>Takes one more element into a partial result.</summary>
    static abstract V Step<V>(V partial, V x) where V : unmanaged, IVectorF32<V>;

    /// <summary>Joins two partial results.</summary>
    static abstract V Join<V>(V a, V b) where V : unmanaged, IVectorF32<V>;

    /// <summary>The result from the joined partial ones.</summary>
    static abstract V Finish<V>(V partial, float count) where V : unmanaged, IVectorF32<V>;
}

internal readonly struct SumReduction : IReduction
{
    public static float Start => 0;

    public static V Step<V>(V partial, V x) where V : unmanaged, IVectorF32<V> => partial + x;

    public static V Join<V>(V a, V b) where V : unmanaged, IVectorF32<V> => a + b;

    public static V Finish<V>(V partial, float count) where V : unmanaged, IVectorF32<V> => partial;
}

internal readonly struct MeanReduction : IReduction
{
    public static float Start => 0;

    public static V Step<V>(V partial, V x) where V : unmanaged, IVectorF32<V> => partial + x;

    public static V Join<V>(V a, V b) where V : unmanaged, IVectorF32<V> => a + b;

    public static V Finish<V>(V partial, float count) where V : unmanaged, IVectorF32<V> => partial / V.Splat(count);
}

internal readonly struct SumSquareReduction : IReduction
{
    public static float Start => 0;

    public static V Step<V>(V partial, V x) where V : unmanaged, IVectorF32<V> => partial + x * x;

    public static V Join<V>(V a, V b) where V : unmanaged, IVectorF32<V> => a + b;

    public static V Finish<V>(V partial, float count) where V : unmanaged, IVectorF32<V> => partial;
}

internal readonly struct L2Reduction : IReduction
{
    public static float Start => 0;

    public static V Step<V>(V partial, V x) where V : unmanaged, IVectorF32<V> => partial + x * x;

    public static V Join<V>(V a, V b) where V : unmanaged, IVectorF32<V> => a + b;

    public static V Finish<V>(V partial, float count) where V : unmanaged, IVectorF32<V> => V.Sqrt(partial);
}

internal readonly struct L1Reduction : IReduction
{
    public static float Start => 0;

    public static V Step<V>(V partial, V x) where V : unmanaged, IVectorF32<V> => partial + V.Abs(x);

    public static V Join<V>(V a, V b) where V : unmanaged, IVectorF32<V> => a + b;

    public static V Finish<V>(V partial, float count) where V : unmanaged, IVectorF32<V> => partial;
}

/// <summary>NaN, once met, stays.</summary>
internal readonly struct MaxReduction : IReduction
{
    public static float Start => float.NegativeInfinity;

    public static V Step<V>(V partial, V x) where V : unmanaged, IVectorF32<V> =>
        V.Select(V.IsEqual(x, x), V.Select(V.IsEqual(partial, partial), V.Greater(x, partial), partial), x);

    public static V Join<V>(V a, V b) where V : unmanaged, IVectorF32<V> => Step(a, b);

    public static V Finish<V>(V partial, float count) where V : unmanaged, IVectorF32<V> => partial;
}

/// <summary>NaN, once met, stays.</summary>
internal readonly struct MinReduction : IReduction
{
    public static float Start => float.PositiveInfinity;

    public static V Step<V>(V partial, V x) where V : unmanaged, IVectorF32<V> =>
        V.Select(V.IsEqual(x, x), V.Select(V.IsEqual(partial, partial), V.Lesser(x, partial), partial), x);

    public static V Join<V>(V a, V b) where V : unmanaged, IVectorF32<V> => Step(a, b);

    public static V Finish<V>(V partial, float count) where V : unmanaged, IVectorF32<V> => partial;
}

internal readonly struct ProdReduction : IReduction
{
    public static float Start => 1;

    public static V Step<V>(V partial, V x) where V : unmanaged, IVectorF32<V> => partial * x;

    public static V Join<V>(V a, V b) where V : unmanaged, IVectorF32<V> => a * b;

    public static V Finish<V>(V partial, float count) where V : unmanaged, IVectorF32<V> => partial;
}
