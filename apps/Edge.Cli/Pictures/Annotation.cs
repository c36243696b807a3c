using Edge.Imaging;
using Edge.Imaging.Drawing;
using Edge.Pipeline;
using Edge.Pipeline.Postprocessing;

namespace Edge.Cli.Pictures;

/// <summary>Draws what a model found onto the picture.</summary>
internal static class Annotation
{
    public static void Draw(Bitmap picture, Findings findings, Labels labels)
    {
        var canvas = new Canvas(picture);
        int scale = Math.Clamp(Math.Min(picture.Width, picture.Height) / 360, 1, 8);
        // The best is drawn last, on top.
        foreach (var d in findings.Objects.Reverse())
            canvas.LabelledBox(d.Box, $"{labels[d.ClassId]} {d.Score:0.00}", Rgb.ForClass(d.ClassId), scale);
        if (findings.Top is [var best, ..]) Tag(canvas, $"{labels[best.ClassId]} {best.Score:0.00}", Rgb.ForClass(best.ClassId), scale);
        if (findings.Anomaly is { } anomaly) Tag(canvas, $"anomaly {anomaly:G4}", Rgb.White, scale);
    }

    /// <summary>A line of text in the top left corner.</summary>
    public static void Tag(Canvas canvas, string text, Rgb color, int scale)
    {
        (int width, int height) = Canvas.Measure(text, scale);
        canvas.Fill(0, 0, width + 6 * scale, height + 2 * scale, color);
        canvas.Text(3 * scale, scale, text, color.ReadableOn(), scale);
    }
}
