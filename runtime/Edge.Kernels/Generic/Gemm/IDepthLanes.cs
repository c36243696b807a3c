namespace Edge.Kernels.Generic.Gemm;

/// <summary>
/// Products of 16 bytes of a row with 16 of one column, for CPUs that multiply bytes to 16 bits and have no dot product of
/// them: products of terms n and n + 8 are added in a lane of 16 bits, neighbouring lanes then to one of 32. Every
/// operand is int8. Exact unless two such products are both (−128)·(−128), which <see cref="LowestPairs"/> rules out.
/// </summary>
/// <typeparam name="TAcc">4 int32 lanes.</typeparam>
/// <typeparam name="TX">16 int8.</typeparam>
/// <typeparam name="TProducts">8 int16.</typeparam>
internal unsafe interface IDepthLanes<TAcc, TX, TProducts> : IInt32Lanes<TAcc>
    where TAcc : struct
    where TX : struct
    where TProducts : struct
{
    /// <summary>16 bytes. An offset that is a constant becomes part of the instructions.</summary>
    static abstract TX LoadBytes(byte* p, nint offset);

    /// <summary><c>a[n] · b[n]</c>, n = 0…7.</summary>
    static abstract TProducts MultiplyLow(TX a, TX b);

    /// <summary><c>products[n] + a[n + 8] · b[n + 8]</c>.</summary>
    static abstract TProducts MultiplyHighAdd(TProducts products, TX a, TX b);

    /// <summary><c>acc[n] + products[2n] + products[2n + 1]</c>.</summary>
    static abstract TAcc AddPairs(TAcc acc, TProducts products);

    static abstract TAcc Add(TAcc a, TAcc b);

    /// <summary>In lane n the sum of all lanes of the n-th operand.</summary>
    static abstract TAcc SumEach(TAcc c0, TAcc c1, TAcc c2, TAcc c3);
}
