namespace Edge.Quantization.Rounding;

/// <summary>How <see cref="LearnedRounding"/> learns.</summary>
internal sealed record LearnedRoundingOptions
{
    /// <summary>Steps of Adam.</summary>
    public int Steps { get; init; } = 500;

    /// <summary>Columns of a step.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>Adam's step size.</summary>
    public float Rate { get; init; } = 0.1f;

    /// <summary>Weight of the regularizer, whose sum over a row is at most this, beside the row's error relative to that of the nearest integers.</summary>
    public float Regularizer { get; init; } = 3;

    /// <summary>Part of the steps at the start without regularizer.</summary>
    public float WarmUp { get; init; } = 0.2f;

    /// <summary>The regularizer's exponent after the warm-up and at the end; it falls along half a cosine.</summary>
    public (float First, float Last) Exponent { get; init; } = (20, 2);
}

/// <summary>
/// AdaRound (Nagel et al. 2020, "Up or down? Adaptive rounding for post-training quantization", section 3): each weight is
/// rounded down or up, by a variable h in [0, 1] that Adam learns: w = s·(⌊w/s⌋ + h(v)) with the rectified sigmoid
/// h(v) = clip(1.2·σ(v) − 0.1, 0, 1). It minimizes the squared error of the layer's result behind its Relu or Clip,
/// for each row relative to what the nearest integers give, plus a regularizer 1 − |2h − 1|^β that drives h to 0 or 1 as β
/// falls. Rows do not depend on each other and are learned in parallel; the order of the columns is a fixed random one.
/// </summary>
internal sealed class LearnedRounding(LearnedRoundingOptions options) : IRoundingMethod
{
    /// <summary>Rows that share the reading of a column.</summary>
    private const int RowsAtOnce = 8;

    public sbyte[] Round(LayerProblem problem, CancellationToken cancellation)
    {
        sbyte[] codes = [.. problem.Nearest];
        if (problem.Shown.Length == 0) return codes;
        float[] bias = problem.BestBias(problem.Nearest);
        int[] order = Order(problem);
        int perGroup = (problem.RowsOfGroup + RowsAtOnce - 1) / RowsAtOnce;
        Parallel.For(0, problem.Layer.Groups * perGroup, new ParallelOptions { CancellationToken = cancellation }, chunk =>
        {
            int group = chunk / perGroup, first = (group * problem.RowsOfGroup) + (chunk % perGroup * RowsAtOnce);
            int rows = Math.Min(RowsAtOnce, ((group + 1) * problem.RowsOfGroup) - first);
            var learner = new RowLearner(problem, options, bias, group, first, rows);
            for (int step = 0; step < options.Steps; step++)
            {
                if (step % 16 == 0) cancellation.ThrowIfCancellationRequested();
                learner.Step(step, order.AsSpan(step * options.Batch, options.Batch));
            }
            learner.Write(codes);
        });
        return codes;
    }

    /// <summary>Random columns for all steps: each comes once before any comes twice.</summary>
    private int[] Order(LayerProblem problem)
    {
        var random = new Random(problem.Layer.Level);
        var order = new int[options.Steps * options.Batch];
        int[] shuffled = [.. problem.Shown];
        for (int i = 0; i < order.Length; i++)
        {
            if (i % shuffled.Length == 0) random.Shuffle(shuffled);
            order[i] = shuffled[i % shuffled.Length];
        }
        return order;
    }
}
