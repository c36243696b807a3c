using Edge.Kernels.Recurrent;
using Edge.Runtime.Operators.Conv;

namespace Edge.Runtime.Operators.Recurrent;

/// <param name="kernels">The cell of each direction.</param>
/// <param name="products">R: a block a direction if the reset comes after the product; else two, for z and r, and for h.</param>
/// <param name="linearBeforeReset">The reset comes after the product.</param>
/// <param name="hidden">Hidden units.</param>
internal sealed unsafe class GruSteps(GruCell[] kernels, WeightProducts products, bool linearBeforeReset, int hidden) : RecurrentCell
{
    public override string Name => kernels[0].Name;

    public override int Gates => 3;

    public override WeightProducts Products => products;

    /// <summary>All gates, or z and r, the reset states and their products.</summary>
    public override nint ScratchBytes(int rows) => Scratch.Align((nint)rows * 4 * hidden * sizeof(float)) + products.ScratchBytes(rows);

    public override void Step(in RecurrentLane lane)
    {
        var gates = (float*)lane.Scratch;
        byte* scratch = lane.Scratch + Scratch.Align((nint)lane.Rows * 4 * hidden * sizeof(float));
        var kernel = kernels[lane.Direction];
        if (!linearBeforeReset)
        {
            ResetBefore(lane, kernel, gates, scratch);
            return;
        }

        products.Multiply(lane.Weights, lane.Direction, lane.Rows, lane.H, gates, scratch, lane.Pool);
        for (int i = 0; i < lane.Rows; i++)
            if (lane.X[i] is not null) kernel.Step(lane.X[i], gates + (nint)i * 3 * hidden, lane.Bias, lane.H + (nint)i * hidden);
    }

    private void ResetBefore(in RecurrentLane lane, GruCell kernel, float* gates, byte* scratch)
    {
        float* reset = gates + (nint)lane.Rows * 2 * hidden, product = reset + (nint)lane.Rows * hidden;
        products.Multiply(lane.Weights, 2 * lane.Direction, lane.Rows, lane.H, gates, scratch, lane.Pool);
        for (int i = 0; i < lane.Rows; i++)
        {
            nint at = (nint)i * hidden;
            if (lane.X[i] is not null) kernel.Reset(lane.X[i], gates + 2 * at, lane.Bias, lane.H + at, reset + at);
            else new Span<float>(reset + at, hidden).Clear();
        }

        products.Multiply(lane.Weights, 2 * lane.Direction + 1, lane.Rows, reset, product, scratch, lane.Pool);
        for (int i = 0; i < lane.Rows; i++)
        {
            nint at = (nint)i * hidden;
            if (lane.X[i] is not null) kernel.Finish(lane.X[i], gates + 2 * at, product + at, lane.Bias, lane.H + at);
        }
    }
}
