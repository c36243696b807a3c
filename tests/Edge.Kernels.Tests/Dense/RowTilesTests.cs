using Edge.Kernels.Generic.Gemm;
using Xunit;

namespace Edge.Kernels.Tests.Dense;

/// <summary>How rows are divided among register tiles.</summary>
public class RowTilesTests
{
    [Theory]
    [InlineData(12, 1)]
    [InlineData(6, 2)]
    [InlineData(8, 4)]
    public void EveryRowIsInOneTile(int maxRows, int granule)
    {
        TileSet tiles = Emitted(maxRows, granule);
        for (nint rows = 0; rows < 200; rows++)
        {
            var division = new RowTiles(rows, tiles);
            Assert.Equal((rows + maxRows - 1) / maxRows, division.Count);
            Assert.Equal(0, division.Start(0));
            Assert.Equal(rows, division.Start(division.Count));
            for (nint tile = 0; tile < division.Count; tile++) Assert.InRange(division.Rows(tile), 1, maxRows);
        }
    }

    [Fact]
    public void TilesAreOfAboutTheSameHeight()
    {
        var division = new RowTiles(49, Emitted(12, 1));
        Assert.Equal([10, 10, 10, 10, 9], Heights(division));
    }

    [Fact]
    public void HeightsAreMultiplesOfWhatIsComputedTogether()
    {
        Assert.Equal([6, 4], Heights(new RowTiles(10, Emitted(8, 2))));
        Assert.Equal([8, 7], Heights(new RowTiles(15, Emitted(8, 2))));
    }

    [Fact]
    public void ARunHasTilesOfOneHeight()
    {
        foreach (int granule in (int[])[1, 2, 4])
            for (nint rows = 1; rows < 200; rows++)
            {
                var division = new RowTiles(rows, Emitted(12, granule));
                for (nint last = 1; last <= division.Count; last++)
                    for (nint tile = 0, end; tile < last; tile = end)
                    {
                        end = division.EndOfRun(tile, last);
                        Assert.InRange(end, tile + 1, last);
                        for (nint i = tile; i < end; i++) Assert.Equal(division.Rows(tile), division.Rows(i));
                    }
            }
    }

    private static IEnumerable<int> Heights(RowTiles division) => Enumerable.Range(0, (int)division.Count).Select(t => division.Rows(t));

    private static TileSet Emitted(int maxRows, int granule) => TileSet.Emitted(32, maxRows, granule, 4, (_, _) => 0);
}
