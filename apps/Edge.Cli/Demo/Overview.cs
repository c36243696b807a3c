using Edge.Devices;
using Edge.Imaging;
using Edge.Imaging.Drawing;
using Edge.Imaging.Resampling;
using Edge.Pipeline;
using Edge.Pipeline.Events;
using Edge.Pipeline.Evidence;
using Edge.Pipeline.Inspection;

namespace Edge.Cli.Demo;

/// <summary>One picture of twelve inspected parts, to see at a glance what the line saw and said.</summary>
internal static class Overview
{
    private const int Columns = 4, Rows = 3, Tile = 264, Gap = 6, Quality = 74;
    private static readonly Rgb s_background = new(24, 26, 30);

    /// <summary>
    /// Chooses parts in the order of the line, so that nobody's hand is in it: the first three that were passed, the first two
    /// that were left to a person, and of the rejected ones the first of each kind of defect, then the second.
    /// </summary>
    public static IReadOnlyList<InspectedPart> Choose(IReadOnlyList<InspectedPart> parts)
    {
        var chosen = parts.Where(p => p.Event.Verdict == Verdict.Ok).Take(3)
            .Concat(parts.Where(p => p.Event.Verdict == Verdict.Unsure).Take(2)).ToList();
        var rejected = parts.Where(p => p.Event.Verdict == Verdict.Ng && p.Event.Objects.Count > 0)
            .GroupBy(p => p.Event.Objects[0].Label)
            .SelectMany(g => g.Select((p, round) => (p, round)))
            .OrderBy(x => x.round).ThenBy(x => x.p.Sequence).Select(x => x.p);
        chosen.AddRange(rejected.Take(Columns * Rows - chosen.Count));
        chosen.AddRange(parts.Except(chosen).Take(Columns * Rows - chosen.Count));
        return [.. chosen.OrderBy(p => p.Sequence)];
    }

    /// <summary>Draws the parts and writes the picture.</summary>
    public static void Write(string path, IReadOnlyList<InspectedPart> parts, Labels labels)
    {
        int banner = Canvas.Measure("", 1).Height + 8, height = Tile + banner;
        int rows = (parts.Count + Columns - 1) / Columns;
        using var sheet = new Bitmap(Columns * (Tile + Gap) + Gap, rows * (height + Gap) + Gap, PixelFormat.Rgb24);
        var canvas = new Canvas(sheet);
        canvas.Fill(0, 0, sheet.Width, sheet.Height, s_background);
        for (int i = 0; i < parts.Count; i++)
        {
            using var tile = Paint(parts[i], labels, banner);
            canvas.Picture(tile.View, Gap + i % Columns * (Tile + Gap), Gap + i / Columns * (height + Gap));
        }

        ImageCodec.Default.Save(sheet.View, path, Quality);
    }

    private static Bitmap Paint(InspectedPart part, Labels labels, int banner)
    {
        using var source = ImageCodec.Default.Load(part.Path!);
        using var small = ImageTransforms.Resize(source.View, Tile, Tile, Interpolation.Bilinear);
        var tile = new Bitmap(Tile, Tile + banner, PixelFormat.Rgb24);
        var canvas = new Canvas(tile);
        canvas.Picture(small.View, 0, banner);
        float sx = (float)Tile / source.Width, sy = (float)Tile / source.Height;
        foreach (var o in part.Event.Objects.Reverse())
        {
            var b = o.Box;
            var box = new Box(b.X * sx, b.Y * sy + banner, (b.X + b.Width) * sx, (b.Y + b.Height) * sy + banner);
            canvas.LabelledBox(box, $"{o.Label} {o.Score:0.00}", Rgb.ForClass(labels.IndexOf(o.Label)));
        }

        Rgb color = EvidencePainter.ColorOf(part.Event.Verdict);
        canvas.Fill(0, 0, Tile, banner, color);
        canvas.Text(6, 4, EventWords.Of(part.Event.Verdict).ToUpperInvariant(), color.ReadableOn());
        string name = Path.GetFileNameWithoutExtension(part.Name);
        canvas.Text(Tile - 6 - Canvas.Measure(name).Width, 4, name, color.ReadableOn());
        return tile;
    }
}
