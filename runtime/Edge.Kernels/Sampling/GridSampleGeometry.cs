namespace Edge.Kernels.Sampling;

/// <summary>How a value between elements is made of its neighbours.</summary>
public enum SampleMode : byte
{
    /// <summary>The nearest element, ties to even coordinates.</summary>
    Nearest,

    /// <summary>Linear along each axis.</summary>
    Linear,

    /// <summary>Keys' cubic convolution with a = −0.75 along each axis (Keys 1981).</summary>
    Cubic,
}

/// <summary>What lies outside.</summary>
public enum SamplePadding : byte
{
    Zeros,

    /// <summary>The element at the edge.</summary>
    Border,

    /// <summary>The mirror image about the edge, as often as it takes.</summary>
    Reflection,
}

/// <summary>The shape of a GridSample.</summary>
/// <param name="Batch">Tensors, each with a grid of its own.</param>
/// <param name="Channels">Channels.</param>
/// <param name="Input">Spatial extents of the input, 1 to 3 axes, none empty.</param>
/// <param name="Pixels">Points of one grid.</param>
/// <param name="Mode">Interpolation.</param>
/// <param name="Padding">Extrapolation.</param>
/// <param name="AlignCorners">−1 and 1 are the centres of the outermost elements, instead of their outer edges.</param>
/// <param name="ChannelsLast">Input and output are <c>[Batch, spatial…, Channels]</c> instead of <c>[Batch, Channels, spatial…]</c>.</param>
public sealed record GridSampleGeometry(
    int Batch, int Channels, int[] Input, int Pixels, SampleMode Mode, SamplePadding Padding, bool AlignCorners, bool ChannelsLast);
