namespace ModelFactory.Rendering;

/// <summary>
/// What defects and wear do to the part, pixel by pixel: slopes of relief, colour of the surface, loss of gloss, and
/// material that stands over an edge. Square, row-major. One owner at a time.
/// </summary>
internal sealed class SurfaceMarks
{
    public SurfaceMarks(int size)
    {
        Size = size;
        int n = size * size;
        (SlopeX, SlopeY, Gloss, Cover, CoverShade) = (new float[n], new float[n], new float[n], new float[n], new float[n]);
        Tint = new Rgb[n];
        Gloss.AsSpan().Fill(1);
        Tint.AsSpan().Fill(Rgb.Grey(1));
    }

    public int Size { get; }

    /// <summary>dh/dx and dh/dy that are added to the drawing's.</summary>
    public float[] SlopeX { get; }

    public float[] SlopeY { get; }

    /// <summary>Factor on the specular light; 1 is untouched.</summary>
    public float[] Gloss { get; }

    /// <summary>Factor on the surface's colour.</summary>
    public Rgb[] Tint { get; }

    /// <summary>Share of the pixel that loose or raised metal covers, whatever is under it.</summary>
    public float[] Cover { get; }

    /// <summary>Brightness of that metal, linear.</summary>
    public float[] CoverShade { get; }

    /// <summary>What a rectangle holds now, for <see cref="Restore"/>.</summary>
    public MarksSnapshot Save(in PixelBox box)
    {
        var saved = new MarksSnapshot(box, new float[box.Width * box.Height * 5], new Rgb[box.Width * box.Height]);
        Exchange(saved, restore: false);
        return saved;
    }

    public void Restore(MarksSnapshot saved) => Exchange(saved, restore: true);

    /// <summary>Darkens or colours a pixel: the tint moves towards <paramref name="colour"/> by <paramref name="amount"/>.</summary>
    public void Stain(int x, int y, Rgb colour, float amount)
    {
        if ((uint)x >= (uint)Size || (uint)y >= (uint)Size) return;
        int i = y * Size + x;
        Tint[i] *= Rgb.Mix(Rgb.Grey(1), colour, amount);
    }

    public void Dull(int x, int y, float gloss)
    {
        if ((uint)x < (uint)Size && (uint)y < (uint)Size) Gloss[y * Size + x] *= gloss;
    }

    public void Tilt(int x, int y, float slopeX, float slopeY)
    {
        if ((uint)x >= (uint)Size || (uint)y >= (uint)Size) return;
        SlopeX[y * Size + x] += slopeX;
        SlopeY[y * Size + x] += slopeY;
    }

    public void Overlay(int x, int y, float share, float shade)
    {
        if ((uint)x >= (uint)Size || (uint)y >= (uint)Size || share <= 0) return;
        int i = y * Size + x;
        float kept = Cover[i] * (1 - share), sum = kept + share;
        CoverShade[i] = (CoverShade[i] * kept + shade * share) / sum;
        Cover[i] = sum;
    }

    private void Exchange(MarksSnapshot saved, bool restore)
    {
        PixelBox box = saved.Box;
        int width = box.Width, at = 0;
        for (int y = box.Top; y < box.Bottom; y++)
        {
            int row = y * Size + box.Left;
            foreach (float[] plane in (ReadOnlySpan<float[]>)[SlopeX, SlopeY, Gloss, Cover, CoverShade])
            {
                Copy(plane.AsSpan(row, width), saved.Planes.AsSpan(at, width), restore);
                at += width;
            }
            Copy(Tint.AsSpan(row, width), saved.Tint.AsSpan((y - box.Top) * width, width), restore);
        }
    }

    private static void Copy<T>(Span<T> live, Span<T> saved, bool restore)
    {
        if (restore) saved.CopyTo(live);
        else live.CopyTo(saved);
    }
}

/// <summary>The marks of a rectangle: five planes row by row, and the tint.</summary>
internal sealed record MarksSnapshot(PixelBox Box, float[] Planes, Rgb[] Tint);
