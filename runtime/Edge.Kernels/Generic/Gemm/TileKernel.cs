using System.Runtime.CompilerServices;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>The code of one register tile: a compiled method, or machine code that was emitted.</summary>
internal readonly unsafe struct TileKernel
{
    /// <summary>
    /// Bytes of a row up to which a garbage collection may wait for emitted code: a few microseconds. Longer tiles, as those of
    /// a classifier with tens of thousands of inputs, let it go on.
    /// </summary>
    private const nint MaxQuietBytes = 4096;

    private readonly void* _code;
    private readonly bool _isEmitted;

    /// <summary>Of a compiled tile.</summary>
    private readonly int _rows;

    private TileKernel(void* code, bool isEmitted, int rows)
    {
        _code = code;
        _isEmitted = isEmitted;
        _rows = rows;
    }

    /// <summary>A method that computes one tile.</summary>
    public static TileKernel Compiled(delegate*<TileArguments*, void> method, int rows) => new(method, false, rows);

    /// <summary>Machine code that computes all tiles.</summary>
    /// <param name="address">By the platform's calling convention.</param>
    public static TileKernel Emitted(nint address) => new((void*)address, true, 0);

    /// <summary>Computes a tile and those that follow it. <paramref name="t"/> is left in an undefined state.</summary>
    public void Run(TileArguments* t)
    {
        if (!_isEmitted) RunCompiled(t);
        else if (t->Taps * (t->End - t->Start) * (t->FurtherTiles + 1) <= MaxQuietBytes) ((delegate* unmanaged[SuppressGCTransition]<TileArguments*, void>)_code)(t);
        else RunLong(t);
    }

    private void RunCompiled(TileArguments* t)
    {
        ((delegate*<TileArguments*, void>)_code)(t);
        for (; t->FurtherTiles > 0; t->FurtherTiles--)
        {
            t->Rows += t->Taps * _rows;
            t->Y += t->YStride * _rows;
            if (t->Residual != null) t->Residual += t->YStride * _rows;
            ((delegate*<TileArguments*, void>)_code)(t);
        }
    }

    // Apart, so that only long tiles pay for the transition.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RunLong(TileArguments* t) => ((delegate* unmanaged<TileArguments*, void>)_code)(t);
}
