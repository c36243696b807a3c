using Edge.Kernels.Generic.Gemm;

namespace Edge.Kernels.Emit;

/// <summary>
/// The float32 tile: multiply-adds that round once; the residual is added, if there is one; results are clamped to
/// <c>[Low, High]</c>.
/// </summary>
/// <param name="rows">As for <see cref="TileEmitter"/>.</param>
/// <param name="vectors">As for <see cref="TileEmitter"/>.</param>
/// <param name="variant">As for <see cref="TileEmitter"/>.</param>
internal sealed class F32TileEmitter(int rows, int vectors, TileVariant variant) : TileEmitter(rows, vectors, variant)
{
    private static readonly Zmm s_low = new(30), s_high = new(29);

    protected override void LoadConstants()
    {
        Code.BroadcastFloat(s_low, new(Arguments, TileOffsets.Low));
        Code.BroadcastFloat(s_high, new(Arguments, TileOffsets.High));
        LoadVectorMask();
    }

    protected override void LoadInit(Zmm to, X64Address from) => Code.LoadFloats(to, from);

    protected override void LoadWeights(Zmm to, X64Address from) => Code.LoadFloats(to, from);

    protected override void Broadcast(Zmm to, X64Address from) => Code.BroadcastFloat(to, from);

    protected override void MultiplyAdd(Zmm sum, Zmm a, Zmm b) => Code.MultiplyAdd(sum, a, b);

    protected override void Add(Zmm to, Zmm from) => Code.AddFloats(to, to, from);

    // The residual lies as far from the output everywhere as it does in the first row of the first tile.
    protected override void Store()
    {
        Code.Load(Scratch, new(Arguments, TileOffsets.Residual));
        Code.TestZero(Scratch);
        int none = Code.JumpIfZero();
        Code.Subtract(Scratch, new(Arguments, TileOffsets.Y));
        StoreRows(Scratch);
        int done = Code.Jump();
        Code.Land(none);
        StoreRows(null);
        Code.Land(done);
    }

    // A NaN among the sums stays: the instructions return their second operand then.
    private void StoreRows(X64Register? residual)
    {
        for (int r = 0; r < Rows; r++)
        {
            for (int v = 0; v < Vectors; v++)
            {
                Zmm sum = Sum(r, v);
                if (residual is { } distance) Code.AddFloats(sum, sum, new X64Address(Output, v * 64, distance), IsMasked(v));
                Code.Max(sum, s_low, sum);
                Code.Min(sum, s_high, sum);
                Code.StoreFloats(new(Output, v * 64), sum, IsMasked(v));
            }

            Code.Add(Output, OutputStride);
        }
    }
}
