namespace Edge.Kernels.Generic.Gemm;

/// <summary>The code of one register tile: a compiled method, or machine code that was emitted.</summary>
internal readonly unsafe struct TileKernel
{
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

    /// <summary>Computes a tile: some microseconds at most, so that a garbage collection may wait for emitted code.</summary>
    public void Run(TileArguments* t)
    {
        if (_isEmitted) ((delegate* unmanaged[SuppressGCTransition]<TileArguments*, void>)_code)(t);
        else ((delegate*<TileArguments*, void>)_code)(t);
    }
}
