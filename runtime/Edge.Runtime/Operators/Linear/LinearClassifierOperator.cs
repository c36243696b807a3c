using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Scores;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Linear;

/// <summary>
/// LinearClassifier: one weighted sum of the features a class, the greatest naming the class. A model of one sum s tells two
/// classes apart by its sign; its scores are (1 − s, s), or with LOGISTIC those of −s and s, as ONNX Runtime has it.
/// </summary>
internal sealed class LinearClassifierOperator() : Operator("LinearClassifier", OperatorCatalog.MachineLearning, 1, OperatorCatalog.LatestMachineLearning)
{
    public override void Infer(InferContext c)
    {
        var x = FeatureRows.Read(c);
        var labels = ClassLabels.Read(c.Node, "classlabels_strings", "classlabels_ints");
        // Whether the classes were trained one against the rest or together: the sums are the same.
        c.Attributes.Int("multi_class", 0);
        float[] weights = Weights(c.Node), bias = Bias(c.Node);
        if (x.Columns == 0 || weights.Length == 0 || weights.Length % x.Columns != 0) throw c.Error($"{weights.Length} coefficients do not fit {x.Columns} features");
        int sums = weights.Length / x.Columns;
        if (bias.Length != 0 && bias.Length != sums) throw c.Error($"{bias.Length} intercepts do not fit {sums} sums of {x.Columns} coefficients");
        if (labels.Count != Math.Max(2, sums)) throw c.Error($"{labels.Count} class labels do not fit {sums} sums of {x.Columns} coefficients");
        bool two = sums == 1;
        if (two && PostTransforms.Read(c.Node) == PostTransform.Probit) throw c.Error("post_transform PROBIT of one sum for two classes is not supported: the score of the other class is not defined");
        PostTransforms.Read(c.Node);
        c.Output(0, labels.Type, new Shape(x.Rows));
        c.Output(1, DataType.Float32, new Shape(x.Rows, two ? 2 : sums));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var x = FeatureRows.Of(c.Type(0), c.Shape(0), DataType.Float32);
        float[] weights = Weights(c.Node);
        var labels = ClassLabels.Read(c.Node, "classlabels_strings", "classlabels_ints");
        int sums = weights.Length / x.Columns;
        var product = new DenseRows(c.Kernels, x, weights, Bias(c.Node));
        return new LinearClassifierExecutor(x, sums, labels, product, new ScoreTransform(PostTransforms.Read(c.Node), c.Kernels), c.Wants(0), c.Wants(1));
    }

    private static float[] Weights(Node node) => node.Attributes.Floats("coefficients") ?? [];

    private static float[] Bias(Node node) => node.Attributes.Floats("intercepts") ?? [];
}

internal sealed unsafe class LinearClassifierExecutor(
    FeatureRows x, int sums, ClassLabels labels, DenseRows product, ScoreTransform transform, bool wantsLabels, bool wantsScores) : Executor
{
    private readonly nint _scoreBytes = FeatureRows.Aligned((nint)x.Rows * sums * sizeof(float));

    public override string Kernel => product.KernelName;

    public override nint ScratchBytes => _scoreBytes + product.ScratchBytes;

    public override nint PackedBytes => product.PackedBytes;

    public override long Macs => product.Macs;

    public override void Execute(in StepContext c)
    {
        float* scores = (float*)c.Scratch;
        product.Run(c.Input<byte>(0), scores, c.Scratch + _scoreBytes, c.Pool);
        for (int row = 0; wantsLabels && row < x.Rows; row++)
        {
            var sum = new ReadOnlySpan<float>(scores + (nint)row * sums, sums);
            c.Output<long>(0)[row] = labels.Elements[sums == 1 ? (sum[0] > 0 ? 1 : 0) : Greatest(sum)];
        }

        if (!wantsScores) return;
        float* y = c.Output<float>(1);
        if (sums == 1)
        {
            bool logistic = transform.Kind == PostTransform.Logistic;
            for (int row = 0; row < x.Rows; row++) (y[2 * row], y[2 * row + 1]) = (logistic ? -scores[row] : 1 - scores[row], scores[row]);
            if (logistic) transform.Apply(y, x.Rows, 2, c.Pool);
            return;
        }

        new ReadOnlySpan<float>(scores, x.Rows * sums).CopyTo(new Span<float>(y, x.Rows * sums));
        transform.Apply(y, x.Rows, sums, c.Pool);
    }

    public override void Dispose()
    {
        product.Dispose();
        base.Dispose();
    }

    /// <summary>The first of the greatest.</summary>
    private static int Greatest(ReadOnlySpan<float> scores)
    {
        int best = 0;
        for (int i = 1; i < scores.Length; i++)
            if (scores[i] > scores[best]) best = i;
        return best;
    }
}
