using Edge.Tensors;

namespace Edge.Runtime.Operators.Recurrent;

/// <summary>LSTM, GRU and RNN of float32 in any direction, layout and with sequences of unequal length.</summary>
/// <param name="opType">The name.</param>
/// <param name="gates">Rows of W for each hidden unit.</param>
/// <param name="inputs">Inputs that the operator may have.</param>
/// <param name="outputs">Outputs that it may have.</param>
internal abstract class RecurrentOperator(string opType, int gates, int inputs, int outputs) : Operator(opType, "", 7, OperatorCatalog.LatestOpset)
{
    public override bool MayLeaveOutFirst => true;

    public override void Infer(InferContext c)
    {
        if (c.InputCount > inputs || c.OutputCount > outputs)
            throw c.Error($"{c.InputCount} inputs and {c.OutputCount} outputs are given; the operator takes {inputs} and {outputs}");
        for (int i = 0; i < c.InputCount; i++)
            if (c.Has(i)) c.RequireType(i, i == RecurrentNode.SequenceLens ? DataType.Int32 : DataType.Float32);
        var node = RecurrentNode.Read(c.Node, gates);
        Validate(c, node);
        c.Output(0, DataType.Float32, node.Shape.Output);
        c.Output(1, DataType.Float32, node.Shape.State);
        c.Output(2, DataType.Float32, node.Shape.State);
    }

    public override Executor Prepare(PrepareContext c)
    {
        var node = RecurrentNode.Read(c.Node, gates);
        var s = node.Shape;
        return new RecurrentExecutor(c, node, new PackedProducts(c, RecurrentNode.W, s.Input, s.Directions * gates * s.Hidden), Cell(c, node));
    }

    /// <summary>Reads and validates what the operator has beyond the others.</summary>
    protected abstract void Validate(InferContext c, in RecurrentNode node);

    protected abstract RecurrentCell Cell(PrepareContext c, in RecurrentNode node);
}
