using Edge.Kernels.Layout;
using Edge.Kernels.Threading;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Scores;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Features;

/// <summary>
/// Normalizer: each row divided by its greatest element, the sum of its magnitudes, or its Euclidean length; a row for which
/// that is 0 stays as it is.
/// </summary>
internal sealed class NormalizerOperator() : Operator("Normalizer", OperatorCatalog.MachineLearning, 1, OperatorCatalog.LatestMachineLearning)
{
    public override void Infer(InferContext c)
    {
        FeatureRows.Read(c);
        Norm(c.Node);
        c.Output(0, DataType.Float32, c.Shape(0));
    }

    public override Executor Prepare(PrepareContext c) => new NormalizerExecutor(FeatureRows.Of(c.Type(0), c.Shape(0), DataType.Float32), Norm(c.Node));

    private static string Norm(Node node) => node.Attributes.String("norm", "MAX") switch
    {
        "MAX" or "L1" or "L2" => node.Attributes.String("norm", "MAX"),
        var other => throw node.Error($"norm '{other}' is not supported; supported: MAX, L1, L2"),
    };
}

internal sealed unsafe class NormalizerExecutor(FeatureRows x, string norm) : Executor
{
    public override string Kernel => "normalizer";

    public override nint ScratchBytes => x.ScratchBytes;

    public override void Execute(in StepContext c)
    {
        int chunks = Grain.Chunks((nint)x.Count * sizeof(float), x.Rows, c.Pool.Threads);
        var job = new Job((float*)x.Get(c.Input<byte>(0), c.Scratch), c.Output<float>(0), x.Rows, x.Columns, norm, chunks);
        c.Pool.Run(ref job, chunks);
    }

    private readonly struct Job(float* x, float* y, int rows, int columns, string norm, int chunks) : IParallelJob
    {
        public void Execute(int chunk)
        {
            for (int row = Grain.Start(rows, chunk, chunks); row < Grain.Start(rows, chunk + 1, chunks); row++)
                Normalize(new ReadOnlySpan<float>(x + (nint)row * columns, columns), new Span<float>(y + (nint)row * columns, columns), norm);
        }
    }

    private static void Normalize(ReadOnlySpan<float> x, Span<float> y, string norm)
    {
        float divisor = norm == "MAX" ? float.MinValue : 0;
        foreach (float v in x) divisor = norm == "MAX" ? Math.Max(divisor, v) : divisor + (norm == "L1" ? Math.Abs(v) : v * v);
        if (divisor == 0) x.CopyTo(y);
        else if (norm == "L2")
            for (int i = 0; i < y.Length; i++) y[i] = MathF.CopySign(MathF.Sqrt(x[i] * x[i] / divisor), x[i]);
        else
            for (int i = 0; i < y.Length; i++) y[i] = x[i] / divisor;
    }
}
