using static Edge.Kernels.Emit.X64Register;

namespace Edge.Kernels.Emit;

/// <summary>The float32 tile: multiply-adds that round once, results clamped to <c>[Low, High]</c>.</summary>
/// <param name="rows">As for <see cref="TileEmitter"/>.</param>
/// <param name="vectors">As for <see cref="TileEmitter"/>.</param>
internal sealed class F32TileEmitter(int rows, int vectors) : TileEmitter(rows, vectors)
{
    private static readonly Zmm s_low = new(30), s_high = new(29);

    protected override void LoadConstants()
    {
    }

    protected override void LoadInit(Zmm to, X64Address from) => Code.LoadFloats(to, from);

    protected override void LoadWeights(Zmm to, X64Address from) => Code.LoadFloats(to, from);

    protected override void Broadcast(Zmm to, X64Address from) => Code.BroadcastFloat(to, from);

    protected override void MultiplyAdd(Zmm sum, Zmm a, Zmm b) => Code.MultiplyAdd(sum, a, b);

    protected override void Add(Zmm to, Zmm from) => Code.AddFloats(to, to, from);

    protected override void LoadFinish()
    {
        Code.BroadcastFloat(s_low, new(Rax, TileOffsets.Low));
        Code.BroadcastFloat(s_high, new(Rax, TileOffsets.High));
    }

    // A NaN among the sums stays: the instructions return their second operand then.
    protected override void Finish(Zmm sum, int vector)
    {
        Code.Max(sum, s_low, sum);
        Code.Min(sum, s_high, sum);
        Code.StoreFloats(new(Rcx, vector * 64), sum);
    }
}
