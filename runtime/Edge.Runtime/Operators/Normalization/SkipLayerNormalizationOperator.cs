using Edge.Kernels.Normalization;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Normalization;

/// <summary>
/// com.microsoft SkipLayerNormalization and SkipSimplifiedLayerNormalization: the sum of input, skip and bias, normalised
/// along the last axis; without the mean, and without beta, if simplified. Output 3 is the sum itself.
/// </summary>
internal sealed class SkipLayerNormalizationOperator(string opType, bool centre) : Operator(opType, OperatorCatalog.Microsoft, 1)
{
    private const int Skip = 1;
    private const int Gamma = 2;
    private const int Sum = 3;

    private readonly int _beta = centre ? 3 : -1;
    private readonly int _bias = centre ? 4 : 3;

    public override void Infer(InferContext c)
    {
        c.RequireRank(0, 2, 3);
        c.RequireType(0, DataType.Float32);
        c.RequireType(Skip, DataType.Float32);
        var x = c.Shape(0);
        var skip = c.Shape(Skip);
        bool repeats = skip.Rank == 2 && x.Rank == 3 || skip.Rank == 3 && x.Rank == 3 && skip[0] == 1;
        if (skip != x && !(repeats && skip[^1] == x[^1] && skip[^2] == x[^2])) throw c.Error($"skip {skip} does not fit input {x}");
        c.Attributes.Float("epsilon", 1e-12f);
        for (int i = Gamma; i <= _bias; i++)
        {
            if (i > Gamma && !c.Has(i)) continue;
            c.RequireType(i, DataType.Float32);
            if (c.Shape(i).Count != x[^1]) throw c.Error($"input {i} has shape {c.Shape(i)}; it must be [{x[^1]}]");
        }

        for (int i = 1; i < Sum; i++)
            if (c.Wants(i)) throw c.Error($"output {i} (a statistic for training) is not supported; supported: 0 and {Sum}");
        c.Output(0, DataType.Float32, x);
        c.Output(Sum, DataType.Float32, x);
    }

    public override Executor Prepare(PrepareContext c)
    {
        var x = c.Shape(0);
        var layout = new RowLayout(x.Product(0, x.Rank - 1), x[^1], 1, 1);
        var skip = c.Shape(Skip);
        return new SkipLayerNormalizationExecutor(c.Kernels.Normalization.Rows, layout, centre, c.Attributes.Float("epsilon", 1e-12f),
            skip.Product(0, skip.Rank - 1), _beta >= 0 && c.Has(_beta) ? _beta : -1, c.Has(_bias) ? _bias : -1, c.Wants(Sum));
    }

    private sealed unsafe class SkipLayerNormalizationExecutor(
        RowNormalization kernel, RowLayout layout, bool centre, double epsilon, int skipRows, int beta, int bias, bool sum) : Executor
    {
        public override string Kernel => kernel.Name;

        public override void Execute(in StepContext c)
        {
            var operands = new RowOperands { X = c.Input<float>(0), Skip = c.Input<float>(Skip), SkipRows = skipRows, Scale = c.Input<float>(Gamma), Y = c.Output<float>(0) };
            if (beta >= 0) operands.Bias = c.Input<float>(beta);
            if (bias >= 0) operands.SkipBias = c.Input<float>(bias);
            if (sum) operands.Sum = c.Output<float>(Sum);
            kernel.Run(layout, centre, epsilon, operands, c.Pool);
        }
    }
}
