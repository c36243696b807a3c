using Edge.Kernels;
using Edge.Kernels.Quantize;
using Edge.Kernels.Threading;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Conv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.QuantizedProduct;

/// <summary>
/// The product of 8-bit matrices as float32: <c>y = ((A − a_zero) · (B − b_zero)) · (a_scale · b_scale) + bias</c>. The integers are
/// MatMulInteger's, so that weights which are known are packed when the plan is built.
/// </summary>
internal sealed unsafe class FloatProduct : IDisposable
{
    private readonly Executor _product;
    private readonly QuantizeKernels _quantize;
    private readonly nint _rows;
    private readonly int _columns;

    /// <param name="product">What <see cref="Node"/> made.</param>
    /// <param name="c">The node that the product is part of.</param>
    public FloatProduct(Node product, PrepareContext c)
    {
        var shape = product.Outputs[0]!.Shape!.Value;
        _columns = product.Inputs[1]!.Shape!.Value.Rank == 1 ? 1 : shape[^1];
        _rows = _columns == 0 ? 0 : shape.Count / _columns;
        _quantize = c.Kernels.Quantize;
        _product = s_integer.Prepare(new PrepareContext(product, c.Kernels, c.Threads, c.Packed));
    }

    private static readonly Operator s_integer = OperatorCatalog.Find("", "MatMulInteger")!;

    public string Kernel => _product.Kernel;

    public nint ScratchBytes => ScaleBytes + _product.ScratchBytes;

    public nint PackedBytes => _product.PackedBytes;

    public long Macs => _product.Macs;

    private nint ScaleBytes => Scratch.Align(_columns * sizeof(float));

    /// <summary>The integer product that belongs to a node; its output has the shape of the node's.</summary>
    /// <param name="node">The node; nothing of it is changed.</param>
    /// <param name="a">Type and shape of A.</param>
    /// <param name="b">B.</param>
    /// <param name="aZeroPoint">Null for 0.</param>
    /// <param name="bZeroPoint">Null for 0.</param>
    /// <exception cref="Onnx.ModelException">Types or shapes do not fit.</exception>
    public static Node Node(Node node, Value a, Value b, Value? aZeroPoint, Value? bZeroPoint)
    {
        var product = new Node("", node.OpType, OperatorCatalog.LatestOpset, node.Name, [Copy(a), Copy(b), Copy(aZeroPoint), Copy(bZeroPoint)], [new Value(node.Name)]);
        s_integer.Infer(new InferContext(product));
        return product;
    }

    /// <summary>Fails unless b_scale is one number, or one for each column, and the bias one for each column.</summary>
    public static void Validate(InferContext c, Node product, int bScale, int bias)
    {
        var b = product.Inputs[1]!.Shape!.Value;
        int columns = b.Rank == 1 ? 1 : b[^1];
        c.RequireType(bScale, DataType.Float32);
        if (c.Shape(bScale).Count != 1 && c.Shape(bScale) != new Shape(columns))
            throw c.Error($"b_scale of shape {c.Shape(bScale)} is not supported; supported: one number, or one for each of {columns} columns");
        if (!c.Has(bias)) return;
        c.RequireType(bias, DataType.Float32);
        if (c.Shape(bias) != new Shape(columns)) throw c.Error($"bias {c.Shape(bias)} must be [{columns}]");
    }

    /// <param name="a">A.</param>
    /// <param name="b">B.</param>
    /// <param name="aZeroPoint">As the node has it.</param>
    /// <param name="bZeroPoint">As the node has it.</param>
    /// <param name="aScale">Scale of A.</param>
    /// <param name="bScale">Scales of B.</param>
    /// <param name="bScales">1, or a scale for each column.</param>
    /// <param name="bias">One for each column; null for none.</param>
    /// <param name="y">The result; overlaps no operand.</param>
    /// <param name="scratch"><see cref="ScratchBytes"/> bytes.</param>
    /// <param name="pool">The threads to use.</param>
    public void Run(byte* a, byte* b, byte* aZeroPoint, byte* bZeroPoint, float aScale, float* bScale, int bScales, float* bias, float* y, byte* scratch, WorkerPool pool)
    {
        void** inputs = stackalloc void*[] { a, b, aZeroPoint, bZeroPoint };
        void** outputs = stackalloc void*[] { y };
        _product.Execute(new StepContext(new PointerTable(inputs, 4), new PointerTable(outputs, 1), scratch + ScaleBytes, pool, null));
        var scale = (float*)scratch;
        for (int n = 0; n < _columns; n++) scale[n] = aScale * bScale[bScales == 1 ? 0 : n];
        _quantize.ScaleAccumulators((int*)y, y, _rows, _columns, scale, bias, float.NegativeInfinity, float.PositiveInfinity, pool);
    }

    public void Dispose() => _product.Dispose();

    private static Value? Copy(Value? value)
    {
        if (value is null) return null;
        var copy = new Value(value.Name) { Type = value.Type, Shape = value.Shape };
        if (value.Constant is { } constant) copy.SetConstant(constant);
        return copy;
    }
}
