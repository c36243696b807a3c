using Edge.Kernels.Recurrent;
using Edge.Runtime.Operators.Conv;

namespace Edge.Runtime.Operators.Recurrent;

/// <param name="kernels">The cell of each direction.</param>
/// <param name="products">R: a block a direction.</param>
/// <param name="hidden">Hidden units.</param>
internal sealed unsafe class LstmSteps(LstmCell[] kernels, WeightProducts products, int hidden) : RecurrentCell
{
    public override string Name => kernels[0].Name;

    public override int Gates => 4;

    public override WeightProducts Products => products;

    public override nint ScratchBytes(int rows) => Scratch.Align((nint)rows * 4 * hidden * sizeof(float)) + products.ScratchBytes(rows);

    public override void Step(in RecurrentLane lane)
    {
        var gates = (float*)lane.Scratch;
        byte* scratch = lane.Scratch + Scratch.Align((nint)lane.Rows * 4 * hidden * sizeof(float));
        products.Multiply(lane.Weights, lane.Direction, lane.Rows, lane.H, gates, scratch, lane.Pool);
        var kernel = kernels[lane.Direction];
        for (int i = 0; i < lane.Rows; i++)
        {
            nint at = (nint)i * hidden;
            if (lane.X[i] is not null) kernel.Step(lane.X[i], gates + 4 * at, lane.Bias, lane.Peephole, lane.C + at, lane.H + at);
        }
    }
}
