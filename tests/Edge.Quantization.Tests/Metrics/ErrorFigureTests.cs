using Edge.Quantization.Metrics;
using Xunit;

namespace Edge.Quantization.Tests.Metrics;

public class ErrorFigureTests
{
    [Fact]
    public void Errors_are_those_of_their_definitions()
    {
        var e = new ErrorSum();
        e.Add([3, 0], [1, 1]);
        e.Add(4, 2);
        Assert.Equal(3, e.Count);
        Assert.Equal((4.0 + 1 + 4) / 3, e.MeanSquared);
        Assert.Equal(Math.Sqrt(3), e.RootMeanSquared);
        Assert.Equal(5.0 / 3, e.MeanAbsolute);
        Assert.Equal(3.0 / 5, e.Relative, 12);
    }

    [Fact]
    public void The_edges_of_the_relative_error()
    {
        var e = new ErrorSum();
        Assert.True(double.IsNaN(e.Relative));
        e.Add(0, 0);
        Assert.Equal(0, e.Relative);
        e.Add(0, 1);
        Assert.Equal(double.PositiveInfinity, e.Relative);
        e.Add(1, double.NaN);
        Assert.True(double.IsNaN(e.Relative));
        Assert.Throws<ArgumentException>(() => e.Add([1], [1, 2]));
    }

    [Fact]
    public void Maps_overlap_over_all_pictures_together()
    {
        var m = new MaskOverlap();
        m.Add([0, 0, 1, 1, -1], [0, 1, 1, 1, 5]);
        m.Add([1, 0], [-1, 0]);
        // Class 0: common 2 of 3; class 1: common 2 of true 3 and 1 more; class 5 stands where nobody says.
        Assert.Equal([(0, 2.0 / 3), (1, 2.0 / 4)], m.Classes);
        Assert.Equal((2.0 / 3 + 0.5) / 2, m.Mean, 12);
        m.Add([0], [7]);
        // Class 7 is never there: it has an overlap, but no part in the mean.
        Assert.Equal((7, 0.0), m.Classes.Last());
        Assert.Equal((0.5 + 0.5) / 2, m.Mean, 12);
    }

    [Fact]
    public void Maps_without_truth_have_no_mean()
    {
        var m = new MaskOverlap();
        Assert.True(double.IsNaN(m.Mean));
        m.Add([-1, -1], [0, 1]);
        Assert.True(double.IsNaN(m.Mean));
        Assert.Throws<ArgumentException>(() => m.Add([0], [MaskOverlap.MaxClasses]));
        Assert.Throws<ArgumentException>(() => m.Add([0], [0, 0]));
    }
}
