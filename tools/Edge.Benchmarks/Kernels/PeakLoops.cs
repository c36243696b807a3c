using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Edge.Kernels.Emit;

namespace Edge.Benchmarks.Kernels;

/// <summary>
/// Loops of nothing but one multiply-add instruction on registers, into as many independent sums as hide its latency. Each takes the
/// number of turns and returns something made of the sums, so that no compiler leaves them out. A caller may run only what its CPU has.
/// </summary>
internal static unsafe class PeakLoops
{
    /// <summary>Sums of the loops in C#: at least latency times throughput of every instruction here, and few enough for 16 registers.</summary>
    public const int Sums = 12;

    /// <summary>Sums of the emitted loop.</summary>
    public const int EmittedSums = 24;

    private static readonly Lazy<nint> s_dotProduct512 = new(() => (nint)ExecutableMemory.Publish(Emit()));
    private static readonly Lazy<nint> s_matrixProduct = new(() => (nint)ExecutableMemory.Publish(EmitMatrixProducts()));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Fma512(int turns) => Vector512.Sum(Loop<Vector512<float>, FmaOf512>(turns));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Fma256(int turns) => Vector256.Sum(Loop<Vector256<float>, FmaOf256>(turns));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Fma128(int turns) => Vector128.Sum(Loop<Vector128<float>, FmaOf128>(turns));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float MultiplyAdd128(int turns) => Vector128.Sum(Loop<Vector128<float>, MultiplyAddOf128>(turns));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float MultiplyPairs512(int turns) => Vector512.Sum(Loop<Vector512<int>, PairsOf512>(turns));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float MultiplyPairs256(int turns) => Vector256.Sum(Loop<Vector256<int>, PairsOf256>(turns));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float MultiplyPairs128(int turns) => Vector128.Sum(Loop<Vector128<int>, PairsOf128>(turns));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float DotProduct256(int turns) => Vector256.Sum(Loop<Vector256<int>, DotOf256>(turns));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float DotProductArm(int turns) => Vector128.Sum(Loop<Vector128<int>, DotOfArm>(turns));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float MultiplyWideningArm(int turns) => Vector128.Sum(Loop<Vector128<int>, WideningOfArm>(turns));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float MultiplyTwiceArm(int turns) => Vector128.Sum(Loop<Vector128<int>, TwiceOfArm>(turns));

    /// <summary>VPDPBUSD at 512 bits, which .NET does not expose.</summary>
    public static float DotProduct512(int turns)
    {
        ((delegate* unmanaged[SuppressGCTransition]<nint, void>)s_dotProduct512.Value)(turns);
        return turns;
    }

    /// <summary>SMMLA, which .NET does not expose either.</summary>
    public static float MatrixProductArm(int turns)
    {
        ((delegate* unmanaged[SuppressGCTransition]<nint, void>)s_matrixProduct.Value)(turns);
        return turns;
    }

    private static byte[] EmitMatrixProducts()
    {
        var code = new A64Assembler();
        for (int v = 8; v < 16; v += 2) code.PushHalves(new(v), new(v + 1), 16);
        code.Align(32);
        int turn = code.Position;
        for (int i = 0; i < EmittedSums; i++) code.MultiplySigned(new(i), new(EmittedSums), new(EmittedSums + 1));
        code.SubtractAndTest(A64Register.X0, 1);
        code.JumpIf(A64Condition.NotEqual, turn);
        for (int v = 14; v >= 8; v -= 2) code.PopHalves(new(v), new(v + 1), 16);
        code.Return();
        return code.ToArray();
    }

    private static byte[] Emit()
    {
        var code = new X64Assembler();
        for (int i = 0; i < EmittedSums + 2; i++) code.Xor(new Zmm(i), new Zmm(i), new Zmm(i));
        code.Align(32);
        int turn = code.Position;
        for (int i = 0; i < EmittedSums; i++) code.DotProduct(new Zmm(i), new Zmm(EmittedSums), new Zmm(EmittedSums + 1));
        code.Add(X64Register.Rdi, -1);
        code.JumpIfNotZero(turn);
        code.ZeroUpper();
        code.Return();
        return code.ToArray();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Loop<T, TStep>(int turns) where T : struct where TStep : struct, IStep<T>
    {
        T x = default, s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default, s8 = default, s9 = default, s10 = default, s11 = default;
        for (int i = 0; i < turns; i++)
        {
            s0 = TStep.Next(s0, x);
            s1 = TStep.Next(s1, x);
            s2 = TStep.Next(s2, x);
            s3 = TStep.Next(s3, x);
            s4 = TStep.Next(s4, x);
            s5 = TStep.Next(s5, x);
            s6 = TStep.Next(s6, x);
            s7 = TStep.Next(s7, x);
            s8 = TStep.Next(s8, x);
            s9 = TStep.Next(s9, x);
            s10 = TStep.Next(s10, x);
            s11 = TStep.Next(s11, x);
        }
        // Every sum is needed.
        return TStep.Next(TStep.Next(TStep.Next(TStep.Next(TStep.Next(TStep.Next(s0, s1), s2), s3), s4), s5), TStep.Next(TStep.Next(TStep.Next(TStep.Next(TStep.Next(s6, s7), s8), s9), s10), s11));
    }

    private interface IStep<T>
    {
        static abstract T Next(T sum, T x);
    }

    private readonly struct FmaOf512 : IStep<Vector512<float>>
    {
        public static Vector512<float> Next(Vector512<float> sum, Vector512<float> x) => Vector512.FusedMultiplyAdd(x, x, sum);
    }

    private readonly struct FmaOf256 : IStep<Vector256<float>>
    {
        public static Vector256<float> Next(Vector256<float> sum, Vector256<float> x) => Vector256.FusedMultiplyAdd(x, x, sum);
    }

    private readonly struct FmaOf128 : IStep<Vector128<float>>
    {
        public static Vector128<float> Next(Vector128<float> sum, Vector128<float> x) => Vector128.FusedMultiplyAdd(x, x, sum);
    }

    private readonly struct MultiplyAddOf128 : IStep<Vector128<float>>
    {
        public static Vector128<float> Next(Vector128<float> sum, Vector128<float> x) => sum * x + x;
    }

    private readonly struct PairsOf512 : IStep<Vector512<int>>
    {
        public static Vector512<int> Next(Vector512<int> sum, Vector512<int> x) => sum + Avx512BW.MultiplyAddAdjacent(sum.AsInt16(), x.AsInt16());
    }

    private readonly struct PairsOf256 : IStep<Vector256<int>>
    {
        public static Vector256<int> Next(Vector256<int> sum, Vector256<int> x) => sum + Avx2.MultiplyAddAdjacent(sum.AsInt16(), x.AsInt16());
    }

    private readonly struct PairsOf128 : IStep<Vector128<int>>
    {
        public static Vector128<int> Next(Vector128<int> sum, Vector128<int> x) => sum + Sse2.MultiplyAddAdjacent(sum.AsInt16(), x.AsInt16());
    }

    private readonly struct DotOf256 : IStep<Vector256<int>>
    {
        public static Vector256<int> Next(Vector256<int> sum, Vector256<int> x) => AvxVnni.MultiplyWideningAndAdd(sum, x.AsByte(), x.AsSByte());
    }

    private readonly struct DotOfArm : IStep<Vector128<int>>
    {
        public static Vector128<int> Next(Vector128<int> sum, Vector128<int> x) => Dp.DotProduct(sum, x.AsSByte(), x.AsSByte());
    }

    private readonly struct WideningOfArm : IStep<Vector128<int>>
    {
        public static Vector128<int> Next(Vector128<int> sum, Vector128<int> x) =>
            AdvSimd.AddPairwiseWideningAndAdd(sum, AdvSimd.MultiplyWideningLower(x.GetLower().AsSByte(), sum.GetLower().AsSByte()));
    }

    private readonly struct TwiceOfArm : IStep<Vector128<int>>
    {
        public static Vector128<int> Next(Vector128<int> sum, Vector128<int> x)
        {
            Vector128<short> products = AdvSimd.MultiplyWideningLower(x.GetLower().AsSByte(), sum.GetLower().AsSByte());
            return AdvSimd.AddPairwiseWideningAndAdd(sum, AdvSimd.MultiplyWideningUpperAndAdd(products, x.AsSByte(), sum.AsSByte()));
        }
    }
}
