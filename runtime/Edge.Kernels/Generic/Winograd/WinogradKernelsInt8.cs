using Edge.Kernels.Generic.Gemm;

namespace Edge.Kernels.Generic.Winograd;

/// <summary>The integer transforms of one instruction set.</summary>
internal sealed unsafe class WinogradKernelsInt8
{
    private readonly Transforms _two;
    private readonly Transforms _four;

    private WinogradKernelsInt8(Transforms two, Transforms four)
    {
        _two = two;
        _four = four;
    }

    public static WinogradKernelsInt8 Create<TIsa, TAcc, TPair>() where TIsa : IWordLanes<TAcc, TPair> where TAcc : struct where TPair : struct =>
        new(Of<Winograd2Int8, TIsa, TAcc, TPair>(), Of<Winograd4Int8, TIsa, TAcc, TPair>());

    /// <summary>Those of F(<paramref name="outputs"/>×<paramref name="outputs"/>, 3×3).</summary>
    public Transforms For(int outputs) => outputs == 2 ? _two : _four;

    private static Transforms Of<TWinograd, TIsa, TAcc, TPair>()
        where TWinograd : IWinogradInt8 where TIsa : IWordLanes<TAcc, TPair> where TAcc : struct where TPair : struct => new(
            &WinogradTransformsInt8<TWinograd, TIsa, TAcc, TPair>.Input<No>,
            &WinogradTransformsInt8<TWinograd, TIsa, TAcc, TPair>.Input<Yes>,
            &WinogradTransformsInt8<TWinograd, TIsa, TAcc, TPair>.Output<No>,
            &WinogradTransformsInt8<TWinograd, TIsa, TAcc, TPair>.Output<Yes>);

    /// <summary>The transforms of one tile size.</summary>
    public sealed class Transforms(
        delegate*<WinogradInputInt8*, void> unsigned, delegate*<WinogradInputInt8*, void> signed, delegate*<WinogradOutputInt8*, void> accumulate, delegate*<WinogradOutputInt8*, void> requantize)
    {
        public void Input(WinogradInputInt8* t, bool inputSigned) => (inputSigned ? signed : unsigned)(t);

        /// <param name="t">The tile.</param>
        /// <param name="bytes">Whether results become bytes; else they stay int32.</param>
        public void Output(WinogradOutputInt8* t, bool bytes) => (bytes ? requantize : accumulate)(t);
    }
}
