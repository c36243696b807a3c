using Edge.Kernels;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Threading;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Scores;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Linear;

/// <summary>
/// The kernel function of a support vector machine between each row of features and each support vector: <c>x·v</c>,
/// <c>(γ x·v + c)^d</c>, <c>e^(−γ|x − v|²)</c> or <c>tanh(γ x·v + c)</c>.
/// </summary>
internal sealed unsafe class SvmKernel : IDisposable
{
    private static readonly string[] s_types = ["LINEAR", "POLY", "RBF", "SIGMOID"];

    private readonly FeatureRows _x;
    private readonly string _type;
    private readonly float _gamma, _offset, _degree;
    private readonly DenseRows? _product;
    private readonly float[] _vectors;
    private readonly int _count;
    private readonly UnaryKernel? _function;
    private readonly BinaryKernel? _power;
    private readonly Broadcast? _plan;

    /// <param name="node">With the attributes <c>kernel_type</c> and <c>kernel_params</c>.</param>
    /// <param name="kernels">Where products and functions come from.</param>
    /// <param name="x">The features.</param>
    /// <param name="vectors"><c>[count, columns]</c>.</param>
    /// <param name="count">Support vectors, or classes of a linear machine.</param>
    public SvmKernel(Node node, KernelSet kernels, FeatureRows x, float[] vectors, int count)
        : this(kernels, x, vectors, count, Read(node))
    {
    }

    private SvmKernel(KernelSet kernels, FeatureRows x, float[] vectors, int count, (string Type, float Gamma, float Offset, float Degree) function)
    {
        _x = x;
        _count = count;
        _vectors = vectors;
        (_type, _gamma, _offset, _degree) = function;
        if (_type is "RBF" or "SIGMOID") _function = kernels.Elementwise.Unary(_type == "RBF" ? UnaryFunction.Exp : UnaryFunction.Tanh, DataType.Float32);
        if (_type == "POLY") _power = kernels.Elementwise.Binary(BinaryFunction.Pow, DataType.Float32);
        if (_type == "POLY") _plan = Broadcast.To(new Shape(x.Rows, count), new Shape(x.Rows, count), Shape.Scalar);
        if (_type != "RBF") _product = new DenseRows(kernels, x, vectors, []);
    }

    public string Name => $"svm_{_type.ToLowerInvariant()}";

    public long Macs => (long)_x.Rows * _vectors.Length;

    public nint PackedBytes => _product?.PackedBytes ?? 0;

    public nint ScratchBytes => _product?.ScratchBytes ?? _x.ScratchBytes;

    /// <summary>Machines without support vectors are linear, whatever kernel they name: then <paramref name="weights"/> are those of features.</summary>
    public static SvmKernel Linear(KernelSet kernels, FeatureRows x, float[] weights, int outputs) => new(kernels, x, weights, outputs, ("LINEAR", 0, 0, 0));

    /// <summary>The function's name and parameters.</summary>
    /// <exception cref="Onnx.ModelException">There is no such function, or parameters are missing.</exception>
    public static (string Type, float Gamma, float Offset, float Degree) Read(Node node)
    {
        string type = node.Attributes.String("kernel_type", "LINEAR");
        float[] p = node.Attributes.Floats("kernel_params") ?? [];
        if (!s_types.Contains(type)) throw node.Error($"kernel_type '{type}' is not supported; supported: {string.Join(", ", s_types)}");
        if (type != "LINEAR" && p.Length != 3) throw node.Error($"kernel_params holds {p.Length} numbers; gamma, coef0 and degree are needed");
        return p.Length == 3 ? (type, p[0], p[1], p[2]) : (type, 0, 0, 0);
    }

    /// <param name="x">As the model has them.</param>
    /// <param name="y"><c>[rows, count]</c>.</param>
    /// <param name="scratch"><see cref="ScratchBytes"/> bytes.</param>
    /// <param name="pool">The threads to use.</param>
    public void Run(void* x, float* y, byte* scratch, WorkerPool pool)
    {
        nint n = (nint)_x.Rows * _count;
        if (_product is null)
        {
            var job = new Distances { Kernel = this, X = (float*)_x.Get(x, scratch), Y = y };
            pool.Run(ref job, _x.Rows);
            _function!.Run(y, y, n, pool);
            return;
        }

        _product.Run(x, y, scratch, pool);
        if (_type == "LINEAR") return;
        for (nint i = 0; i < n; i++) y[i] = _gamma * y[i] + _offset;
        float degree = _degree;
        _function?.Run(y, y, n, pool);
        _power?.Run(y, &degree, y, _plan!, pool);
    }

    public void Dispose() => _product?.Dispose();

    /// <summary>One chunk is one row: −γ times the squared distance to each vector, the features in their order.</summary>
    private struct Distances : IParallelJob
    {
        public SvmKernel Kernel;
        public float* X;
        public float* Y;

        public readonly void Execute(int chunk)
        {
            int columns = Kernel._x.Columns;
            float* row = X + (nint)chunk * columns, y = Y + (nint)chunk * Kernel._count;
            fixed (float* vectors = Kernel._vectors)
            {
                for (int v = 0; v < Kernel._count; v++)
                {
                    float* vector = vectors + (nint)v * columns;
                    float sum = 0;
                    for (int i = 0; i < columns; i++)
                    {
                        float d = row[i] - vector[i];
                        sum += d * d;
                    }

                    y[v] = -Kernel._gamma * sum;
                }
            }
        }
    }
}
