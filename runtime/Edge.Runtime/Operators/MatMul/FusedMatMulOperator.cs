using Edge.Kernels;
using Edge.Kernels.Dense;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Layout;
using Edge.Kernels.Threading;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Conv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.MatMul;

/// <summary>
/// com.microsoft FusedMatMul and TransposeMatMul: <c>alpha · A' · B'</c>, where <c>transA</c> exchanges the last two axes of A,
/// and <c>transBatchA</c>, before that, moves its first axis in front of its last; likewise B.
/// </summary>
internal sealed class FusedMatMulOperator(string opType) : Operator(opType, OperatorCatalog.Microsoft, 1)
{
    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32);
        c.RequireType(1, DataType.Float32);
        c.Attributes.Float("alpha", 1);
        c.Output(0, DataType.Float32, Read(c.Node, c.Shape(0), c.Shape(1), out _, out _).Output);
    }

    public override Executor Prepare(PrepareContext c)
    {
        var shape = Read(c.Node, c.Shape(0), c.Shape(1), out int[] left, out int[] right);
        float alpha = c.Attributes.Float("alpha", 1);
        if (shape.Macs == 0) return new EmptyProductExecutor(c);
        return new FusedMatMulExecutor(c, shape, left, right, alpha);
    }

    private static MatMulShape Read(Node node, Shape a, Shape b, out int[] left, out int[] right)
    {
        left = Permutation(node, a.Rank, "transA", "transBatchA");
        right = Permutation(node, b.Rank, "transB", "transBatchB");
        return MatMulShape.Read(node, Permuted(a, left), Permuted(b, right));
    }

    private static Shape Permuted(Shape shape, int[] permutation) => new(Array.ConvertAll(permutation, i => shape[i]));

    private static int[] Permutation(Node node, int rank, string transpose, string transposeBatch)
    {
        bool last = node.Attributes.Int(transpose, 0) != 0, first = node.Attributes.Int(transposeBatch, 0) != 0;
        int[] p = [.. Enumerable.Range(0, rank)];
        if (rank < 2) return p;
        if (first) p = [.. p.Skip(1).Take(rank - 2), 0, rank - 1];
        if (last) (p[^1], p[^2]) = (p[^2], p[^1]);
        return p;
    }

    private sealed unsafe class FusedMatMulExecutor : Executor
    {
        private readonly MatMulShape _shape;
        private readonly StridedCopy? _left;
        private readonly StridedCopy? _right;
        private readonly PreparedConvF32? _packed;
        private readonly MatMulBatch? _products;
        private readonly BinaryKernel? _scale;
        private readonly Broadcast? _plan;
        private readonly float _alpha;
        private readonly nint _leftBytes;
        private readonly nint _rightBytes;

        public FusedMatMulExecutor(PrepareContext c, MatMulShape shape, int[] left, int[] right, float alpha)
        {
            _shape = shape;
            _alpha = alpha;
            Shape a = c.Shape(0), b = c.Shape(1);
            if (IsMoved(left, a))
            {
                _left = StridedCopy.Transpose(a.Dims, left, sizeof(float));
                _leftBytes = Scratch.Align((nint)a.Count * sizeof(float));
            }

            if (shape.B.Length == 1 && c.Constant(1) is { } weights)
            {
                // Weights are packed from [n, k], that is with their last two axes exchanged once more.
                var columns = Tensor.Create<float>(new Shape(shape.N, shape.K));
                int[] exchanged = [.. right];
                if (exchanged.Length > 1) (exchanged[^1], exchanged[^2]) = (exchanged[^2], exchanged[^1]);
                StridedCopy.Transpose(b.Dims, exchanged, sizeof(float)).Run(weights.Data, columns.Data, WorkerPool.Inline);
                foreach (ref float w in columns.AsSpan<float>()) w *= alpha;
                _packed = c.Kernels.Dense.PrepareConvF32(ConvGeometry.MatMul(shape.M, shape.K, shape.N), columns.AsSpan<float>(), [], Activation.None, c.Packed);
                return;
            }

            bool transposed = b.Rank > 1 && right[^1] == b.Rank - 2 && right.Take(b.Rank - 2).SequenceEqual(Enumerable.Range(0, b.Rank - 2));
            if (!transposed && IsMoved(right, b))
            {
                _right = StridedCopy.Transpose(b.Dims, right, sizeof(float));
                _rightBytes = Scratch.Align((nint)b.Count * sizeof(float));
            }

            _products = new MatMulBatch(c.Kernels.Dense, c.Threads, shape.M, shape.K, shape.N, shape.A, shape.B, transposed);
            if (alpha == 1) return;
            _scale = c.Kernels.Elementwise.Binary(BinaryFunction.Mul, DataType.Float32);
            _plan = Broadcast.To(shape.Output, shape.Output, Shape.Scalar);
        }

        public override string Kernel => _packed?.KernelName ?? $"matmul_f32 (both sides at run time, {_shape.A.Length} products)";

        public override nint ScratchBytes => _leftBytes + _rightBytes + (_packed?.ScratchBytes ?? _products!.ScratchBytes);

        public override nint PackedBytes => _packed?.PackedBytes ?? 0;

        public override long Macs => _shape.Macs;

        public override bool Reads(int input) => _packed is null || input == 0;

        public override void Execute(in StepContext c)
        {
            byte* scratch = c.Scratch;
            float* a = Moved(_left, c.Input<float>(0), ref scratch, _leftBytes, c.Pool), y = c.Output<float>(0);
            if (_packed is not null)
            {
                _packed.Run(a, null, y, scratch, c.Pool);
                return;
            }

            float* b = Moved(_right, c.Input<float>(1), ref scratch, _rightBytes, c.Pool);
            _products!.Run(a, b, y, scratch, c.Pool);
            float alpha = _alpha;
            _scale?.Run(y, &alpha, y, _plan!, c.Pool);
        }

        public override void Dispose()
        {
            _packed?.Dispose();
            base.Dispose();
        }

        private static float* Moved(StridedCopy? move, float* x, ref byte* scratch, nint bytes, WorkerPool pool)
        {
            if (move is null) return x;
            byte* target = scratch;
            move.Run((byte*)x, target, pool);
            scratch += bytes;
            return (float*)target;
        }

        /// <summary>Whether any axis but those of 1 changes places.</summary>
        private static bool IsMoved(int[] permutation, Shape shape)
        {
            int[] moved = [.. permutation.Where(a => shape[a] != 1)];
            return !moved.AsSpan().SequenceEqual(moved.Order().ToArray());
        }
    }
}
