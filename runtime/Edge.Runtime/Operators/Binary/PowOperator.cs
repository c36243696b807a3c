using Edge.Kernels.Elementwise;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Binary;

/// <summary>Pow: the result has the type of the base, whatever that of the exponent (from opset 12 on they may differ).</summary>
internal sealed class PowOperator() : Operator("Pow", "", 7, OperatorCatalog.LatestOpset)
{
    private static readonly DataType[] s_bases = [DataType.Float32, DataType.Float64, DataType.Int32, DataType.Int64];

    private static readonly DataType[] s_exponents =
    [
        DataType.Float32, DataType.Float64, DataType.Int8, DataType.UInt8, DataType.Int16, DataType.UInt16, DataType.Int32,
        DataType.UInt32, DataType.Int64, DataType.UInt64,
    ];

    public override LayoutRole Layout => LayoutRole.Follows;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, s_bases);
        c.RequireType(1, c.Opset < 12 ? [c.Type(0)] : s_exponents);
        c.Output(0, c.Type(0), c.BroadcastShape(0, 2));
    }

    public override bool CanOverwrite(Node node, int input) => node.Inputs[0]!.Type == node.Inputs[1]!.Type && Elementwise.IsAlike(node, input);

    public override Executor Prepare(PrepareContext c)
    {
        var plan = Broadcast.To(c.OutputShape(), c.Shape(0), c.Shape(1));
        var type = c.Type(0);
        if (type == c.Type(1)) return new BinaryExecutor(c.Kernels.Elementwise.Binary(BinaryFunction.Pow, type)!, plan, type.Size(), type.Size());
        // float32 bases stay in float32; everything else that mixes types meets in float64.
        var common = type == DataType.Float32 ? DataType.Float32 : DataType.Float64;
        return new MixedPowExecutor(c.Kernels.Elementwise.Binary(BinaryFunction.Pow, common)!, plan, type, c.Type(1), common, c.Shape(0).Count, c.Shape(1).Count, c.OutputShape().Count);
    }
}

/// <summary>Converts base and exponent to a common type, raises, and converts back, toward zero and saturating.</summary>
internal sealed unsafe class MixedPowExecutor(
    BinaryKernel kernel, Broadcast plan, DataType left, DataType right, DataType common, int leftCount, int rightCount, int count) : Executor
{
    private const nint Align = 64;

    public override string Kernel => $"{kernel.Name}, converted";

    public override nint ScratchBytes => Bytes(leftCount) + Bytes(rightCount) + Bytes(count);

    public override void Execute(in StepContext c)
    {
        byte* a = c.Scratch, b = a + Bytes(leftCount), y = b + Bytes(rightCount);
        Convert(left, c.Input<byte>(0), common, a, leftCount);
        Convert(right, c.Input<byte>(1), common, b, rightCount);
        kernel.Run(a, b, y, plan, c.Pool);
        Convert(common, y, left, c.Output<byte>(0), count);
    }

    private nint Bytes(int elements) => ((nint)elements * common.Size() + Align - 1) / Align * Align;

    private static void Convert(DataType from, byte* x, DataType to, byte* y, int n)
    {
        for (int i = 0; i < n; i++)
        {
            double v = Read(from, x, i);
            switch (to)
            {
                case DataType.Float32: ((float*)y)[i] = (float)v; break;
                case DataType.Float64: ((double*)y)[i] = v; break;
                case DataType.Int32: ((int*)y)[i] = (int)v; break;
                default: ((long*)y)[i] = (long)v; break;
            }
        }
    }

    private static double Read(DataType type, byte* p, int i) => type switch
    {
        DataType.Float32 => ((float*)p)[i],
        DataType.Float64 => ((double*)p)[i],
        DataType.Int8 => ((sbyte*)p)[i],
        DataType.UInt8 => p[i],
        DataType.Int16 => ((short*)p)[i],
        DataType.UInt16 => ((ushort*)p)[i],
        DataType.Int32 => ((int*)p)[i],
        DataType.UInt32 => ((uint*)p)[i],
        DataType.Int64 => ((long*)p)[i],
        _ => ((ulong*)p)[i],
    };
}
