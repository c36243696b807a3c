using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Cast;
using Edge.Tensors;

namespace Edge.Runtime.Operators.RandomNumbers;

/// <summary>Bernoulli: 1 with the probability that the input gives, else 0. Every run draws the same numbers: <see cref="RandomStream"/>.</summary>
internal sealed class BernoulliOperator() : Operator("Bernoulli", "", 15, OperatorCatalog.LatestOpset)
{
    public override DataType ResultType(Node node, int output) => ReadType(node);

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32, DataType.Float64);
        RandomStream.Of(c.Node);
        var type = ReadType(c.Node);
        if (type.Size() == 0 || type == DataType.String) throw c.Error($"dtype {(long)type} is not supported; supported: numbers and bool");
        c.Output(0, type is DataType.Float16 or DataType.BFloat16 ? DataType.Float32 : type, c.Shape(0));
    }

    public override Executor Prepare(PrepareContext c) => new BernoulliExecutor(RandomStream.Of(c.Node), c.Type(0), c.OutputType(), c.Shape(0).Count);

    private static DataType ReadType(Node node) => (DataType)node.Attributes.Int("dtype", (long)(node.Input(0)?.Type ?? DataType.Undefined));
}

/// <summary>Bytes of 0 and 1, then their conversion.</summary>
internal sealed unsafe class BernoulliExecutor(RandomStream random, DataType from, DataType to, int count) : Executor
{
    public override string Kernel => "random_bernoulli";

    public override nint ScratchBytes => count;

    public override void Execute(in StepContext c)
    {
        byte* drawn = to.Size() == 1 ? c.Output<byte>(0) : c.Scratch;
        for (int i = 0; i < count; i++)
            drawn[i] = random.Uniform(i) < (from == DataType.Float32 ? c.Input<float>(0)[i] : c.Input<double>(0)[i]) ? (byte)1 : (byte)0;
        if (to.Size() > 1) ElementCast.Find(DataType.UInt8, to)(drawn, c.Output<byte>(0), count);
    }
}
