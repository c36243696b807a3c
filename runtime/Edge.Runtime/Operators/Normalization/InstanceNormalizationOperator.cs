using Edge.Kernels.Normalization;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Normalization;

/// <summary>InstanceNormalization of <c>[N, C, …]</c>: each channel of each picture is a set.</summary>
internal sealed class InstanceNormalizationOperator() : Operator("InstanceNormalization", "", 6, OperatorCatalog.LatestOpset)
{
    public override void Infer(InferContext c)
    {
        for (int i = 0; i < 3; i++) c.RequireType(i, DataType.Float32);
        c.RequireRank(0, 2);
        c.Attributes.Float("epsilon", 1e-5f);
        int channels = c.Shape(0)[1];
        for (int i = 1; i < 3; i++)
            if (c.Shape(i).Rank != 1 || c.Shape(i)[0] != channels) throw c.Error($"input {i} has shape {c.Shape(i)}; it must be [{channels}]");
        c.Output(0, DataType.Float32, c.Shape(0));
    }

    public override bool CanOverwrite(Node node, int input) => input == 0;

    public override Executor Prepare(PrepareContext c)
    {
        var x = c.Shape(0);
        int plane = x.Product(2, x.Rank);
        var layout = new RowLayout((nint)x[0] * x[1], plane, plane, Math.Max(1, x[1]));
        return new RowNormalizationExecutor(c.Kernels.Normalization.Rows, layout, centre: true, c.Attributes.Float("epsilon", 1e-5f), 1, 2);
    }
}
