using System.Runtime.CompilerServices;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Isa;

namespace Edge.Kernels.Recurrent;

/// <summary>
/// The cell of an LSTM with H hidden units. Gates lie in ONNX's order i, o, f, c. Immutable, free of locks.
/// </summary>
/// <remarks>
/// <code>
/// i = f(x_i + r_i + P_i·c)       f = f(x_f + r_f + P_f·c), or 1 − i where they are coupled
/// g = g(x_c + r_c)               c' = f·c + i·g
/// o = f(x_o + r_o + P_o·c')      h' = o·h(c')
/// </code>
/// with the biases added and the arguments of gates clipped; that of h is not.
/// </remarks>
public abstract unsafe class LstmCell
{
    public abstract string Name { get; }

    /// <summary>One step of one sequence.</summary>
    /// <param name="x"><c>[4H]</c>: the input times its weights.</param>
    /// <param name="r"><c>[4H]</c>: the hidden state times its weights.</param>
    /// <param name="bias"><c>[8H]</c>: those of x, then those of r; null for none.</param>
    /// <param name="peephole"><c>[3H]</c> in the order i, o, f; null for none.</param>
    /// <param name="c"><c>[H]</c>: the cell state, replaced.</param>
    /// <param name="h"><c>[H]</c>: receives the hidden state.</param>
    public abstract void Step(float* x, float* r, float* bias, float* peephole, float* c, float* h);
}

/// <summary>Lane by lane; the last vector of a row is loaded and stored in part.</summary>
internal sealed unsafe class LstmCell<F, G, H, V>(F f, G g, H h, float clip, bool coupled, int hidden, string name) : LstmCell
    where F : struct, IUnaryF32
    where G : struct, IUnaryF32
    where H : struct, IUnaryF32
    where V : unmanaged, IVectorF32<V>
{
    private readonly F _f = f;
    private readonly G _g = g;
    private readonly H _h = h;

    public override string Name { get; } = name;

    public override void Step(float* x, float* r, float* bias, float* peephole, float* c, float* h)
    {
        Cell(x, r, bias, peephole, c);
        Output(x + hidden, r + hidden, bias == null ? null : bias + hidden, peephole == null ? null : peephole + hidden, c, h);
    }

    /// <summary>The new cell state. It and the output have a method each, for the compiler inlines only so much into one.</summary>
    [MethodImpl(Compile.Alone)]
    private void Cell(float* x, float* r, float* bias, float* peephole, float* c)
    {
        float* rb = bias == null ? null : bias + 4 * hidden;
        for (int j = 0; j < hidden; j += V.Count)
        {
            int n = Math.Min(V.Count, hidden - j), f = 2 * hidden + j, g = 3 * hidden + j;
            V before = Gate.Load<V>(c + j, n);
            V input = _f.Apply(Argument(x, r, bias, rb, j, peephole, before, n));
            V forget = coupled ? V.Splat(1) - input : _f.Apply(Argument(x, r, bias, rb, f, peephole, before, n));
            V candidate = _g.Apply(Argument(x, r, bias, rb, g, null, before, n));
            Gate.Store(forget * before + input * candidate, c + j, n);
        }
    }

    /// <summary>The new hidden state, of what the output gate has of each row.</summary>
    [MethodImpl(Compile.Alone)]
    private void Output(float* x, float* r, float* bias, float* peephole, float* c, float* h)
    {
        float* rb = bias == null ? null : bias + 4 * hidden;
        for (int j = 0; j < hidden; j += V.Count)
        {
            int n = Math.Min(V.Count, hidden - j);
            V cell = Gate.Load<V>(c + j, n);
            V output = _f.Apply(Argument(x, r, bias, rb, j, peephole, cell, n));
            Gate.Store(output * _h.Apply(cell), h + j, n);
        }
    }

    /// <summary>The argument of a gate; i, o and f lie where their peepholes do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private V Argument(float* x, float* r, float* wb, float* rb, int at, float* peephole, V cell, int n)
    {
        V sum = Gate.Sum<V>(x + at, r + at, wb == null ? null : wb + at, rb + at, n);
        if (peephole != null) sum += Gate.Load<V>(peephole + at, n) * cell;
        return Gate.Clip(sum, clip);
    }
}
