namespace Edge.Runtime.Operators.Resize;

/// <summary>How one axis is resized.</summary>
/// <param name="Input">Its size in the input.</param>
/// <param name="Output">Its size in the output.</param>
/// <param name="Scale">Output to input; given, or the ratio of the sizes.</param>
/// <param name="RoiStart">Where the region of interest begins, as a share of the axis.</param>
/// <param name="RoiEnd">Where it ends.</param>
internal readonly record struct ResizeAxis(int Input, int Output, float Scale, float RoiStart = 0, float RoiEnd = 1)
{
    /// <summary>The axis is taken over as it is, by every coordinate mode but the one that crops.</summary>
    public bool IsIdentity => Input == Output && Scale == 1;
}
