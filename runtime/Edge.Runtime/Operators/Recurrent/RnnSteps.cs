using Edge.Kernels.Recurrent;
using Edge.Runtime.Operators.Conv;

namespace Edge.Runtime.Operators.Recurrent;

/// <param name="kernels">The cell of each direction.</param>
/// <param name="products">R: a block a direction.</param>
/// <param name="hidden">Hidden units.</param>
internal sealed unsafe class RnnSteps(RnnCell[] kernels, WeightProducts products, int hidden) : RecurrentCell
{
    public override string Name => kernels[0].Name;

    public override int Gates => 1;

    public override WeightProducts Products => products;

    public override nint ScratchBytes(int rows) => Scratch.Align((nint)rows * hidden * sizeof(float)) + products.ScratchBytes(rows);

    public override void Step(in RecurrentLane lane)
    {
        var gates = (float*)lane.Scratch;
        byte* scratch = lane.Scratch + Scratch.Align((nint)lane.Rows * hidden * sizeof(float));
        products.Multiply(lane.Weights, lane.Direction, lane.Rows, lane.H, gates, scratch, lane.Pool);
        for (int i = 0; i < lane.Rows; i++)
        {
            nint at = (nint)i * hidden;
            if (lane.X[i] is not null) kernels[lane.Direction].Step(lane.X[i], gates + at, lane.Bias, lane.H + at);
        }
    }
}
