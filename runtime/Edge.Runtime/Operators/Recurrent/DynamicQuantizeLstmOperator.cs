using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Recurrent;

/// <summary>
/// DynamicQuantizeLSTM of com.microsoft: an LSTM whose W <c>[directions, input, 4·hidden]</c> and R <c>[directions, hidden, 4·hidden]</c> are
/// integers with a scale and zero point for each direction, or each column of it. All inputs, and at each step all hidden
/// states of a direction, are quantized to uint8 as one tensor. The weights must be known when the plan is built.
/// </summary>
internal sealed class DynamicQuantizeLstmOperator() : Operator("DynamicQuantizeLSTM", OperatorCatalog.Microsoft)
{
    private const int Gates = 4, WScale = 8, WZeroPoint = 9, RScale = 10, RZeroPoint = 11;

    public override void Infer(InferContext c)
    {
        for (int i = 0; i <= WScale - 1; i++)
            if (c.Has(i) && i is not (RecurrentNode.W or RecurrentNode.R)) c.RequireType(i, i == RecurrentNode.SequenceLens ? DataType.Int32 : DataType.Float32);
        var node = RecurrentNode.Read(c.Node, Gates, transposed: true);
        LstmOperator.Validate(c.Node, node);
        RequireWeights(c, RecurrentNode.W, WScale, WZeroPoint, node.Shape);
        RequireWeights(c, RecurrentNode.R, RScale, RZeroPoint, node.Shape);
        c.Output(0, DataType.Float32, node.Shape.Output);
        c.Output(1, DataType.Float32, node.Shape.State);
        c.Output(2, DataType.Float32, node.Shape.State);
    }

    public override Executor Prepare(PrepareContext c)
    {
        var node = RecurrentNode.Read(c.Node, Gates, transposed: true);
        var s = node.Shape;
        var w = new QuantizedProducts(c, RecurrentNode.W, WScale, WZeroPoint, s.Steps * s.Batch, together: true);
        var r = new QuantizedProducts(c, RecurrentNode.R, RScale, RZeroPoint, s.Batch, together: false);
        return new RecurrentExecutor(c, node, w, new LstmSteps(LstmOperator.Kernels(c, node), r, s.Hidden), together: true);
    }

    private static void RequireWeights(InferContext c, int weights, int scale, int zeroPoint, in RecurrentShape s)
    {
        c.RequireType(weights, DataType.UInt8, DataType.Int8);
        c.RequireType(scale, DataType.Float32);
        if (c.Has(zeroPoint)) c.RequireType(zeroPoint, c.Type(weights));
        foreach (int input in (ReadOnlySpan<int>)[weights, scale, zeroPoint])
            if (c.Has(input) && c.Constant(input) is null) throw c.Error($"input {input} must be a constant");
        foreach (int input in (ReadOnlySpan<int>)[scale, zeroPoint])
            if (c.Has(input) && c.Shape(input) != new Shape(s.Directions) && c.Shape(input) != new Shape(s.Directions, Gates * s.Hidden))
                throw c.Error($"input {input} of shape {c.Shape(input)} does not fit; it must be [{s.Directions}] or [{s.Directions},{Gates * s.Hidden}]");
    }
}
