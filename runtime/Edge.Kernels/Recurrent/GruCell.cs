using System.Runtime.CompilerServices;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Isa;

namespace Edge.Kernels.Recurrent;

/// <summary>
/// The cell of a GRU with H hidden units. Gates lie in ONNX's order z, r, h. Immutable, free of locks.
/// </summary>
/// <remarks>
/// <code>
/// z = f(x_z + h·R_z)    r = f(x_r + h·R_r)
/// g = g(x_h + (r·h)·R_h), or g(x_h + r·(h·R_h + b)) where the reset comes after the product
/// h' = (1 − z)·g + z·h
/// </code>
/// with the biases added and the arguments of f and g clipped.
/// </remarks>
public abstract unsafe class GruCell
{
    public abstract string Name { get; }

    /// <summary>One step of one sequence, the reset after the product.</summary>
    /// <param name="x"><c>[3H]</c>: the input times its weights.</param>
    /// <param name="r"><c>[3H]</c>: the hidden state times its weights.</param>
    /// <param name="bias"><c>[6H]</c>: those of x, then those of r; null for none.</param>
    /// <param name="h"><c>[H]</c>: the hidden state, replaced.</param>
    public abstract void Step(float* x, float* r, float* bias, float* h);

    /// <summary>The first half of a step, the reset before the product.</summary>
    /// <param name="x"><c>[3H]</c>, of which the first two thirds are read.</param>
    /// <param name="r"><c>[2H]</c>: the hidden state times the weights of z and r; receives z and r.</param>
    /// <param name="bias"><c>[6H]</c>; null for none.</param>
    /// <param name="h"><c>[H]</c>: the hidden state.</param>
    /// <param name="reset"><c>[H]</c>: receives r·h.</param>
    public abstract void Reset(float* x, float* r, float* bias, float* h, float* reset);

    /// <summary>The second half of such a step.</summary>
    /// <param name="x"><c>[3H]</c>, of which the last third is read.</param>
    /// <param name="z"><c>[H]</c>, as <see cref="Reset"/> left it.</param>
    /// <param name="r"><c>[H]</c>: the reset state times the weights of h.</param>
    /// <param name="bias"><c>[6H]</c>; null for none.</param>
    /// <param name="h"><c>[H]</c>: the hidden state, replaced.</param>
    public abstract void Finish(float* x, float* z, float* r, float* bias, float* h);
}

/// <summary>Lane by lane; the last vector of a row is loaded and stored in part.</summary>
internal sealed unsafe class GruCell<F, G, V>(F f, G g, float clip, int hidden, string name) : GruCell
    where F : struct, IUnaryF32
    where G : struct, IUnaryF32
    where V : unmanaged, IVectorF32<V>
{
    private readonly F _f = f;
    private readonly G _g = g;

    public override string Name { get; } = name;

    [MethodImpl(Compile.Alone)]
    public override void Step(float* x, float* r, float* bias, float* h)
    {
        float* wb = bias, rb = bias == null ? null : bias + 3 * hidden;
        for (int j = 0; j < hidden; j += V.Count)
        {
            int n = Math.Min(V.Count, hidden - j), last = 2 * hidden + j;
            V update = Gated(x, r, wb, rb, j, n);
            V reset = Gated(x, r, wb, rb, hidden + j, n);
            V state = Gate.Load<V>(r + last, n);
            if (bias != null) state += Gate.Load<V>(rb + last, n);
            V sum = Gate.Load<V>(x + last, n) + reset * state;
            if (bias != null) sum += Gate.Load<V>(wb + last, n);
            Blend(update, _g.Apply(Gate.Clip(sum, clip)), h + j, n);
        }
    }

    [MethodImpl(Compile.Alone)]
    public override void Reset(float* x, float* r, float* bias, float* h, float* reset)
    {
        float* wb = bias, rb = bias == null ? null : bias + 3 * hidden;
        for (int j = 0; j < hidden; j += V.Count)
        {
            int n = Math.Min(V.Count, hidden - j);
            Gate.Store(Gated(x, r, wb, rb, j, n), r + j, n);
            Gate.Store(Gated(x, r, wb, rb, hidden + j, n) * Gate.Load<V>(h + j, n), reset + j, n);
        }
    }

    [MethodImpl(Compile.Alone)]
    public override void Finish(float* x, float* z, float* r, float* bias, float* h)
    {
        float* wb = bias == null ? null : bias + 2 * hidden, rb = bias == null ? null : bias + 5 * hidden;
        for (int j = 0; j < hidden; j += V.Count)
        {
            int n = Math.Min(V.Count, hidden - j);
            V sum = Gate.Sum<V>(x + 2 * hidden + j, r + j, wb == null ? null : wb + j, rb + j, n);
            Blend(Gate.Load<V>(z + j, n), _g.Apply(Gate.Clip(sum, clip)), h + j, n);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private V Gated(float* x, float* r, float* wb, float* rb, int at, int n) =>
        _f.Apply(Gate.Clip(Gate.Sum<V>(x + at, r + at, wb == null ? null : wb + at, rb + at, n), clip));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Blend(V update, V candidate, float* h, int n) =>
        Gate.Store((V.Splat(1) - update) * candidate + update * Gate.Load<V>(h, n), h, n);
}
