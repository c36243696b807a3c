namespace Edge.Kernels.Generic.Winograd;

/// <summary>What of the input a tile sees: (m + 2)² pixels, of which those outside of rows and columns are padding.</summary>
/// <param name="Pixel">Index of the first one, or what it would be if it is padding.</param>
/// <param name="FirstRow">Rows <c>[FirstRow, UntilRow)</c> lie inside the input.</param>
/// <param name="UntilRow">See there.</param>
/// <param name="FirstColumn">The same for columns.</param>
/// <param name="UntilColumn">See there.</param>
internal readonly record struct WinogradWindow(nint Pixel, int FirstRow, int UntilRow, int FirstColumn, int UntilColumn)
{
    /// <summary>Whether none of <paramref name="side"/>² pixels is padding.</summary>
    public bool IsWhole(int side) => FirstRow == 0 && UntilRow == side && FirstColumn == 0 && UntilColumn == side;
}
