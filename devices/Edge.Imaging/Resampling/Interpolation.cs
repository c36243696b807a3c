namespace Edge.Imaging.Resampling;

/// <summary>
/// How pixels are computed when a picture changes its size. In every mode the centre of target pixel i lies at
/// <c>(i + 0.5) · source / target</c> in the source (half-pixel centres), and pixels beyond the edge repeat the edge.
/// </summary>
public enum Interpolation : byte
{
    /// <summary>
    /// Between the two nearest pixels in each direction, whatever the factor: OpenCV's <c>INTER_LINEAR</c>. Skips pixels when
    /// shrinking below one half.
    /// </summary>
    Bilinear,

    /// <summary>The pixel whose area holds the centre: Pillow's <c>NEAREST</c>.</summary>
    Nearest,

    /// <summary>
    /// The mean over the area that a target pixel covers, edges by their share: OpenCV's <c>INTER_AREA</c>. The best choice to
    /// shrink by much, as it neither skips pixels nor blurs. Enlarges as <see cref="Bilinear"/>.
    /// </summary>
    Area,

    /// <summary>
    /// A triangle as wide as the factor: Pillow's <c>BILINEAR</c> and torchvision's <c>antialias=True</c>, with which most
    /// ImageNet models were trained. Enlarges as <see cref="Bilinear"/>.
    /// </summary>
    Antialiased,
}
