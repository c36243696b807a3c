using System.Numerics.Tensors;
using ModelFactory.Defects;
using ModelFactory.Rendering;

namespace ModelFactory.Parts;

/// <summary>A flaw on the detector's grid.</summary>
/// <param name="Box">In cells.</param>
internal sealed record CellTruth(DefectKind Kind, PartBox Box, CellEnergy[] Cells);

/// <summary>A cell that should find a flaw.</summary>
/// <param name="Cell">Row by row.</param>
/// <param name="Distances">Left, top, right, bottom, in cells.</param>
internal readonly record struct PositiveCell(int Cell, float Target, float[] Distances);

/// <summary>Between boxes of a picture and the detector's grid, both ways.</summary>
internal static class GridHead
{
    /// <summary>Detections of one class that overlap more than this are one.</summary>
    public const float NmsOverlap = 0.45f;

    /// <summary>Cells that show less of a flaw than this share of its strongest cell are no positives.</summary>
    private const float LeastShare = 0.2f;

    private const int Cells = PartDetector.Cells;

    /// <summary>Picture pixels a cell.</summary>
    private const float CellPixels = (float)PartRenderer.Size / Cells;

    /// <summary>
    /// Scores that one sample should give, <c>[Cells, Cells, classes]</c>: 1 where a flaw is seen nearest to its box's
    /// centre, down to one half at its ends, so that the best-placed cell wins; −1 (no matter) where it is hardly seen;
    /// else 0.
    /// </summary>
    /// <param name="scores">Overwritten.</param>
    /// <param name="boxes">Receives the positive cells.</param>
    public static void Assign(ReadOnlySpan<CellTruth> defects, Span<float> scores, List<PositiveCell> boxes)
    {
        scores.Clear();
        foreach (CellTruth defect in defects)
        {
            float strongest = defect.Cells.Max(c => c.Energy);
            PartBox box = defect.Box;
            float nearest = defect.Cells.Where(c => IsPositive(c, box, strongest)).Select(c => Eccentricity(c, box)).DefaultIfEmpty(0).Min();
            foreach (CellEnergy c in defect.Cells)
            {
                int cell = c.Y * Cells + c.X;
                ref float target = ref scores[cell * DefectKinds.Count + (int)defect.Kind];
                if (!IsPositive(c, box, strongest))
                {
                    if (target == 0) target = -1;
                    continue;
                }
                target = 1 - 0.5f * Math.Min(1, Eccentricity(c, box) - nearest);
                float x = c.X + 0.5f, y = c.Y + 0.5f;
                boxes.Add(new PositiveCell(cell, target, [x - box.Left, y - box.Top, box.Right - x, box.Bottom - y]));
            }
        }
    }

    /// <summary>The cell shows a fair share of the flaw, and its centre lies in the box.</summary>
    private static bool IsPositive(in CellEnergy c, in PartBox box, float strongest)
    {
        float x = c.X + 0.5f, y = c.Y + 0.5f;
        return c.Energy >= LeastShare * strongest && x >= box.Left && x <= box.Right && y >= box.Top && y <= box.Bottom;
    }

    /// <summary>0 at the box's centre, 1 at its sides.</summary>
    private static float Eccentricity(in CellEnergy c, in PartBox box)
    {
        float dx = c.X + 0.5f - (box.Left + box.Right) / 2, dy = c.Y + 0.5f - (box.Top + box.Bottom) / 2;
        return Math.Max(MathF.Abs(dx) * 2 / (box.Right - box.Left), MathF.Abs(dy) * 2 / (box.Bottom - box.Top));
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
