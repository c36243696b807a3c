using ModelFactory.Defects;
using ModelFactory.Rendering;
using Xunit;

namespace Edge.Training.Tests.Parts;

public sealed class PartRendererTests
{
    public static TheoryData<string> Kinds => [.. Enum.GetNames<DefectKind>()];

    [Fact]
    public void The_same_seed_and_number_give_the_same_picture_and_another_number_another()
    {
        var renderer = new PartRenderer(3, "test");
        RenderedPart first = renderer.Render(5, [DefectKind.Crack]), again = new PartRenderer(3, "test").Render(5, [DefectKind.Crack]);
        Assert.Equal(first.Pixels, again.Pixels);
        Assert.Equal(first.Defects.Select(d => (d.Kind, d.Box, d.Contrast)), again.Defects.Select(d => (d.Kind, d.Box, d.Contrast)));
        Assert.NotEqual(first.Pixels, renderer.Render(6, [DefectKind.Crack]).Pixels);
        Assert.NotEqual(first.Pixels, new PartRenderer(4, "test").Render(5, [DefectKind.Crack]).Pixels);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_flaw_can_be_seen_inside_its_box_and_nowhere_else(string name)
    {
        DefectKind kind = Enum.Parse<DefectKind>(name);
        var renderer = new PartRenderer(11, "test");
        for (int i = 0; i < 4; i++)
        {
            RenderedPart good = renderer.Render(i, []), bad = renderer.Render(i, [kind]);
            Assert.Empty(good.Defects);
            DefectTruth truth = Assert.Single(bad.Defects);
            Assert.Equal(kind, truth.Kind);
            Assert.True(truth.Box.Width >= PartRenderer.LeastSide && truth.Box.Height >= PartRenderer.LeastSide, $"part {i}: {truth.Box}");
            (double inside, double outside) = Difference(good, bad, truth.Box);
            Assert.True(inside > 10, $"part {i}: the picture changes by {inside:F1} levels at most inside {truth.Box}");
            Assert.True(outside < 12, $"part {i}: the picture changes by {outside:F1} levels outside {truth.Box}");
        }
    }

    [Fact]
    public void Several_flaws_do_not_overlap()
    {
        RenderedPart part = new PartRenderer(2, "test").Render(0, [DefectKind.Scratch, DefectKind.Stain, DefectKind.Dent, DefectKind.MissingHole, DefectKind.Burr]);
        Assert.Equal(5, part.Defects.Length);
        for (int a = 0; a < 5; a++)
        {
            for (int b = a + 1; b < 5; b++)
            {
                PixelBox p = part.Defects[a].Box, q = part.Defects[b].Box;
                Assert.False(p.Left < q.Right && q.Left < p.Right && p.Top < q.Bottom && q.Top < p.Bottom, $"{p} and {q} overlap");
            }
        }
    }

    /// <summary>The largest change of the 5×5 mean of green, inside a box and outside it by more than the lens's blur.</summary>
    private static (double Inside, double Outside) Difference(RenderedPart good, RenderedPart bad, in PixelBox box)
    {
        int size = good.Size;
        double inside = 0, outside = 0;
        for (int y = 2; y < size - 2; y++)
        {
            for (int x = 2; x < size - 2; x++)
            {
                int sum = 0;
                for (int dy = -2; dy <= 2; dy++)
                {
                    for (int dx = -2; dx <= 2; dx++)
                    {
                        int at = ((y + dy) * size + x + dx) * 3 + 1;
                        sum += bad.Pixels[at] - good.Pixels[at];
                    }
                }
                double change = Math.Abs(sum / 25.0);
                if (x >= box.Left && x < box.Right && y >= box.Top && y < box.Bottom) inside = Math.Max(inside, change);
                else if (x < box.Left - 5 || x >= box.Right + 5 || y < box.Top - 5 || y >= box.Bottom + 5) outside = Math.Max(outside, change);
            }
        }
        return (inside, outside);
    }
}
