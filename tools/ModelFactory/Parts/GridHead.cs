using System.Numerics.Tensors;
using ModelFactory.Defects;
using ModelFactory.Rendering;

namespace ModelFactory.Parts;

/// <summary>Between boxes of a picture and the detector's grid, both ways.</summary>
internal static class GridHead
{
    /// <summary>Detections of one class that overlap more than this are one.</summary>
    public const float NmsOverlap = 0.45f;

    private const int Cells = PartDetector.Cells;

    /// <summary>Picture pixels a cell.</summary>
    private const float CellPixels = (float)PartRenderer.Size / Cells;

    /// <summary>
    /// Scores that one sample should give, <c>[Cells, Cells, classes]</c>: 1 near a flaw's middle, −1 (no matter) in the
    /// rest of its inner box, else 0.
    /// </summary>
    /// <param name="defects">Boxes in cells.</param>
    /// <param name="scores">Overwritten.</param>
    /// <param name="boxes">Receives the positive cells with their distances.</param>
    public static void Assign(ReadOnlySpan<(DefectKind Kind, PartBox Box)> defects, Span<float> scores, List<(int Cell, float[] Distances)> boxes)
    {
        scores.Clear();
        foreach ((DefectKind kind, PartBox box) in defects)
        {
            float cx = (box.Left + box.Right) / 2, cy = (box.Top + box.Bottom) / 2;
            // A middle of half to one and a half cells around the centre: at least one cell is positive.
            float rx = Math.Clamp(0.25f * (box.Right - box.Left), 0.5f, 1.5f), ry = Math.Clamp(0.25f * (box.Bottom - box.Top), 0.5f, 1.5f);
            for (int y = 0; y < Cells; y++)
            {
                for (int x = 0; x < Cells; x++)
                {
                    float px = x + 0.5f, py = y + 0.5f, dx = MathF.Abs(px - cx), dy = MathF.Abs(py - cy);
                    if (dx > rx + 1 || dy > ry + 1) continue;
                    int cell = y * Cells + x, at = cell * DefectKinds.Count + (int)kind;
                    if (dx <= rx && dy <= ry)
                    {
                        scores[at] = 1;
                        boxes.Add((cell, [Math.Max(px - box.Left, 0), Math.Max(py - box.Top, 0), Math.Max(box.Right - px, 0), Math.Max(box.Bottom - py, 0)]));
                    }
                    else if (scores[at] == 0 && px > box.Left && px < box.Right && py > box.Top && py < box.Bottom) scores[at] = -1;
                }
            }
        }
    }

    /// <summary>Boxes above a score, one a cell, best first, after suppression of overlapping ones of the same class.</summary>
    /// <param name="scores"><c>[Cells, Cells, classes]</c>.</param>
    /// <param name="boxes"><c>[Cells, Cells, 4]</c>.</param>
    public static List<Detection> Decode(ReadOnlySpan<float> scores, ReadOnlySpan<float> boxes, float threshold)
    {
        var found = new List<Detection>();
        for (int cell = 0; cell < Cells * Cells; cell++)
        {
            ReadOnlySpan<float> classes = scores.Slice(cell * DefectKinds.Count, DefectKinds.Count);
            int best = TensorPrimitives.IndexOfMax(classes);
            if (classes[best] < threshold) continue;
            float x = cell % Cells + 0.5f, y = cell / Cells + 0.5f;
            ReadOnlySpan<float> d = boxes.Slice(cell * 4, 4);
            var box = new PartBox((x - d[0]) * CellPixels, (y - d[1]) * CellPixels, (x + d[2]) * CellPixels, (y + d[3]) * CellPixels);
            found.Add(new Detection((DefectKind)best, classes[best], box));
        }
        found.Sort((a, b) => b.Score.CompareTo(a.Score));
        var kept = new List<Detection>();
        foreach (Detection d in found)
            if (!kept.Exists(k => k.Kind == d.Kind && k.Box.Overlap(d.Box) > NmsOverlap)) kept.Add(d);
        return kept;
    }

    /// <summary>A truth's box in cells.</summary>
    public static PartBox InCells(in PixelBox b) => new(b.Left / CellPixels, b.Top / CellPixels, b.Right / CellPixels, b.Bottom / CellPixels);
}
