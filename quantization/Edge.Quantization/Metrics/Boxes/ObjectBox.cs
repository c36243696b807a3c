namespace Edge.Quantization.Metrics.Boxes;

/// <summary>An object in a picture: there, or found.</summary>
/// <param name="Class">Its class.</param>
/// <param name="Score">How sure the model is; of no meaning for an object that is known to be there.</param>
/// <param name="Left">In pixels, continuous; right and bottom edges are exclusive.</param>
/// <param name="Top">In pixels.</param>
/// <param name="Right">In pixels.</param>
/// <param name="Bottom">In pixels.</param>
public readonly record struct ObjectBox(int Class, float Score, float Left, float Top, float Right, float Bottom)
{
    private double Area => Math.Max(0, (double)Right - Left) * Math.Max(0, (double)Bottom - Top);

    /// <summary>Area of the intersection over area of the union; 0 where the boxes have none in common.</summary>
    public static double Overlap(in ObjectBox a, in ObjectBox b)
    {
        double width = (double)Math.Min(a.Right, b.Right) - Math.Max(a.Left, b.Left);
        double height = (double)Math.Min(a.Bottom, b.Bottom) - Math.Max(a.Top, b.Top);
        if (width <= 0 || height <= 0) return 0;
        double common = width * height;
        return common / (a.Area + b.Area - common);
    }
}
