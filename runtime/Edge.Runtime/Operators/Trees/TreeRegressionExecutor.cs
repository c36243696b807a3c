using System.Numerics;
using Edge.Kernels.Trees;
using Edge.Runtime.Operators.Scores;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Trees;

/// <summary>Scores of trees, divided by their number if <paramref name="average"/>, plus base values, transformed.</summary>
/// <typeparam name="T">Of the computation.</typeparam>
/// <typeparam name="TOut">Of the result; transforms are computed in float32.</typeparam>
internal sealed unsafe class TreeRegressionExecutor<T, TOut>(
    Forest<T> forest, FeatureRows x, int targets, bool average, T[] baseValues, ScoreTransform transform) : Executor
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TOut : unmanaged, IBinaryFloatingPointIeee754<TOut>
{
    private readonly TreeScratch _scratch = new(x, targets, sizeof(T), forest.ScratchBytes);

    public override string Kernel { get; } = $"trees_{DataTypeExtensions.Of<T>().OnnxName()}";

    public override nint ScratchBytes => _scratch.Bytes;

    public override nint PackedBytes => forest.Bytes;

    public override void Execute(in StepContext c)
    {
        T* scores = (T*)(c.Scratch + _scratch.Scores);
        forest.Run((T*)x.Get(c.Input<byte>(0), c.Scratch), x.Rows, x.Columns, scores, c.Scratch + _scratch.Given, c.Scratch + _scratch.Leaves, c.Pool);
        T trees = average ? T.CreateChecked(Math.Max(1, forest.Trees)) : T.One;
        TOut* y = c.Output<TOut>(0);
        int count = x.Rows * targets;
        for (int i = 0; i < count; i++)
        {
            scores[i] /= trees;
            if (baseValues.Length > 0) scores[i] += baseValues[i % targets];
            y[i] = TOut.CreateTruncating(scores[i]);
        }

        if (transform.Kind == PostTransform.None) return;
        // The scores are read before anything is written over them.
        float* z = typeof(TOut) == typeof(float) ? (float*)y : (float*)scores;
        for (int i = 0; i < count; i++) z[i] = float.CreateTruncating(y[i]);
        transform.Apply(z, x.Rows, targets, c.Pool);
        for (int i = 0; i < count; i++) y[i] = TOut.CreateTruncating(z[i]);
    }
}

/// <summary>How the scratch of trees is divided: features, scores, whether they were given, leaves.</summary>
internal readonly struct TreeScratch(FeatureRows x, int targets, int scoreBytes, nint leafBytes)
{
    public nint Scores { get; } = x.ScratchBytes;

    public nint Given { get; } = x.ScratchBytes + FeatureRows.Aligned((nint)x.Rows * targets * scoreBytes);

    public nint Leaves => Given + FeatureRows.Aligned((nint)x.Rows * targets);

    public nint Bytes => Leaves + leafBytes;
}

internal static class ForestColumns
{
    /// <summary>Fails where a branch asks for a feature that rows do not have.</summary>
    public static void RequireColumns<T>(this Forest<T> forest, InferContext c, FeatureRows x) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (forest.FeatureCount > x.Columns) throw c.Error($"a branch asks for feature {forest.FeatureCount - 1}; the input {c.Shape(0)} has {x.Columns}");
    }
}
