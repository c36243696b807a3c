namespace Edge.Kernels.Generic.Winograd;

/// <summary>The ends of a convolution, which know its types: how tiles of the input become rows of planes, and products outputs.</summary>
internal unsafe interface IWinogradEnds
{
    /// <summary>Transforms the inputs of some tiles.</summary>
    /// <param name="layout">The convolution.</param>
    /// <param name="from">The first tile.</param>
    /// <param name="count">How many.</param>
    /// <param name="planes">Their first row of plane 0.</param>
    /// <param name="planeBytes">From plane to plane.</param>
    /// <param name="temporary"><see cref="WinogradKernels.TemporaryBytes"/> bytes, aligned to 64.</param>
    void Input(in WinogradLayout layout, int from, int count, byte* planes, nint planeBytes, byte* temporary);

    /// <summary>Transforms the products of some tiles with a panel of weights, and writes what becomes of them.</summary>
    /// <param name="layout">The convolution.</param>
    /// <param name="panel">The panel.</param>
    /// <param name="from">The first tile.</param>
    /// <param name="count">How many.</param>
    /// <param name="products">Their first row of plane 0; a row has as many numbers of four bytes as the panel has columns.</param>
    /// <param name="planeBytes">From plane to plane.</param>
    /// <param name="temporary">As for the input.</param>
    void Output(in WinogradLayout layout, int panel, int from, int count, byte* products, nint planeBytes, byte* temporary);
}
