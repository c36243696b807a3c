using System.Numerics;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Sampling;

/// <summary>
/// AffineGrid of float32 and float64: where an affine map <c>[N, axes, axes + 1]</c> takes the elements of an output of
/// <c>size</c>, <c>[N, C, (D,) H, W]</c>, as GridSample wants it.
/// </summary>
internal sealed class AffineGridOperator() : Operator("AffineGrid", "", 20, OperatorCatalog.LatestOpset)
{
    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32, DataType.Float64);
        c.RequireRank(0, 3, 3);
        c.Attributes.Int("align_corners", 0);
        var theta = c.Shape(0);
        if (theta[1] is not (2 or 3) || theta[2] != theta[1] + 1) throw c.Error($"theta {theta} must be [N,2,3] or [N,3,4]");
        if (c.Shape(1) != new Shape(theta[1] + 2)) throw c.Error($"size has shape {c.Shape(1)}; it must hold {theta[1] + 2} numbers");
        if (c.ConstantInts(1) is not { } size)
        {
            c.DataDependent(0, c.Type(0));
            return;
        }

        if (size[0] != theta[0] || size.Any(s => s is < 0 or > int.MaxValue)) throw c.Error($"size [{string.Join(',', size)}] does not fit theta {theta}");
        c.Output(0, c.Type(0), new Shape([theta[0], .. Array.ConvertAll(size[2..], s => (int)s), theta[1]]));
    }

    public override Executor Prepare(PrepareContext c)
    {
        bool align = c.Attributes.Int("align_corners", 0) != 0;
        return c.Type(0) == DataType.Float32 ? new AffineGridExecutor<float>(c.OutputShape(), align) : new AffineGridExecutor<double>(c.OutputShape(), align);
    }
}

/// <summary>Works in double, element by element.</summary>
internal sealed unsafe class AffineGridExecutor<T>(Shape y, bool alignCorners) : Executor where T : unmanaged, IFloatingPointIeee754<T>
{
    public override string Kernel => "affine_grid";

    public override void Execute(in StepContext c)
    {
        T* theta = c.Input<T>(0), to = c.Output<T>(0);
        int axes = y[^1], points = y.Product(1, y.Rank - 1);
        double* at = stackalloc double[3];
        for (int n = 0; n < y[0]; n++, theta += axes * (axes + 1))
        {
            for (int p = 0; p < points; p++)
            {
                // x, the innermost axis, comes first.
                int rest = p;
                for (int a = 0; a < axes; a++)
                {
                    int size = y[y.Rank - 2 - a];
                    (rest, int i) = Math.DivRem(rest, size);
                    at[a] = !alignCorners ? (2.0 * i + 1) / size - 1 : size > 1 ? 2.0 * i / (size - 1) - 1 : -1;
                }

                for (int r = 0; r < axes; r++)
                {
                    T* row = theta + r * (axes + 1);
                    double sum = double.CreateTruncating(row[axes]);
                    for (int a = 0; a < axes; a++) sum += double.CreateTruncating(row[a]) * at[a];
                    *to++ = T.CreateTruncating(sum);
                }
            }
        }
    }
}
