namespace Edge.Kernels.Sampling;

/// <summary>What RoiAlign makes of a picture <c>[Channels, Height, Width]</c>, neither extent empty.</summary>
/// <param name="Channels">Channels.</param>
/// <param name="Height">Rows of the input.</param>
/// <param name="Width">Columns of the input.</param>
/// <param name="OutHeight">Rows of bins.</param>
/// <param name="OutWidth">Columns of bins.</param>
/// <param name="SamplingRatio">Samples along each side of a bin, at most 1024; 0: one for each started element.</param>
/// <param name="Scale">From the coordinates of regions to those of the input.</param>
/// <param name="HalfPixel">Coordinates are of edges, not of centres; else regions are at least one element wide and high.</param>
/// <param name="Max">The greatest weighted neighbour of any sample, instead of the samples' mean.</param>
/// <param name="ChannelsLast">Pictures and results have their channels last.</param>
public sealed record RoiAlignGeometry(
    int Channels, int Height, int Width, int OutHeight, int OutWidth, int SamplingRatio, float Scale, bool HalfPixel, bool Max, bool ChannelsLast);
