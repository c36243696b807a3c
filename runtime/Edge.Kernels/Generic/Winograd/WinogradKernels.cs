using Edge.Kernels.Isa;

namespace Edge.Kernels.Generic.Winograd;

/// <summary>The transforms of one instruction set: whole vectors first, then shorter ones, then single channels.</summary>
internal sealed unsafe class WinogradKernels
{
    /// <summary>Room for a tile of the widest vectors.</summary>
    public const int TemporaryBytes = 6 * 6 * 16 * sizeof(float);

    private readonly Transforms _two;
    private readonly Transforms _four;

    private WinogradKernels(Transforms two, Transforms four)
    {
        _two = two;
        _four = four;
    }

    /// <summary>Kernels whose vectors are <typeparamref name="TIsa"/>'s, then <typeparamref name="TShort"/>'s.</summary>
    public static WinogradKernels Create<TIsa, TVec, TShort, TShortVec>()
        where TIsa : ILanesF32<TVec> where TVec : struct where TShort : ILanesF32<TShortVec> where TShortVec : struct =>
        new(Of<Winograd2, TIsa, TVec, TShort, TShortVec>(), Of<Winograd4, TIsa, TVec, TShort, TShortVec>());

    /// <summary>Those of F(<paramref name="outputs"/>×<paramref name="outputs"/>, 3×3).</summary>
    public Transforms For(int outputs) => outputs == 2 ? _two : _four;

    private static Transforms Of<TWinograd, TIsa, TVec, TShort, TShortVec>()
        where TWinograd : IWinograd where TIsa : ILanesF32<TVec> where TVec : struct where TShort : ILanesF32<TShortVec> where TShortVec : struct =>
        new(
            [&WinogradTransforms<TWinograd, TIsa, TVec>.Input, &WinogradTransforms<TWinograd, TShort, TShortVec>.Input, &WinogradTransforms<TWinograd, ScalarF32, float>.Input],
            [&WinogradTransforms<TWinograd, TIsa, TVec>.Output, &WinogradTransforms<TWinograd, TShort, TShortVec>.Output, &WinogradTransforms<TWinograd, ScalarF32, float>.Output]);

    /// <summary>The transforms of one tile size, by width of the vectors.</summary>
    public sealed class Transforms(delegate*<WinogradInput*, int, int>[] inputs, delegate*<WinogradOutput*, int, int>[] outputs)
    {
        public void Input(WinogradInput* t)
        {
            int c = 0;
            for (int i = 0; c < t->Channels; i++) c = inputs[i](t, c);
        }

        public void Output(WinogradOutput* t)
        {
            int c = 0;
            for (int i = 0; c < t->Channels; i++) c = outputs[i](t, c);
        }
    }
}
