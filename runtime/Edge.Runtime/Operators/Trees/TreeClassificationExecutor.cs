using System.Numerics;
using Edge.Runtime.Operators.Scores;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Trees;

/// <summary>Sums of trees, decided row by row, then transformed.</summary>
internal sealed unsafe class TreeClassificationExecutor<T>(
    ListedTrees<T> trees, FeatureRows x, ClassLabels labels, ScoreTransform transform, bool wantsLabels, bool wantsScores) : Executor
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly TreeScratch _scratch = new(x, labels.Count, sizeof(T), trees.Forest.ScratchBytes);
    private readonly TreeDecision<T> _decision = new(labels.Count, trees.Weights, trees.Targets, trees.BaseValues, transform.Kind);

    public override string Kernel { get; } = $"trees_{DataTypeExtensions.Of<T>().OnnxName()}";

    public override nint ScratchBytes => _scratch.Bytes;

    public override nint PackedBytes => trees.Forest.Bytes;

    public override void Execute(in StepContext c)
    {
        T* sums = (T*)(c.Scratch + _scratch.Scores);
        byte* given = c.Scratch + _scratch.Given;
        trees.Forest.Run((T*)x.Get(c.Input<byte>(0), c.Scratch), x.Rows, x.Columns, sums, given, c.Scratch + _scratch.Leaves, c.Pool);
        int classes = labels.Count;
        bool allOpen = true;
        for (int row = 0; row < x.Rows; row++)
        {
            nint at = (nint)row * classes;
            int label = _decision.Decide(new Span<T>(sums + at, classes), new Span<byte>(given + at, classes), out bool final);
            if (wantsLabels) c.Output<long>(0)[row] = labels.Elements[label];
            // From here on the first flag of a row says whether it is final.
            given[at] = final ? (byte)1 : (byte)0;
            allOpen &= !final;
        }

        if (!wantsScores) return;
        float* y = c.Output<float>(1);
        for (int i = 0; i < x.Rows * classes; i++) y[i] = float.CreateTruncating(sums[i]);
        if (transform.Kind == PostTransform.None) return;
        if (allOpen)
        {
            transform.Apply(y, x.Rows, classes, c.Pool);
            return;
        }

        for (int row = 0; row < x.Rows; row++)
            if (given[(nint)row * classes] == 0) transform.Apply(y + (nint)row * classes, 1, classes, c.Pool);
    }
}
