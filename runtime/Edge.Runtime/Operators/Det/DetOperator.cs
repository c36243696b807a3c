using System.Numerics;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Det;

/// <summary>Det of float32 and float64: the determinants of square matrices <c>[…, n, n]</c>.</summary>
internal sealed class DetOperator() : Operator("Det", "", 11, OperatorCatalog.LatestOpset)
{
    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32, DataType.Float64);
        c.RequireRank(0, 2);
        var x = c.Shape(0);
        if (x[^1] != x[^2]) throw c.Error($"matrices of {x} are not square");
        c.Output(0, c.Type(0), new Shape(x.Dims[..^2]));
    }

    public override Executor Prepare(PrepareContext c)
    {
        int n = c.Shape(0)[^1], count = c.OutputShape().Count;
        return c.Type(0) == DataType.Float32 ? new DetExecutor<float>(n, count) : new DetExecutor<double>(n, count);
    }
}

/// <summary>Gaussian elimination with row pivots, in double.</summary>
internal sealed unsafe class DetExecutor<T>(int n, int count) : Executor where T : unmanaged, IFloatingPointIeee754<T>
{
    public override string Kernel => "det_lu";

    public override nint ScratchBytes => (nint)n * n * sizeof(double);

    public override void Execute(in StepContext c)
    {
        double* a = (double*)c.Scratch;
        for (int m = 0; m < count; m++)
        {
            T* x = c.Input<T>(0) + (nint)m * n * n;
            for (nint i = 0; i < (nint)n * n; i++) a[i] = double.CreateTruncating(x[i]);
            c.Output<T>(0)[m] = T.CreateTruncating(Determinant(a));
        }
    }

    private double Determinant(double* a)
    {
        double product = 1;
        for (int k = 0; k < n; k++)
        {
            double* top = a + (nint)k * n;
            int pivot = k;
            for (int r = k + 1; r < n; r++)
                if (Math.Abs(a[(nint)r * n + k]) > Math.Abs(a[(nint)pivot * n + k])) pivot = r;
            if (pivot != k)
            {
                double* other = a + (nint)pivot * n;
                for (int j = k; j < n; j++) (top[j], other[j]) = (other[j], top[j]);
                product = -product;
            }

            product *= top[k];
            if (top[k] == 0) return product;
            for (int r = k + 1; r < n; r++)
            {
                double* row = a + (nint)r * n;
                double factor = row[k] / top[k];
                for (int j = k + 1; j < n; j++) row[j] -= factor * top[j];
            }
        }

        return product;
    }
}
