namespace ModelFactory.Rendering;

/// <summary>How well a change can be seen between two renderings of the same scene, before noise.</summary>
/// <param name="Box">Of the pixels where it is seen.</param>
/// <param name="Contrast">Mean change there, in grey levels of 255 after a 3×3 mean.</param>
/// <param name="Energy">Sum of the changes there.</param>
/// <param name="Cells">How the energy is spread over squares of <see cref="CellSide"/> pixels.</param>
internal readonly record struct Visibility(PixelBox Box, float Contrast, float Energy, CellEnergy[] Cells)
{
    // Sensor noise is about 1.5 grey levels, the metal's texture about 5: a line of 13 levels is what a person at the
    // line just sees.
    /// <summary>Pixels.</summary>
    public const int CellSide = 16;

    private const float SeenLevel = 5;
    private const float LeastContrast = 13;
    private const float LeastEnergy = 1100;

    public bool IsClear => !Box.IsEmpty && Contrast >= LeastContrast && Energy >= LeastEnergy;

    /// <param name="before">The region alone, row by row.</param>
    /// <param name="picture">The whole picture after the change.</param>
    public static Visibility Compare(Rgb[] before, Rgb[] picture, int size, in PixelBox region)
    {
        float[] change = Changes(before, picture, size, region);
        int left = size, top = size, right = 0, bottom = 0, count = 0;
        float total = 0;
        var cells = new Dictionary<(int X, int Y), float>();
        for (int y = 1; y < region.Height - 1; y++)
        {
            for (int x = 1; x < region.Width - 1; x++)
            {
                float mean = MathF.Abs(MeanAround(change, region.Width, x, y));
                if (mean < SeenLevel) continue;
                (left, right) = (Math.Min(left, x), Math.Max(right, x + 1));
                (top, bottom) = (Math.Min(top, y), Math.Max(bottom, y + 1));
                total += mean;
                (int, int) cell = ((x + region.Left) / CellSide, (y + region.Top) / CellSide);
                cells[cell] = cells.GetValueOrDefault(cell) + mean;
                count++;
            }
        }
        if (count == 0) return default;
        var box = new PixelBox(left + region.Left, top + region.Top, right + region.Left, bottom + region.Top);
        return new Visibility(box, total / count, total, [.. cells.Select(c => new CellEnergy(c.Key.X, c.Key.Y, c.Value))]);
    }

    private static float[] Changes(Rgb[] before, Rgb[] picture, int size, in PixelBox region)
    {
        var change = new float[before.Length];
        for (int i = 0; i < change.Length; i++)
        {
            int at = (region.Top + i / region.Width) * size + region.Left + i % region.Width;
            change[i] = Camera.Tone(picture[at].Luminance) - Camera.Tone(before[i].Luminance);
        }
        return change;
    }

    private static float MeanAround(float[] a, int width, int x, int y)
    {
        float sum = 0;
        for (int dy = -1; dy <= 1; dy++)
            for (int dx = -1; dx <= 1; dx++)
                sum += a[(y + dy) * width + x + dx];
        return sum / 9;
    }
}

/// <summary>The change seen in one square of a grid.</summary>
internal readonly record struct CellEnergy(int X, int Y, float Energy);
