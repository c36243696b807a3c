namespace ModelFactory.Rendering;

/// <summary>A point near a stroke.</summary>
/// <param name="Distance">Signed distance from the centre line, pixels; positive to the left of its run.</param>
/// <param name="Along">0 at the start, 1 at the end.</param>
/// <param name="NormalX">Unit vector to the left of the run.</param>
/// <param name="NormalY">Unit vector to the left of the run.</param>
internal readonly record struct StrokePoint(int X, int Y, float Distance, float Along, float NormalX, float NormalY);

/// <summary>A polyline with the pixels near it. Coordinates are pixels of a square picture.</summary>
internal sealed class Stroke(IReadOnlyList<(float X, float Y)> points, float reach, int size)
{
    public IReadOnlyList<(float X, float Y)> Points { get; } = points;

    public PixelBox Box { get; } = PixelBox.Around(
        points.Min(p => p.X), points.Min(p => p.Y), points.Max(p => p.X), points.Max(p => p.Y), reach + 1, size);

    /// <summary>Each pixel within reach of the line, once, with its nearest place on the line.</summary>
    public IEnumerable<StrokePoint> Pixels()
    {
        if (Box.IsEmpty) yield break;
        var nearest = new StrokePoint[Box.Width * Box.Height];
        for (int i = 0; i < nearest.Length; i++) nearest[i] = new StrokePoint(0, 0, float.MaxValue, 0, 0, 0);
        int segments = Points.Count - 1;
        for (int s = 0; s < segments; s++) Visit(nearest, s, segments);
        foreach (StrokePoint p in nearest)
            if (MathF.Abs(p.Distance) <= reach) yield return p;
    }

    private void Visit(StrokePoint[] nearest, int segment, int segments)
    {
        (float ax, float ay) = Points[segment];
        (float bx, float by) = Points[segment + 1];
        float dx = bx - ax, dy = by - ay, length = MathF.Sqrt(dx * dx + dy * dy) + 1e-6f;
        PixelBox near = PixelBox.Around(ax, ay, bx, by, reach + 1, size);
        for (int y = near.Top; y < near.Bottom; y++)
        {
            for (int x = near.Left; x < near.Right; x++)
            {
                float px = x + 0.5f - ax, py = y + 0.5f - ay;
                float t = Math.Clamp((px * dx + py * dy) / (length * length), 0, 1);
                float ex = px - t * dx, ey = py - t * dy, d = MathF.Sqrt(ex * ex + ey * ey);
                int i = (y - Box.Top) * Box.Width + x - Box.Left;
                if (d >= MathF.Abs(nearest[i].Distance)) continue;
                float nx = -dy / length, ny = dx / length;
                float signed = px * nx + py * ny < 0 ? -d : d;
                nearest[i] = new StrokePoint(x, y, signed, (segment + t) / segments, nx, ny);
            }
        }
    }

    /// <summary>A quadratic Bézier curve.</summary>
    public static (float X, float Y)[] Curve((float X, float Y) from, (float X, float Y) control, (float X, float Y) to, int segments)
    {
        var points = new (float, float)[segments + 1];
        for (int i = 0; i <= segments; i++)
        {
            float t = (float)i / segments, a = (1 - t) * (1 - t), b = 2 * t * (1 - t), c = t * t;
            points[i] = (a * from.X + b * control.X + c * to.X, a * from.Y + b * control.Y + c * to.Y);
        }
        return points;
    }

    /// <summary>An arc around the part's axis.</summary>
    public static (float X, float Y)[] Arc(in Pose pose, float radius, float start, float sweep, int segments)
    {
        var points = new (float, float)[segments + 1];
        for (int i = 0; i <= segments; i++)
        {
            (float s, float c) = MathF.SinCos(start + sweep * i / segments);
            points[i] = pose.ToPixel(radius * c, radius * s);
        }
        return points;
    }
}
