using Edge.Runtime.Execution;
using Xunit;

namespace Edge.Runtime.Tests.Planning;

/// <summary>Chunks of rows follow each other without gaps, and begin where they may.</summary>
public class RowDivisionTests
{
    [Theory]
    [InlineData(169, 13, 2, 2)]
    [InlineData(169, 13, 2, 6)]
    [InlineData(100, 7, 4, 4)]
    [InlineData(80, 1, 3, 9)]
    [InlineData(10, 4, 2, 4)]
    public void All_rows_are_in_one_chunk(int rows, int granule, int threads, int chunks)
    {
        var division = new RowDivision(rows, granule, threads, chunks);
        Assert.Equal(0, division.Start(0));
        Assert.Equal(rows, division.Start(chunks));
        nint least = rows, most = 0;
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            nint first = division.Start(chunk), end = division.Start(chunk + 1);
            Assert.True(first <= end);
            Assert.True(end == rows || end % granule == 0);
            (least, most) = (nint.Min(least, end - first), nint.Max(most, end - first));
        }

        Assert.Equal((least, most), division.Sizes());
    }
}
