using Edge.Kernels.Normalization;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Normalization;

/// <summary>
/// GroupNormalization of <c>[N, C, …]</c>: each group of neighbouring channels is a set. Before opset 21 scale and bias belong
/// to groups, since then to channels.
/// </summary>
internal sealed class GroupNormalizationOperator() : Operator("GroupNormalization", "", 18, OperatorCatalog.LatestOpset)
{
    private const int ParametersByChannel = 21;

    public override void Infer(InferContext c)
    {
        for (int i = 0; i < 3; i++) c.RequireType(i, DataType.Float32);
        c.RequireRank(0, 2);
        c.Attributes.Float("epsilon", 1e-5f);
        if (c.Opset >= ParametersByChannel) c.RequireSinglePrecision();
        int channels = c.Shape(0)[1];
        long groups = c.Attributes.Int("num_groups");
        if (groups <= 0 || groups > Math.Max(1, channels) || channels % groups != 0) throw c.Error($"num_groups {groups} does not divide the {channels} channels of {c.Shape(0)}");
        long parameters = c.Opset >= ParametersByChannel ? channels : groups;
        for (int i = 1; i < 3; i++)
            if (c.Shape(i).Rank != 1 || c.Shape(i)[0] != parameters) throw c.Error($"input {i} has shape {c.Shape(i)}; it must be [{parameters}]");
        c.Output(0, DataType.Float32, c.Shape(0));
    }

    public override bool CanOverwrite(Node node, int input) => input == 0;

    public override Executor Prepare(PrepareContext c)
    {
        var x = c.Shape(0);
        int groups = (int)c.Attributes.Int("num_groups"), plane = x.Product(2, x.Rank);
        int length = x[1] / groups * plane;
        var layout = new RowLayout((nint)x[0] * groups, length, c.Node.Opset >= ParametersByChannel ? plane : length, groups);
        return new RowNormalizationExecutor(c.Kernels.Normalization.Rows, layout, centre: true, c.Attributes.Float("epsilon", 1e-5f), 1, 2);
    }
}
