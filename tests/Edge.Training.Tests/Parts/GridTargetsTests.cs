using CsCheck;
using Edge.Imaging;
using Edge.Imaging.Preprocessing;
using Edge.Pipeline.Postprocessing;
using Edge.Runtime;
using Edge.Tensors;
using ModelFactory.Defects;
using ModelFactory.Parts;
using ModelFactory.Rendering;
using Xunit;

namespace Edge.Training.Tests.Parts;

public sealed class GridTargetsTests
{
    private const int Cells = PartDetector.Cells, Pixels = PartDetector.InputSize;

    /// <summary>Boxes of at least one cell, seen in every cell that they cover.</summary>
    private static readonly Gen<CellTruth> s_truth = Gen.Select(Gen.Int[0, 5], Gen.Float[0, 20], Gen.Float[0, 20], Gen.Float[1, 8], Gen.Float[1, 8])
        .Select((kind, left, top, width, height) => Truth((DefectKind)kind, new Box(left, top, Math.Min(left + width, Cells), Math.Min(top + height, Cells))));

    [Fact]
    public void A_detector_that_says_what_it_should_is_read_as_the_true_box() => s_truth.Sample(truth =>
    {
        (float[] scores, List<PositiveCell> positives) = Assign(truth);
        Detection best = Read(scores, positives)[0];
        Assert.Equal((int)truth.Kind, best.ClassId);
        Assert.Equal(1, best.Score, 5);
        Box expected = truth.Box;
        Assert.Equal(expected.Left * 8, best.Box.Left, 0.01f);
        Assert.Equal(expected.Top * 8, best.Box.Top, 0.01f);
        Assert.Equal(expected.Right * 8, best.Box.Right, 0.01f);
        Assert.Equal(expected.Bottom * 8, best.Box.Bottom, 0.01f);
    }, iter: 300);

    [Fact]
    public void Every_flaw_of_a_cell_or_more_has_a_cell_that_should_find_it_surely() => s_truth.Sample(truth =>
    {
        (_, List<PositiveCell> positives) = Assign(truth);
        return positives.Max(p => p.Target) == 1 && positives.All(p => p.Target >= 0.5f && p.Distances.All(d => d >= 0));
    });

    [Fact]
    public void A_flaw_that_no_cell_centre_lies_in_is_passed_over()
    {
        var truth = new CellTruth(DefectKind.Dent, new Box(3.55f, 3.55f, 4.45f, 4.45f), [new CellEnergy(3, 3, 5), new CellEnergy(4, 4, 6)]);
        (float[] scores, List<PositiveCell> positives) = Assign(truth);
        Assert.Empty(positives);
        Assert.Equal(-1, scores[(4 * Cells + 4) * 6 + (int)DefectKind.Dent]);
        Assert.Equal(-1, scores[(3 * Cells + 3) * 6 + (int)DefectKind.Dent]);
    }

    [Fact]
    public void Cells_that_hardly_show_a_flaw_need_not_find_it()
    {
        var truth = new CellTruth(DefectKind.Crack, new Box(2, 2, 6, 3), [new CellEnergy(2, 2, 1), new CellEnergy(3, 2, 100), new CellEnergy(4, 2, 90)]);
        (float[] scores, List<PositiveCell> positives) = Assign(truth);
        Assert.Equal(2, positives.Count);
        Assert.Equal(-1, scores[(2 * Cells + 2) * 6 + (int)DefectKind.Crack]);
        Assert.Equal(0, scores[(2 * Cells + 2) * 6 + (int)DefectKind.Dent]);
    }

    [Fact]
    public void Turning_a_part_turns_its_boxes_with_its_pixels() => Gen.Select(s_truth, Gen.Int[0, 7], Gen.Float[0.05f, 0.95f], Gen.Float[0.05f, 0.95f]).Sample((truth, symmetry, fx, fy) =>
    {
        Box turned = TrainingSet.Turn(symmetry, truth.Box);
        // A point inside the turned box comes from inside the original one.
        int x = (int)((turned.Left + fx * turned.Width) * 8), y = (int)((turned.Top + fy * turned.Height) * 8);
        (int sx, int sy) = TrainingSet.Source(symmetry, x, y);
        Box b = truth.Box;
        return sx + 1 >= b.Left * 8 && sx <= b.Right * 8 && sy + 1 >= b.Top * 8 && sy <= b.Bottom * 8;
    });

    [Fact]
    public void Turning_a_part_turns_its_cells_with_its_pixels() => Gen.Select(Gen.Int[0, 7], Gen.Int[0, Pixels - 1], Gen.Int[0, Pixels - 1]).Sample((symmetry, x, y) =>
    {
        (int sx, int sy) = TrainingSet.Source(symmetry, x, y);
        return TrainingSet.Turn(symmetry, new CellEnergy(sx / 8, sy / 8, 1)) == new CellEnergy(x / 8, y / 8, 1);
    });

    private static CellTruth Truth(DefectKind kind, Box box)
    {
        var cells = new List<CellEnergy>();
        for (int y = (int)box.Top; y < Math.Min(box.Bottom, Cells); y++)
            for (int x = (int)box.Left; x < Math.Min(box.Right, Cells); x++)
                cells.Add(new CellEnergy(x, y, 100));
        return new CellTruth(kind, box, [.. cells]);
    }

    private static (float[] Scores, List<PositiveCell> Positives) Assign(CellTruth truth)
    {
        var scores = new float[Cells * Cells * DefectKinds.Count];
        var positives = new List<PositiveCell>();
        GridTargets.Assign([truth], scores, positives);
        return (scores, positives);
    }

    /// <summary>Through the run time's own grid head, from a picture of the input's size.</summary>
    private static List<Detection> Read(float[] targets, List<PositiveCell> positives)
    {
        Tensor scores = Tensor.Create<float>(new Shape(1, DefectKinds.Count, Cells, Cells)), boxes = Tensor.Create<float>(new Shape(1, 4, Cells, Cells));
        for (int i = 0; i < targets.Length; i++) scores.AsSpan<float>()[i % DefectKinds.Count * Cells * Cells + i / DefectKinds.Count] = Math.Max(targets[i], 0);
        foreach (PositiveCell p in positives)
            for (int side = 0; side < 4; side++)
                boxes.AsSpan<float>()[side * Cells * Cells + p.Cell] = p.Distances[side];
        TensorInfo[] outputs = [new("scores", DataType.Float32, Dims(scores)), new("boxes", DataType.Float32, Dims(boxes))];
        var input = new ModelInput(DataType.Float32, TensorLayout.Nchw, Pixels, Pixels, 3);
        var preprocessor = new Preprocessor(PartDetector.Preprocess, input);
        Tensor picture = preprocessor.CreateInput();
        using var bitmap = new Bitmap(Pixels, Pixels, Edge.Devices.PixelFormat.Rgb24);
        Placement placement = preprocessor.Run(bitmap.View, picture);
        Findings findings = Postprocessor.Create(Inspection.Postprocess(0.3f), outputs, input).Read(new ModelRun(picture, [scores, boxes], placement, Pixels, Pixels));
        return [.. findings.Objects.OrderByDescending(o => o.Score)];
    }

    private static Dimension[] Dims(Tensor t) => [.. t.Shape.ToArray().Select(d => new Dimension(d))];
}
