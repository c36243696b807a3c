using Edge.Imaging;
using ModelFactory.Defects;
using ModelFactory.Rendering;

namespace ModelFactory.Parts;

/// <summary>A flaw on the detector's grid.</summary>
/// <param name="Box">In cells.</param>
internal sealed record CellTruth(DefectKind Kind, Box Box, CellEnergy[] Cells);

/// <summary>A cell that should find a flaw.</summary>
/// <param name="Cell">Row by row.</param>
/// <param name="Target">The score that it should give, one half to 1.</param>
/// <param name="Distances">Left, top, right, bottom, in cells; not negative.</param>
internal readonly record struct PositiveCell(int Cell, float Target, float[] Distances);

/// <summary>What the detector's grid should say of a picture. The way back is the run time's: its grid head.</summary>
internal static class GridTargets
{
    /// <summary>Cells that show less of a flaw than this share of its strongest cell need not find it.</summary>
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
    /// <param name="positives">Receives the positive cells. A flaw so small that no cell's centre lies in it has none, and is passed over.</param>
    public static void Assign(ReadOnlySpan<CellTruth> defects, Span<float> scores, List<PositiveCell> positives)
    {
        scores.Clear();
        foreach (CellTruth defect in defects)
        {
            Box box = defect.Box;
            List<(int X, int Y)> finders = Finders(defect);
            float nearest = finders.Count == 0 ? 0 : finders.Min(c => Eccentricity(c.X, c.Y, box));
            foreach (CellEnergy c in defect.Cells)
            {
                ref float target = ref scores[At(c.X, c.Y, defect.Kind)];
                if (target == 0) target = -1;
            }
            foreach ((int x, int y) in finders)
            {
                float target = 1 - 0.5f * Math.Min(1, Eccentricity(x, y, box) - nearest);
                scores[At(x, y, defect.Kind)] = target;
                float px = x + 0.5f, py = y + 0.5f;
                positives.Add(new PositiveCell(y * Cells + x, target, [px - box.Left, py - box.Top, box.Right - px, box.Bottom - py]));
            }
        }
    }

    /// <summary>A truth's box in cells.</summary>
    public static Box InCells(in PixelBox b) => new(b.Left / CellPixels, b.Top / CellPixels, b.Right / CellPixels, b.Bottom / CellPixels);

    /// <summary>The cells that show a fair share of the flaw and whose centre lies in its box.</summary>
    private static List<(int X, int Y)> Finders(CellTruth defect)
    {
        Box box = defect.Box;
        float strongest = defect.Cells.Max(c => c.Energy);
        var finders = new List<(int, int)>();
        foreach (CellEnergy c in defect.Cells)
        {
            float x = c.X + 0.5f, y = c.Y + 0.5f;
            if (c.Energy >= LeastShare * strongest && x >= box.Left && x <= box.Right && y >= box.Top && y <= box.Bottom) finders.Add((c.X, c.Y));
        }
        return finders;
    }

    /// <summary>0 at the box's centre, 1 at its sides.</summary>
    private static float Eccentricity(int x, int y, in Box box)
    {
        float dx = x + 0.5f - (box.Left + box.Right) / 2, dy = y + 0.5f - (box.Top + box.Bottom) / 2;
        return Math.Max(MathF.Abs(dx) * 2 / box.Width, MathF.Abs(dy) * 2 / box.Height);
    }

    private static int At(int x, int y, DefectKind kind) => (y * Cells + x) * DefectKinds.Count + (int)kind;
}
