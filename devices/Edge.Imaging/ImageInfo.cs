namespace Edge.Imaging;

/// <summary>The file formats that are read and written.</summary>
public enum ImageKind : byte
{
    Jpeg,
    Png,
    Bmp,
}

/// <summary>
/// How stored pixels are to be turned for display: the values of EXIF's tag 274 (CIPA DC-008, 4.6.4). Rotations are
/// clockwise.
/// </summary>
public enum Orientation : byte
{
    Upright = 1,
    MirrorHorizontal = 2,
    Rotate180 = 3,
    MirrorVertical = 4,
    Transpose = 5,
    Rotate90 = 6,
    Transverse = 7,
    Rotate270 = 8,
}

/// <summary>What the header of an encoded picture says.</summary>
/// <param name="Kind">File format.</param>
/// <param name="Width">Pixels in a row, as stored.</param>
/// <param name="Height">Rows, as stored.</param>
/// <param name="Channels">1 grey, 3 colour, 4 colour with alpha or CMYK.</param>
/// <param name="Orientation">From EXIF; <see cref="Orientation.Upright"/> where nothing is said.</param>
public readonly record struct ImageInfo(ImageKind Kind, int Width, int Height, int Channels, Orientation Orientation = Orientation.Upright);
