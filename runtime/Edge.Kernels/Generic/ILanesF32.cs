using System.Diagnostics.CodeAnalysis;

namespace Edge.Kernels.Generic;

/// <summary>
/// The float32 operations of dense kernels on one instruction set, over a vector of <see cref="Lanes"/> floats. Unlike
/// elementwise routines, dense ones may fuse multiply and add, so that sums differ between instruction sets by rounding.
/// </summary>
/// <typeparam name="TVec">The vector.</typeparam>
internal unsafe interface ILanesF32<TVec> where TVec : struct
{
    static abstract int Lanes { get; }

    static abstract TVec Load(float* p);

    static abstract void Store(TVec v, float* p);

    /// <summary>Every lane holds <paramref name="value"/>.</summary>
    static abstract TVec Create(float value);

    /// <summary>Every lane holds <c>*p</c>.</summary>
    static abstract TVec Broadcast(float* p);

    static abstract TVec Add(TVec a, TVec b);

    static abstract TVec Subtract(TVec a, TVec b);

    static abstract TVec Multiply(TVec a, TVec b);

    /// <summary><c>acc + a · b</c>, fused where the instruction set has it.</summary>
    static abstract TVec MultiplyAdd(TVec acc, TVec a, TVec b);

    /// <summary><c>v &lt; bound ? bound : v</c>; NaN where <paramref name="v"/> is.</summary>
    static abstract TVec AtLeast(TVec bound, TVec v);

    /// <summary><c>v &gt; bound ? bound : v</c>; NaN where <paramref name="v"/> is.</summary>
    static abstract TVec AtMost(TVec bound, TVec v);
}

/// <summary>What an instruction set adds that multiplies by one lane of a register (Arm), at 4 lanes a vector.</summary>
internal interface IByElementLanesF32<TVec> : ILanesF32<TVec> where TVec : struct
{
    /// <summary><c>acc + b · a[lane]</c></summary>
    static abstract TVec MultiplyAddLane(TVec acc, TVec b, TVec a, [ConstantExpected(Max = (byte)3)] byte lane);
}
