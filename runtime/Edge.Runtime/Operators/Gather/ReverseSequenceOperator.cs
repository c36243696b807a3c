using Edge.Onnx;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Gather;

/// <summary>ReverseSequence: the first <c>sequence_lens[b]</c> steps of each sequence in reverse order, the rest as they are.</summary>
internal sealed class ReverseSequenceOperator() : Operator("ReverseSequence", "", 10, OperatorCatalog.LatestOpset)
{
    public override HalfRole Halves(Graph.Node node) => HalfRole.Moves;

    public override void Infer(InferContext c)
    {
        c.RequireFixedSize(0);
        c.RequireType(1, DataType.Int64);
        c.RequireRank(0, 2);
        long batch = c.Attributes.Int("batch_axis", 1), time = c.Attributes.Int("time_axis", 0);
        if ((batch, time) is not ((0, 1) or (1, 0))) throw c.Error($"batch_axis {batch} and time_axis {time} are not supported; supported: 0 and 1, or 1 and 0");
        if (c.Shape(1) != new Shape(c.Shape(0)[(int)batch])) throw c.Error($"sequence_lens {c.Shape(1)} must be [{c.Shape(0)[(int)batch]}]");
        c.Output(0, c.Type(0), c.Shape(0));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var x = c.Shape(0);
        bool timeFirst = c.Attributes.Int("time_axis", 0) == 0;
        return new ReverseSequenceExecutor(c.Node.Path, x[timeFirst ? 1 : 0], x[timeFirst ? 0 : 1], timeFirst, (nint)x.Product(2, x.Rank) * c.Type(0).Size());
    }
}

internal sealed unsafe class ReverseSequenceExecutor(string path, int batch, int steps, bool timeFirst, nint stepBytes) : Executor
{
    public override string Kernel => "reverse_sequence";

    public override void Execute(in StepContext c)
    {
        byte* x = c.Input<byte>(0), y = c.Output<byte>(0);
        nint step = timeFirst ? batch * stepBytes : stepBytes, sequence = timeFirst ? stepBytes : steps * stepBytes;
        for (int b = 0; b < batch; b++)
        {
            long length = c.Input<long>(1)[b];
            if (length < 0 || length > steps) throw new ModelException($"{path}: sequence {b} has length {length}; there are {steps} steps");
            for (int t = 0; t < steps; t++)
            {
                nint from = t < length ? (nint)length - 1 - t : t;
                Buffer.MemoryCopy(x + b * sequence + from * step, y + b * sequence + t * step, stepBytes, stepBytes);
            }
        }
    }
}
