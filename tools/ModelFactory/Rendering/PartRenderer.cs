using Edge.Training;
using ModelFactory.Defects;
using ModelFactory.Nuisance;

namespace ModelFactory.Rendering;

/// <summary>A flaw of a rendered part.</summary>
/// <param name="Box">Of what can be seen of it, in pixels of the picture.</param>
/// <param name="Contrast">Mean change of tone where it is seen, in grey levels of 255 after a 3×3 mean.</param>
/// <param name="Cells">Where on a grid of <see cref="Visibility.CellSide"/> pixels it is seen.</param>
internal readonly record struct DefectTruth(DefectKind Kind, PixelBox Box, float Contrast, CellEnergy[] Cells);

/// <summary>A picture with its truth.</summary>
/// <param name="Pixels">RGB, 8 bits, interleaved, square, as the sensor gave them.</param>
internal sealed record RenderedPart(int Size, byte[] Pixels, DefectTruth[] Defects);

/// <summary>Renders one part by its number: the same seed, purpose and number give the same picture. Thread-safe.</summary>
internal sealed class PartRenderer(ulong seed, string purpose)
{
    /// <summary>Side of the picture in pixels.</summary>
    public const int Size = 384;

    /// <summary>Boxes of thin flaws are widened to this, so that their overlap with a found box means something; pixels.</summary>
    public const int LeastSide = 16;

    /// <param name="index">The part's number.</param>
    /// <param name="kinds">Flaws to make; empty for a good part.</param>
    public RenderedPart Render(int index, ReadOnlySpan<DefectKind> kinds)
    {
        Scene scene = SetUp(new RandomStream(seed, purpose + "/scene", (ulong)index));
        var picture = new Rgb[Size * Size];
        scene.Render(picture, new PixelBox(0, 0, Size, Size));
        scene.Expose(picture, new RandomStream(seed, purpose + "/exposure", (ulong)index).Uniform(0.24f, 0.42f));
        var random = new RandomStream(seed, purpose + "/defects", (ulong)index);
        var truths = new List<DefectTruth>();
        foreach (DefectKind kind in kinds) truths.Add(Spoil(scene, picture, kind, random, truths));
        var camera = new Camera(new RandomStream(seed, purpose + "/camera", (ulong)index));
        byte[] pixels = camera.Expose(picture, Size, new RandomStream(seed, purpose + "/noise", (ulong)index));
        return new RenderedPart(Size, pixels, [.. truths]);
    }

    private static Scene SetUp(RandomStream random)
    {
        Pose pose = Pose.Draw(random, Size);
        string lot = $"EF-60 {random.Between(10, 59)}{random.Between(100, 999)}";
        var scene = new Scene
        {
            Size = Size,
            Pose = pose,
            Light = Lighting.Draw(random),
            Finish = new Finish(random, pose.Radius),
            Backdrop = Backdrop.Draw(random, Size),
            Mark = new LaserMark(lot, pose.Rotation + 0.3f, random.Uniform(0.35f, 0.8f)),
            Marks = new SurfaceMarks(Size),
        };
        Wear.Apply(scene, random);
        return scene;
    }

    /// <summary>Makes a flaw that a person can see: what comes out too faint is made stronger, then drawn anew.</summary>
    private static DefectTruth Spoil(Scene scene, Rgb[] picture, DefectKind kind, RandomStream random, List<DefectTruth> others)
    {
        while (true)
        {
            Defect defect = Defect.Draw(kind, scene, random);
            float strength = 1;
            for (int attempt = 0; attempt < 4; attempt++, strength *= 1.45f)
            {
                PixelBox reach = defect.Reach;
                Rgb[] before = Crop(picture, reach);
                MarksSnapshot marks = scene.Marks.Save(reach);
                bool[] drilled = [.. scene.Drilled];
                defect.Apply(scene, strength);
                scene.Render(picture, reach);
                Visibility seen = Visibility.Compare(before, picture, Size, reach);
                if (seen.IsClear && !others.Exists(o => Overlaps(o.Box, seen.Box)))
                    return new DefectTruth(kind, seen.Box.Grow(2, LeastSide, Size), seen.Contrast, seen.Cells);
                scene.Marks.Restore(marks);
                drilled.CopyTo(scene.Drilled, 0);
                for (int y = reach.Top; y < reach.Bottom; y++)
                    before.AsSpan((y - reach.Top) * reach.Width, reach.Width).CopyTo(picture.AsSpan(y * Size + reach.Left));
            }
        }
    }

    private static Rgb[] Crop(Rgb[] picture, in PixelBox box)
    {
        var part = new Rgb[box.Width * box.Height];
        for (int y = box.Top; y < box.Bottom; y++)
            picture.AsSpan(y * Size + box.Left, box.Width).CopyTo(part.AsSpan((y - box.Top) * box.Width));
        return part;
    }

    private static bool Overlaps(in PixelBox a, in PixelBox b) =>
        a.Left < b.Right + 8 && b.Left < a.Right + 8 && a.Top < b.Bottom + 8 && b.Top < a.Bottom + 8;
}
