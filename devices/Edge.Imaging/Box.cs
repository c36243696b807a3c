namespace Edge.Imaging;

/// <summary>
/// A rectangle in continuous pixel coordinates: the origin is the top left corner of the top left pixel, whose own area is
/// 0…1 in both directions; right and bottom edges are exclusive.
/// </summary>
public readonly record struct Box(float Left, float Top, float Right, float Bottom)
{
    public float Width => Right - Left;

    public float Height => Bottom - Top;

    /// <summary>0 where the edges are in the wrong order.</summary>
    public float Area => Math.Max(0, Width) * Math.Max(0, Height);

    /// <summary>From the middle and the full extent, as many detectors give it.</summary>
    public static Box FromCenter(float x, float y, float width, float height) =>
        new(x - width / 2, y - height / 2, x + width / 2, y + height / 2);

    /// <summary>Cut off at the edges of a picture.</summary>
    public Box Clip(float width, float height) =>
        new(Math.Clamp(Left, 0, width), Math.Clamp(Top, 0, height), Math.Clamp(Right, 0, width), Math.Clamp(Bottom, 0, height));

    /// <summary>Area of the intersection over area of the union; 0 where the union is empty.</summary>
    public static float IntersectionOverUnion(in Box a, in Box b)
    {
        float width = Math.Min(a.Right, b.Right) - Math.Max(a.Left, b.Left);
        float height = Math.Min(a.Bottom, b.Bottom) - Math.Max(a.Top, b.Top);
        if (width <= 0 || height <= 0) return 0;
        float common = width * height;
        return common / (a.Area + b.Area - common);
    }
}
