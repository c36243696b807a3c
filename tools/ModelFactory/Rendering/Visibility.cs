namespace ModelFactory.Rendering;

/// <summary>How well a change can be seen between two renderings of the same scene, before noise.</summary>
internal readonly record struct Visibility(PixelBox Box, float Contrast, float Energy)
{
    // Grey levels of 255 after a 3×3 mean. Sensor noise is about 1.5 levels, the metal's texture about 5: a line of
    // 10 levels is what a person at the line just sees.
    private const float SeenLevel = 5;
    private const float LeastContrast = 10;
    private const float LeastEnergy = 700;

    public bool IsClear => !Box.IsEmpty && Contrast >= LeastContrast && Energy >= LeastEnergy;

    public static Visibility Compare(Rgb[] before, Rgb[] after, int size, in PixelBox region)
    {
        int left = size, top = size, right = 0, bottom = 0, count = 0;
        float total = 0;
        for (int y = Math.Max(region.Top, 1); y < Math.Min(region.Bottom, size - 1); y++)
        {
            for (int x = Math.Max(region.Left, 1); x < Math.Min(region.Right, size - 1); x++)
            {
                float change = MathF.Abs(MeanChange(before, after, size, x, y));
                if (change < SeenLevel) continue;
                (left, right) = (Math.Min(left, x), Math.Max(right, x + 1));
                (top, bottom) = (Math.Min(top, y), Math.Max(bottom, y + 1));
                total += change;
                count++;
            }
        }
        return count == 0 ? default : new Visibility(new PixelBox(left, top, right, bottom), total / count, total);
    }

    private static float MeanChange(Rgb[] before, Rgb[] after, int size, int x, int y)
    {
        float sum = 0;
        for (int dy = -1; dy <= 1; dy++)
        {
            for (int dx = -1; dx <= 1; dx++)
            {
                int i = (y + dy) * size + x + dx;
                sum += Camera.Tone(after[i].Luminance) - Camera.Tone(before[i].Luminance);
            }
        }
        return sum / 9;
    }
}
