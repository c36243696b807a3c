using System.Runtime.CompilerServices;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Isa;

namespace Edge.Kernels.Recurrent;

/// <summary>The cell of a plain recurrent network, <c>h' = f(x + r + biases)</c>, the argument clipped. Immutable, free of locks.</summary>
public abstract unsafe class RnnCell
{
    public abstract string Name { get; }

    /// <summary>One step of one sequence.</summary>
    /// <param name="x"><c>[H]</c>: the input times its weights.</param>
    /// <param name="r"><c>[H]</c>: the hidden state times its weights.</param>
    /// <param name="bias"><c>[2H]</c>: those of x, then those of r; null for none.</param>
    /// <param name="h"><c>[H]</c>: receives the hidden state.</param>
    public abstract void Step(float* x, float* r, float* bias, float* h);
}

/// <summary>Lane by lane; the last vector of a row is loaded and stored in part.</summary>
internal sealed unsafe class RnnCell<F, V>(F f, float clip, int hidden, string name) : RnnCell
    where F : struct, IUnaryF32
    where V : unmanaged, IVectorF32<V>
{
    private readonly F _f = f;

    public override string Name { get; } = name;

    [MethodImpl(Compile.Alone)]
    public override void Step(float* x, float* r, float* bias, float* h)
    {
        for (int j = 0; j < hidden; j += V.Count)
        {
            int n = Math.Min(V.Count, hidden - j);
            V sum = Gate.Sum<V>(x + j, r + j, bias == null ? null : bias + j, bias + hidden + j, n);
            Gate.Store(_f.Apply(Gate.Clip(sum, clip)), h + j, n);
        }
    }
}
