using Edge.Runtime.Operators.Conv;

namespace Edge.Runtime.Operators.MatMul;

/// <summary><c>Beta · C</c> as <c>[M,N]</c>: C itself, or spread and multiplied into scratch.</summary>
internal sealed unsafe class GemmAddend
{
    private readonly GemmShape _g;
    private readonly int _rowStride;
    private readonly int _columnStride;
    private readonly bool _direct;

    private GemmAddend(in GemmShape g, Tensors.Shape c)
    {
        _g = g;
        (_rowStride, _columnStride) = Strides(c);
        _direct = g.Beta == 1 && c.Count == g.M * g.N;
        ScratchBytes = _direct ? 0 : Scratch.Align((nint)g.M * g.N * sizeof(float));
    }

    public nint ScratchBytes { get; }

    /// <summary>Null where nothing is added.</summary>
    public static GemmAddend? Of(PrepareContext c, in GemmShape g) =>
        c.Has(GemmShape.C) && g.Beta != 0 ? new GemmAddend(g, c.Shape(GemmShape.C)) : null;

    /// <summary>How far rows and columns of the result are apart in a C of shape <paramref name="c"/>; 0 where they share its elements.</summary>
    public static (int Row, int Column) Strides(Tensors.Shape c) =>
        (c.Rank == 2 && c[0] > 1 ? c[1] : 0, c.Rank >= 1 && c[^1] > 1 ? 1 : 0);

    public float* Get(float* c, byte* scratch)
    {
        if (_direct) return c;
        var spread = (float*)scratch;
        for (int i = 0; i < _g.M; i++)
            for (int j = 0; j < _g.N; j++) spread[(nint)i * _g.N + j] = _g.Beta * c[(nint)i * _rowStride + j * _columnStride];
        return spread;
    }
}
