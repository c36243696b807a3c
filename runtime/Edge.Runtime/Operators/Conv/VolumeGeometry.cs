using Edge.Kernels.Dense;

namespace Edge.Runtime.Operators.Conv;

/// <summary>The first of the three spatial axes of a convolution over volumes.</summary>
/// <param name="Input">Slices of the input.</param>
/// <param name="Output">Slices of the output.</param>
/// <param name="Kernel">Slices of the kernel before dilation.</param>
/// <param name="Stride">Input slices between output slices.</param>
/// <param name="Dilation">Input slices between kernel slices.</param>
/// <param name="Pad">Slices of padding in front.</param>
internal readonly record struct DepthAxis(int Input, int Output, int Kernel, int Stride, int Dilation, int Pad)
{
    /// <summary>That of pictures and signals.</summary>
    public static DepthAxis None => new(1, 1, 1, 1, 1, 0);
}

/// <summary>A convolution in up to three dimensions.</summary>
/// <param name="Plane">What it is over each slice: all of it in one and two dimensions.</param>
/// <param name="Depth">The axis of the slices.</param>
internal readonly record struct VolumeGeometry(ConvGeometry Plane, DepthAxis Depth)
{
    /// <summary>Whether <see cref="Plane"/> says everything.</summary>
    public bool IsFlat => Depth == DepthAxis.None;

    /// <summary>Sizes as one picture has them, for copies that do not care: a row for each slice.</summary>
    public ConvGeometry AsPicture => Plane with
    {
        InHeight = Depth.Input,
        InWidth = Plane.InHeight * Plane.InWidth,
        OutHeight = Depth.Output,
        OutWidth = Plane.OutHeight * Plane.OutWidth,
    };
}
