using System.Diagnostics;
using Edge.Devices;

namespace Edge.Imaging.Resampling;

/// <summary>
/// Resamples a rectangle of a picture, one target row at a time, without an intermediate picture: source rows are resampled
/// horizontally when a target row first needs them, kept in a ring as long as later target rows may, and combined vertically.
/// </summary>
/// <remarks>
/// Rows are floats, pixels interleaved, channels in the order of the source (<see cref="BlueFirst"/>), not rounded. All
/// operations are single-precision multiplications and additions in one order, never fused, so that every vector width and
/// machine gives the same bits. Not safe for concurrent use. Allocates only when the geometry grows.
/// </remarks>
internal sealed class RowResampler
{
    private readonly Taps _columns = new(), _rows = new();
    private PixelFormat _format;
    private int _left, _regionWidth;
    private int _slotLength;
    private float[] _ring = [];
    private int[] _rowInSlot = [];
    private byte[] _converted = [];
    private bool _direct;

    /// <summary>1 or 3.</summary>
    public int Channels { get; private set; }

    /// <summary>Pixels in a target row.</summary>
    public int Width { get; private set; }

    /// <summary>Three channels come as B, G, R.</summary>
    public bool BlueFirst { get; private set; }

    /// <summary>Sets up for pictures of one format and size.</summary>
    /// <param name="format">Of the source.</param>
    /// <param name="geometry">What is resampled to what.</param>
    /// <param name="channels">1: grey; 3: colour.</param>
    /// <param name="mode">Interpolation.</param>
    public void Prepare(PixelFormat format, in ResampleGeometry geometry, int channels, Interpolation mode)
    {
        Debug.Assert(channels is 1 or 3);
        (_format, _left, _regionWidth) = (format, geometry.Left, geometry.Width);
        (Channels, Width) = (channels, geometry.TargetWidth);
        BlueFirst = channels == 3 && format is PixelFormat.Bgr24 or PixelFormat.Bgra32;
        _direct = channels == 1
            ? format == PixelFormat.Gray8
            : format is PixelFormat.Rgb24 or PixelFormat.Bgr24 or PixelFormat.Rgba32 or PixelFormat.Bgra32;
        _columns.Build(geometry.Left, geometry.Width, geometry.ScaledWidth, geometry.OffsetX, geometry.TargetWidth, mode);
        _rows.Build(geometry.Top, geometry.Height, geometry.ScaledHeight, geometry.OffsetY, geometry.TargetHeight, mode);
        // One float of slack: a pixel is stored as four lanes, of which the fourth is overwritten by the next pixel.
        _slotLength = geometry.TargetWidth * channels + 1;
        if (_ring.Length < _slotLength * _rows.PerTarget) _ring = new float[_slotLength * _rows.PerTarget];
        if (_rowInSlot.Length < _rows.PerTarget) _rowInSlot = new int[_rows.PerTarget];
        if (!_direct && _converted.Length < 3 * geometry.Width) _converted = new byte[3 * geometry.Width];
    }

    /// <summary>Forgets the rows of the previous picture.</summary>
    public void Begin() => _rowInSlot.AsSpan().Fill(-1);

    /// <summary>
    /// Target row <paramref name="y"/> as <c>(value − subtract) · multiply</c>, element by element.
    /// </summary>
    /// <param name="image">The same in all calls after <see cref="Begin"/>, of the prepared format and size.</param>
    /// <param name="y">Rows are asked for in ascending order.</param>
    /// <param name="subtract">One value an element of the row.</param>
    /// <param name="multiply">One value an element of the row.</param>
    /// <param name="output"><see cref="Width"/> · <see cref="Channels"/> values.</param>
    public void Row(ImageView image, int y, ReadOnlySpan<float> subtract, ReadOnlySpan<float> multiply, Span<float> output)
    {
        int taps = _rows.PerTarget, used = 0;
        Span<int> offsets = taps <= 128 ? stackalloc int[taps] : new int[taps];
        Span<float> weights = taps <= 128 ? stackalloc float[taps] : new float[taps];
        for (int k = 0; k < taps; k++)
        {
            float weight = _rows.Weights[y * taps + k];
            if (weight == 0) continue;
            weights[used] = weight;
            offsets[used++] = SourceRow(image, _rows.First[y] + k);
        }
        RowKernels.Combine(_ring, offsets[..used], weights[..used], subtract, multiply, output);
    }

    /// <summary>The place in the ring of a source row, resampled horizontally.</summary>
    private int SourceRow(ImageView image, int sourceY)
    {
        int slot = sourceY % _rows.PerTarget, offset = slot * _slotLength;
        if (_rowInSlot[slot] == sourceY) return offset;
        Span<float> resampled = _ring.AsSpan(offset, _slotLength);
        ReadOnlySpan<byte> row;
        int origin = 0, pixelBytes = Channels;
        if (_direct)
        {
            // To the end of the picture, not of the row: pixels are loaded as four bytes.
            row = image.Pixels[(sourceY * image.Stride)..];
            pixelBytes = _format.BytesPerPixel();
        }
        else
        {
            Span<byte> converted = _converted.AsSpan(0, _regionWidth * Channels);
            if (Channels == 3) ColorConversion.RowToRgb(image, sourceY, _left, _left + _regionWidth, converted);
            else ColorConversion.RowToGray(image, sourceY, _left, _left + _regionWidth, converted);
            row = converted;
            origin = _left;
        }
        if (Channels == 3) RowKernels.Resample3(row, origin, pixelBytes, _columns, Width, resampled);
        else RowKernels.Resample1(row, origin, _columns, Width, resampled);
        _rowInSlot[slot] = sourceY;
        return offset;
    }
}

/// <summary>
/// The rectangle (Left, Top, Width, Height) of the source is thought resized to ScaledWidth × ScaledHeight; of that, the
/// TargetWidth × TargetHeight pixels from (OffsetX, OffsetY) are wanted.
/// </summary>
internal readonly record struct ResampleGeometry(
    int Left, int Top, int Width, int Height, int ScaledWidth, int ScaledHeight, int OffsetX, int OffsetY, int TargetWidth, int TargetHeight);
