using Edge.Kernels.Quantize;
using Edge.Kernels.Threading;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Conv;
using Edge.Runtime.Operators.Quantization;
using Edge.Runtime.Operators.QuantizedProduct;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Recurrent;

/// <summary>Integer weights, known when the plan is built; the rows are quantized as one tensor at each product.</summary>
internal sealed unsafe class QuantizedProducts : WeightProducts
{
    private readonly FloatProduct[] _blocks;
    private readonly Tensor[] _scales;
    private readonly QuantizeKernels _quantize;
    private readonly int _k;
    private readonly nint _quantizedBytes;

    /// <param name="c">The node and the kernels.</param>
    /// <param name="input">The weights, <c>[directions, k, n]</c>.</param>
    /// <param name="scale">Their scales, one or n for each direction.</param>
    /// <param name="zeroPoint">Their zero points likewise, which may be left out.</param>
    /// <param name="rows">The most rows of a product.</param>
    /// <param name="together">All directions make one block, n columns each; else each is a block.</param>
    public QuantizedProducts(PrepareContext c, int input, int scale, int zeroPoint, int rows, bool together)
    {
        Tensor weights = c.Constant(input)!, scales = c.Constant(scale)!;
        var zeroPoints = c.Has(zeroPoint) ? c.Constant(zeroPoint) : null;
        int directions = weights.Shape[0], columns = weights.Shape[2], width = together ? directions : 1;
        _k = weights.Shape[1];
        _quantize = c.Kernels.Quantize;
        _quantizedBytes = Scratch.Align((nint)rows * _k + Tensor.Slack);
        _blocks = new FloatProduct[directions / width];
        _scales = new Tensor[_blocks.Length];
        for (int block = 0; block < _blocks.Length; block++)
        {
            var b = Tensor.Create(weights.Type, new Shape(_k, width * columns));
            for (int d = 0; d < width; d++)
                for (int k = 0; k < _k; k++)
                    weights.Bytes.Slice(((block + d) * _k + k) * columns, columns).CopyTo(b.Bytes[((k * width + d) * columns)..]);
            _scales[block] = Spread(scales, block, width, columns);
            _blocks[block] = new FloatProduct(FloatProduct.Node(c.Node,
                new Value("a") { Type = DataType.UInt8, Shape = new Shape(rows, _k) }, Known("b", b), new Value("a_zero_point") { Type = DataType.UInt8, Shape = Shape.Scalar },
                zeroPoints is null ? null : Known("b_zero_point", Spread(zeroPoints, block, width, columns))), c);
        }
    }

    public override nint PackedBytes => (nint)_blocks.Sum(b => b.PackedBytes);

    public override nint ScratchBytes(int rows) => _quantizedBytes + _blocks.Max(b => b.ScratchBytes);

    public override byte* Begin(in StepContext c, byte* memory) => null;

    /// <remarks>The product is of all rows that there may be; those beyond <paramref name="rows"/> have no meaning.</remarks>
    public override void Multiply(byte* weights, int block, int rows, float* a, float* y, byte* scratch, WorkerPool pool)
    {
        var (scale, zero) = DynamicQuantization.Quantize(_quantize, a, scratch, (nint)rows * _k, pool);
        var scales = _scales[block];
        _blocks[block].Run(scratch, null, &zero, null, scale, (float*)scales.Data, scales.Count, null, y, scratch + _quantizedBytes, pool);
        GC.KeepAlive(scales);
    }

    public override void Dispose()
    {
        foreach (var b in _blocks) b.Dispose();
    }

    private static Value Known(string name, Tensor tensor)
    {
        var value = new Value(name);
        value.SetConstant(tensor);
        return value;
    }

    /// <summary>One number for each column of a block.</summary>
    private static Tensor Spread(Tensor parameters, int block, int width, int columns)
    {
        var spread = Tensor.Create(parameters.Type, new Shape(width * columns));
        int size = parameters.Type.Size();
        bool perColumn = parameters.Shape.Rank == 2;
        for (int i = 0; i < width * columns; i++)
        {
            int from = perColumn ? block * columns + i : block + i / columns;
            parameters.Bytes.Slice(from * size, size).CopyTo(spread.Bytes[(i * size)..]);
        }

        return spread;
    }
}
