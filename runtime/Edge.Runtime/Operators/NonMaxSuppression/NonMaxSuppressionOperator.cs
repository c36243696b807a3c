using Edge.Tensors;

namespace Edge.Runtime.Operators.NonMaxSuppression;

/// <summary>
/// NonMaxSuppression: boxes <c>[N, boxes, 4]</c>, scores <c>[N, classes, boxes]</c>; of each class the boxes of highest score
/// that overlap none chosen before, as rows <c>(picture, class, box)</c>.
/// </summary>
internal sealed class NonMaxSuppressionOperator() : Operator("NonMaxSuppression", "", 10, OperatorCatalog.LatestOpset)
{
    public const int MaxBoxes = 2, IouThreshold = 3, ScoreThreshold = 4;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32);
        c.RequireType(1, DataType.Float32);
        c.RequireRank(0, 3, 3);
        c.RequireRank(1, 3, 3);
        var boxes = c.Shape(0);
        var scores = c.Shape(1);
        if (boxes[2] != 4 || scores[0] != boxes[0] || scores[2] != boxes[1]) throw c.Error($"boxes {boxes} and scores {scores} must be [N,boxes,4] and [N,classes,boxes]");
        if (c.Has(MaxBoxes)) c.RequireType(MaxBoxes, DataType.Int64);
        foreach (int threshold in (ReadOnlySpan<int>)[IouThreshold, ScoreThreshold])
            if (c.Has(threshold)) c.RequireType(threshold, DataType.Float32);
        for (int i = MaxBoxes; i <= ScoreThreshold; i++)
            if (c.Has(i) && c.Shape(i).Count != 1) throw c.Error($"input {i} has shape {c.Shape(i)}; it must be one number");
        long center = c.Attributes.Int("center_point_box", 0);
        if (center is not (0 or 1)) throw c.Error($"center_point_box {center} is not supported; supported: 0 and 1");
        c.DataDependent(0, DataType.Int64);
    }

    public override Executor Prepare(PrepareContext c) => new NonMaxSuppressionExecutor(c);
}
