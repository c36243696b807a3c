namespace ModelFactory.Rendering;

/// <summary>A rectangle of whole pixels; right and bottom are outside it.</summary>
internal readonly record struct PixelBox(int Left, int Top, int Right, int Bottom)
{
    public int Width => Right - Left;

    public int Height => Bottom - Top;

    public bool IsEmpty => Right <= Left || Bottom <= Top;

    /// <summary>Grows by a margin on each side, then to at least <paramref name="least"/> pixels, inside a square picture.</summary>
    public PixelBox Grow(int margin, int least, int size)
    {
        int addX = Math.Max(margin * 2, least - Width), addY = Math.Max(margin * 2, least - Height);
        int left = Left - addX / 2, top = Top - addY / 2;
        return new PixelBox(left, top, left + Width + addX, top + Height + addY).Within(size);
    }

    public PixelBox Within(int size) => new(Math.Max(Left, 0), Math.Max(Top, 0), Math.Min(Right, size), Math.Min(Bottom, size));

    public static PixelBox Around(float x0, float y0, float x1, float y1, float margin, int size) => new PixelBox(
        (int)MathF.Floor(Math.Min(x0, x1) - margin),
        (int)MathF.Floor(Math.Min(y0, y1) - margin),
        (int)MathF.Ceiling(Math.Max(x0, x1) + margin) + 1,
        (int)MathF.Ceiling(Math.Max(y0, y1) + margin) + 1).Within(size);
}
