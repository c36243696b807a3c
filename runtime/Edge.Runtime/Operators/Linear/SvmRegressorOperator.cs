using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Scores;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Linear;

/// <summary>
/// SVMRegressor: the kernel function of each support vector times its coefficient, plus rho; its sign, ±1, if
/// <c>one_class</c> is set. Without support vectors the coefficients are a linear function.
/// </summary>
internal sealed class SvmRegressorOperator() : Operator("SVMRegressor", OperatorCatalog.MachineLearning, 1, OperatorCatalog.LatestMachineLearning)
{
    public override void Infer(InferContext c)
    {
        var x = FeatureRows.Read(c);
        var (vectors, coefficients, count) = Read(c.Node);
        SvmKernel.Read(c.Node);
        c.Attributes.Int("one_class", 0);
        if (PostTransforms.Read(c.Node) != PostTransform.None) throw c.Error("a post_transform is not supported; supported: NONE");
        if (coefficients.Length == 0 || x.Columns == 0) throw c.Error("there are no coefficients, or no features");
        if (count == 0 ? coefficients.Length != x.Columns : coefficients.Length != count || vectors.Length != (long)count * x.Columns)
            throw c.Error($"{count} support vectors of {vectors.Length} numbers and {coefficients.Length} coefficients do not fit {x.Columns} features");
        if (Rho(c.Node).Length != 1) throw c.Error($"rho holds {Rho(c.Node).Length} numbers; one is needed");
        c.Output(0, DataType.Float32, new Shape(x.Rows, 1));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var x = FeatureRows.Of(c.Type(0), c.Shape(0), DataType.Float32);
        var (vectors, coefficients, count) = Read(c.Node);
        var kernel = count == 0 ? SvmKernel.Linear(c.Kernels, x, coefficients, 1) : new SvmKernel(c.Node, c.Kernels, x, vectors, count);
        return new SvmRegressorExecutor(kernel, x.Rows, count == 0 ? [1] : coefficients, Rho(c.Node)[0], c.Attributes.Int("one_class", 0) != 0);
    }

    private static float[] Rho(Node node) => node.Attributes.Floats("rho") ?? [];

    private static (float[] Vectors, float[] Coefficients, int Count) Read(Node node)
    {
        long count = node.Attributes.Int("n_supports", 0);
        if (count is < 0 or > int.MaxValue) throw node.Error($"n_supports is {count}");
        return (node.Attributes.Floats("support_vectors") ?? [], node.Attributes.Floats("coefficients") ?? [], (int)count);
    }
}

internal sealed unsafe class SvmRegressorExecutor(SvmKernel kernel, int rows, float[] coefficients, float rho, bool oneClass) : Executor
{
    private readonly nint _kernelBytes = FeatureRows.Aligned((nint)rows * coefficients.Length * sizeof(float));

    public override string Kernel => kernel.Name;

    public override nint ScratchBytes => _kernelBytes + kernel.ScratchBytes;

    public override nint PackedBytes => kernel.PackedBytes;

    public override long Macs => kernel.Macs;

    public override void Execute(in StepContext c)
    {
        float* k = (float*)c.Scratch, y = c.Output<float>(0);
        kernel.Run(c.Input<byte>(0), k, c.Scratch + _kernelBytes, c.Pool);
        for (int row = 0; row < rows; row++, k += coefficients.Length)
        {
            double sum = rho;
            for (int i = 0; i < coefficients.Length; i++) sum += (double)k[i] * coefficients[i];
            y[row] = !oneClass ? (float)sum : (float)sum > 0 ? 1 : -1;
        }
    }

    public override void Dispose()
    {
        kernel.Dispose();
        base.Dispose();
    }
}
