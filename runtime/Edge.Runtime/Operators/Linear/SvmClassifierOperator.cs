using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Scores;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Linear;

/// <summary>
/// SVMClassifier. With support vectors, each pair of classes is told apart by a machine of its own, and the class with the
/// most wins is the label; the scores are those of the pairs, or with <c>prob_a</c> and <c>prob_b</c> probabilities of the
/// classes. Without support vectors there is a linear function for each class.
/// </summary>
internal sealed class SvmClassifierOperator() : Operator("SVMClassifier", OperatorCatalog.MachineLearning, 1, OperatorCatalog.LatestMachineLearning)
{
    public override void Infer(InferContext c)
    {
        var x = FeatureRows.Read(c);
        var labels = ClassLabels.Read(c.Node, "classlabels_strings", "classlabels_ints");
        if (labels.Count is < 2 or > 4096) throw c.Error($"{labels.Count} classes are not supported; supported: 2 to 4096");
        SvmKernel.Read(c.Node);
        var svm = SvmClasses.Read(c.Node, labels.Count, x.Columns);
        if (PostTransforms.Read(c.Node) == PostTransform.Probit && svm.IsOneScoreForTwo)
            throw c.Error("post_transform PROBIT of one score for two classes is not supported: the score of the other class is not defined");
        c.Output(0, labels.Type, new Shape(x.Rows));
        c.Output(1, DataType.Float32, new Shape(x.Rows, svm.Scores));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var x = FeatureRows.Of(c.Type(0), c.Shape(0), DataType.Float32);
        var labels = ClassLabels.Read(c.Node, "classlabels_strings", "classlabels_ints");
        var svm = SvmClasses.Read(c.Node, labels.Count, x.Columns);
        var kernel = svm.IsLinear
            ? SvmKernel.Linear(c.Kernels, x, svm.Coefficients, labels.Count)
            : new SvmKernel(c.Node, c.Kernels, x, svm.Vectors, svm.VectorCount);
        return new SvmClassifierExecutor(kernel, x.Rows, svm, labels, new ScoreTransform(PostTransforms.Read(c.Node), c.Kernels), c.Wants(0), c.Wants(1));
    }
}

/// <summary>The parameters of a classifier, checked against each other.</summary>
/// <param name="Classes">Number of classes.</param>
/// <param name="Vectors">Support vectors, class by class, <c>[VectorCount, features]</c>; empty for a linear machine.</param>
/// <param name="Starts">The first vector of each class, and the end of the last.</param>
/// <param name="Coefficients"><c>[Classes − 1, VectorCount]</c>; of a linear machine <c>[Classes, features]</c>.</param>
/// <param name="Rho">One a pair of classes, or at least one.</param>
/// <param name="ProbA">One a pair, or none.</param>
/// <param name="ProbB">Likewise.</param>
internal sealed record SvmClasses(int Classes, float[] Vectors, int[] Starts, float[] Coefficients, float[] Rho, float[] ProbA, float[] ProbB)
{
    public int VectorCount => Starts[^1];

    public bool IsLinear => VectorCount == 0;

    /// <summary>Pairs of classes, (0,1), (0,2), …, (1,2), …</summary>
    public int Pairs => Classes * (Classes - 1) / 2;

    public bool HasProbabilities => !IsLinear && ProbA.Length > 0;

    public bool IsOneScoreForTwo => !IsLinear && !HasProbabilities && Classes == 2;

    /// <summary>Scores of a row.</summary>
    public int Scores => IsLinear || HasProbabilities || Classes == 2 ? Classes : Pairs;

    public static SvmClasses Read(Node node, int classes, int columns)
    {
        var a = node.Attributes;
        float[] Floats(string name) => a.Floats(name) ?? [];
        long[] each = a.Ints("vectors_per_class") ?? [];
        if (each.Any(n => n is < 0 or > int.MaxValue) || each.Sum() > int.MaxValue) throw node.Error("vectors_per_class is out of range");
        int[] starts = new int[classes + 1];
        if (each.Sum() > 0)
        {
            if (each.Length != classes) throw node.Error($"vectors_per_class holds {each.Length} numbers; there are {classes} classes");
            for (int i = 0; i < classes; i++) starts[i + 1] = starts[i] + (int)each[i];
        }

        var svm = new SvmClasses(classes, Floats("support_vectors"), starts, Floats("coefficients"), Floats("rho"), Floats("prob_a"), Floats("prob_b"));
        long vectors = svm.VectorCount;
        bool fits = columns > 0 && (svm.IsLinear
            ? svm.Coefficients.Length == (long)classes * columns && svm.Rho.Length >= 1
            : svm.Vectors.Length == vectors * columns && svm.Coefficients.Length == (classes - 1) * vectors && svm.Rho.Length >= svm.Pairs);
        if (!fits)
            throw node.Error($"{vectors} support vectors of {svm.Vectors.Length} numbers, {svm.Coefficients.Length} coefficients and {svm.Rho.Length} rho do not fit {classes} classes and {columns} features");
        if (svm.ProbA.Length != svm.ProbB.Length || svm.HasProbabilities && svm.ProbA.Length < svm.Pairs)
            throw node.Error($"prob_a and prob_b hold {svm.ProbA.Length} and {svm.ProbB.Length} numbers; there are {svm.Pairs} pairs of classes");
        return svm;
    }
}
