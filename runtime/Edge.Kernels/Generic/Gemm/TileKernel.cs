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

    private TileKernel(void* code, bool isEmitted)
    {
        _code = code;
        _isEmitted = isEmitted;
    }

    public static TileKernel Compiled(delegate*<TileArguments*, void> method) => new(method, false);

    /// <param name="address">By the platform's calling convention.</param>
    public static TileKernel Emitted(nint address) => new((void*)address, true);

    /// <summary>Computes a tile.</summary>
    public void Run(TileArguments* t)
    {
        if (!_isEmitted) ((delegate*<TileArguments*, void>)_code)(t);
        else if (t->Taps * (t->End - t->Start) <= MaxQuietBytes) ((delegate* unmanaged[SuppressGCTransition]<TileArguments*, void>)_code)(t);
        else RunLong(t);
    }

    // Apart, so that only long tiles pay for the transition.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RunLong(TileArguments* t) => ((delegate* unmanaged<TileArguments*, void>)_code)(t);
}
