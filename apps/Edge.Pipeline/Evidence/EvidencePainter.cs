using Edge.Devices;
using Edge.Imaging;
using Edge.Imaging.Drawing;
using Edge.Imaging.Resampling;
using Edge.Pipeline.Decisions;
using Edge.Pipeline.Events;
using Edge.Pipeline.Postprocessing;

namespace Edge.Pipeline.Evidence;

/// <summary>
/// Draws what was decided about a picture and why: a banner in the verdict's colour above the picture, so that nothing of it is
/// hidden, and labelled boxes on it. Small pictures are enlarged so that text has room.
/// </summary>
public static class EvidencePainter
{
    /// <summary>Narrower pictures are enlarged by a whole factor up to <see cref="MaxEnlargement"/>.</summary>
    private const int ComfortableWidth = 480, MaxEnlargement = 4;

    /// <summary>Text is drawn once larger for each so many pixels of width.</summary>
    private const int WidthOfTextScale = 550;

    /// <summary>The colour that stands for a verdict.</summary>
    public static Rgb ColorOf(Verdict verdict) => verdict switch
    {
        Verdict.Ok => new Rgb(22, 128, 61),
        Verdict.Ng => new Rgb(200, 30, 30),
        Verdict.Unsure => new Rgb(217, 140, 0),
        _ => new Rgb(75, 85, 99),
    };

    /// <summary>A new picture; the caller disposes it.</summary>
    /// <param name="image">What was inspected.</param>
    /// <param name="labels">Names of the classes.</param>
    /// <param name="findings">What the model said; boxes in pixels of <paramref name="image"/>.</param>
    /// <param name="decision">What follows.</param>
    /// <param name="title">A line of text: where and when the picture was taken.</param>
    public static Bitmap Paint(ImageView image, Labels labels, Findings findings, in Decision decision, string title)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(findings);
        int enlarge = Math.Clamp((ComfortableWidth + image.Width - 1) / image.Width, 1, MaxEnlargement);
        int width = image.Width * enlarge, height = image.Height * enlarge;
        int scale = Math.Max(1, (width + WidthOfTextScale / 2) / WidthOfTextScale);
        int banner = BannerHeight(scale);
        var picture = new Bitmap(width, banner + height, PixelFormat.Rgb24);
        var canvas = new Canvas(picture);
        PutPicture(canvas, image, width, height, banner);
        // The best detection is drawn last, on top of the others.
        for (int i = findings.Objects.Count - 1; i >= 0; i--)
        {
            Detection d = findings.Objects[i];
            var box = new Box(d.Box.Left * enlarge, d.Box.Top * enlarge + banner, d.Box.Right * enlarge, d.Box.Bottom * enlarge + banner);
            canvas.LabelledBox(box, $"{labels[d.ClassId]} {d.Score:f2}", Rgb.ForClass(d.ClassId), scale);
        }
        // After the boxes, whose labels may reach up into it.
        PutBanner(canvas, scale, decision, Reason(labels, findings, decision), title);
        return picture;
    }

    private static int BannerHeight(int scale) => Canvas.Measure("", scale + 1).Height + Canvas.Measure("", scale).Height + 6 * scale;

    private static void PutPicture(Canvas canvas, ImageView image, int width, int height, int top)
    {
        if (width == image.Width)
        {
            canvas.Picture(image, 0, top);
            return;
        }
        using Bitmap enlarged = ImageTransforms.Resize(image, width, height, Interpolation.Bilinear);
        canvas.Picture(enlarged.View, 0, top);
    }

    private static void PutBanner(Canvas canvas, int scale, in Decision decision, string reason, string title)
    {
        Rgb color = ColorOf(decision.Verdict), text = color.ReadableOn();
        canvas.Fill(0, 0, canvas.Width, BannerHeight(scale), color);
        int left = 4 * scale, top = 2 * scale;
        string verdict = EventWords.Of(decision.Verdict).ToUpperInvariant();
        canvas.Text(left, top, verdict, text, scale + 1);
        // Drawn twice, a pixel apart: bold.
        canvas.Text(left + 1, top, verdict, text, scale + 1);
        int reasonLeft = left + Canvas.Measure(verdict + " ", scale + 1).Width;
        canvas.Text(reasonLeft, top, Fit(reason, canvas.Width - reasonLeft - left, scale + 1), text, scale + 1);
        canvas.Text(left, top + Canvas.Measure("", scale + 1).Height + scale, Fit(title, canvas.Width - 2 * left, scale), text, scale);
    }

    private static string Reason(Labels labels, Findings findings, in Decision decision)
    {
        if (findings.Top.Count > 0) return string.Join("  ", findings.Top.Take(3).Select(t => $"{labels[t.ClassId]} {t.Score:f2}"));
        if (decision.Label is { } label) return $"{label} {decision.Score:f2}";
        return findings.Anomaly is { } anomaly ? $"anomaly {anomaly:g3} of {decision.Threshold:g3}" : "";
    }

    /// <summary>The text, cut with dots where it would not fit.</summary>
    private static string Fit(string text, int width, int scale)
    {
        int most = Math.Max(0, width / Canvas.Measure("x", scale).Width);
        if (text.Length <= most) return text;
        return most > 2 ? text[..(most - 2)] + ".." : "";
    }
}
