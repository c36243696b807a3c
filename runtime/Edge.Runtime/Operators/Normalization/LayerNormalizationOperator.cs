using Edge.Kernels.Normalization;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Normalization;

/// <summary>
/// LayerNormalization, RMSNormalization and SimplifiedLayerNormalization: <c>(x − mean) / √(variance + epsilon) · scale + bias</c>
/// over the axes from <c>axis</c> on; the latter two without the mean, and without a bias.
/// </summary>
/// <remarks>
/// ONNX Runtime writes LayerNormalization (before opset 17, with the definition that 17 took over) and
/// SimplifiedLayerNormalization into the default domain of the models that it optimizes.
/// </remarks>
/// <param name="opType">The name in the model.</param>
/// <param name="minOpset">First version that is implemented.</param>
/// <param name="centre">Whether the mean is taken away.</param>
/// <param name="inverse">The output for one over the deviation; −1 where the operator has none.</param>
internal sealed class LayerNormalizationOperator(string opType, int minOpset, bool centre, int inverse) : Operator(opType, "", minOpset, OperatorCatalog.LatestOpset)
{
    private const int Scale = 1;
    private const int Bias = 2;
    private const int Mean = 1;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32);
        c.RequireRank(0, 1);
        var x = c.Shape(0);
        int axis = ReadAxis(c.Node, x.Rank);
        c.Attributes.Float("epsilon", 1e-5f);
        c.RequireSinglePrecision();
        int parameters = centre ? Bias : Scale;
        for (int i = Scale; i <= parameters; i++)
        {
            if (i == Bias && !c.Has(Bias)) continue;
            c.RequireType(i, DataType.Float32);
            RowParameter.Check(c, i, x, axis);
        }

        if (c.InputCount > parameters + 1) throw c.Error($"{c.InputCount} inputs are given; the operator takes {parameters + 1}");
        c.Output(0, DataType.Float32, x);
        var statistics = new Shape([.. Enumerable.Range(0, x.Rank).Select(i => i < axis ? x[i] : 1)]);
        for (int i = 1; i <= inverse; i++) c.Output(i, DataType.Float32, statistics);
        for (int i = Math.Max(1, inverse + 1); i < c.OutputCount; i++)
            if (c.Wants(i)) throw c.Error($"output {i} does not exist");
    }

    public override bool CanOverwrite(Node node, int input) => input == 0;

    /// <summary>The statistics stay as precise as they are computed. Without centring, the result has the type of the scale.</summary>
    public override DataType ResultType(Node node, int output) =>
        output > 0 ? DataType.Float32 : centre ? base.ResultType(node, output) : node.Input(Scale)?.Type ?? DataType.Float32;

    public override Executor Prepare(PrepareContext c)
    {
        var x = c.Shape(0);
        int axis = ReadAxis(c.Node, x.Rank);
        int rows = x.Product(0, axis);
        bool hasBias = centre && c.Has(Bias);
        bool full = RowParameter.VariesByRow(c.Shape(Scale), x, axis) || (hasBias && RowParameter.VariesByRow(c.Shape(Bias), x, axis));
        var layout = new RowLayout(rows, x.Product(axis, x.Rank), 1, full ? Math.Max(1, rows) : 1);
        return new RowNormalizationExecutor(c.Kernels.Normalization.Rows, layout, centre, c.Attributes.Float("epsilon", 1e-5f), -1, -1,
            new RowParameter(c, Scale, x, axis, full), hasBias ? new RowParameter(c, Bias, x, axis, full) : null)
        {
            Mean = centre && c.Wants(Mean) ? Mean : -1,
            InverseDeviation = inverse > 0 && c.Wants(inverse) ? inverse : -1,
        };
    }

    private static int ReadAxis(Node node, int rank) => node.Axis(node.Attributes.Int("axis", -1), rank);
}

/// <summary>What normalisations share.</summary>
internal static class NormalizationAttributes
{
    /// <summary>Fails if <c>stash_type</c> asks for another precision of the statistics than float32.</summary>
    public static void RequireSinglePrecision(this InferContext c)
    {
        long stash = c.Attributes.Int("stash_type", (long)DataType.Float32);
        if (stash != (long)DataType.Float32) throw c.Error($"stash_type {stash} is not supported; supported: 1 (float)");
    }
}
