using static Edge.Kernels.Emit.X64Register;

namespace Edge.Kernels.Emit;

/// <summary>The int8 tile with VPDPBUSD, which is exact: products are summed in int32 without saturation.</summary>
/// <param name="rows">As for <see cref="TileEmitter"/>.</param>
/// <param name="vectors">As for <see cref="TileEmitter"/>.</param>
/// <param name="flips">The input is int8: its top bits are inverted, since the instruction takes uint8.</param>
/// <param name="requantizes">Results become bytes, else they stay int32.</param>
internal sealed class Int8TileEmitter(int rows, int vectors, bool flips, bool requantizes) : TileEmitter(rows, vectors)
{
    /// <summary>0x80 in every byte.</summary>
    private static readonly Zmm s_flip = new(31);

    private static readonly Zmm s_low = new(30), s_high = new(29), s_zeroPoint = new(28);

    protected override void LoadConstants()
    {
        if (flips) Code.BroadcastConstant(s_flip, unchecked((int)0x80808080), scratch: Rcx);
    }

    protected override void LoadInit(Zmm to, X64Address from) => Code.LoadInt32s(to, from);

    protected override void LoadWeights(Zmm to, X64Address from) => Code.LoadInt32s(to, from);

    protected override void Broadcast(Zmm to, X64Address from)
    {
        Code.BroadcastInt32(to, from);
        if (flips) Code.Xor(to, to, s_flip);
    }

    protected override void MultiplyAdd(Zmm sum, Zmm a, Zmm b) => Code.DotProduct(sum, a, b);

    protected override void Add(Zmm to, Zmm from) => Code.AddInt32s(to, to, from);

    protected override void LoadFinish()
    {
        if (!requantizes) return;
        Code.Load(Rsi, new(Rax, TileOffsets.Scale));
        for (int v = 0; v < Vectors; v++) Code.LoadFloats(new(Free + v), new(Rsi, v * 64));
        Code.BroadcastFloat(s_low, new(Rax, TileOffsets.Low));
        Code.BroadcastFloat(s_high, new(Rax, TileOffsets.High));
        Code.BroadcastInt32(s_zeroPoint, new(Rax, TileOffsets.ZeroPoint));
    }

    protected override void Finish(Zmm sum, int vector)
    {
        if (!requantizes)
        {
            Code.StoreInt32s(new(Rcx, vector * 64), sum);
            return;
        }

        Code.ToFloats(sum, sum);
        Code.Multiply(sum, sum, new(Free + vector));
        Code.Max(sum, sum, s_low);
        Code.Min(sum, sum, s_high);
        Code.ToInt32s(sum, sum);
        Code.AddInt32s(sum, sum, s_zeroPoint);
        Code.StoreLowBytes(new(Rcx, vector * 16), sum);
    }
}
