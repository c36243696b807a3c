using Xunit;

namespace Edge.Tensors.Tests;

public class ShapeTests
{
    [Fact]
    public void A_shape_knows_its_count_strides_and_products()
    {
        var s = new Shape(2, 3, 4);
        Assert.Equal(24, s.Count);
        Assert.Equal([12, 4, 1], s.Strides());
        Assert.Equal(12, s.Product(1, 3));
        Assert.Equal(1, s.Product(2, 2));
        Assert.Equal("[2,3,4]", s.ToString());
    }

    [Fact]
    public void The_default_shape_is_that_of_a_scalar()
    {
        Assert.Equal(1, default(Shape).Count);
        Assert.Equal(0, Shape.Scalar.Rank);
        Assert.Equal("[]", Shape.Scalar.ToString());
        Assert.Equal(new Shape(), Shape.Scalar);
    }

    [Fact]
    public void A_dimension_of_zero_leaves_no_elements() => Assert.Equal(0, new Shape(3, 0, 2).Count);

    [Fact]
    public void Shapes_are_equal_by_their_dimensions()
    {
        Assert.True(new Shape(2, 3) == new Shape(2, 3));
        Assert.True(new Shape(2, 3) != new Shape(3, 2));
        Assert.True(new Shape(2, 3) != new Shape(2, 3, 1));
        Assert.Equal(new Shape(2, 3).GetHashCode(), new Shape(2, 3).GetHashCode());
    }

    [Fact]
    public void Dimensions_that_cannot_be_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new Shape(2, -1));
        var e = Assert.Throws<ArgumentException>(() => new Shape(1 << 16, 1 << 15));
        Assert.Contains("more than 2147483647 elements", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 2)]
    [InlineData(2, 2)]
    public void Axes_are_counted_from_either_end(int axis, int expected) => Assert.Equal(expected, new Shape(2, 3, 4).NormalizeAxis(axis));

    [Theory]
    [InlineData(3)]
    [InlineData(-4)]
    public void Axes_outside_are_refused(int axis) => Assert.Throws<ArgumentOutOfRangeException>(() => new Shape(2, 3, 4).NormalizeAxis(axis));

    [Fact]
    public void A_shape_does_not_follow_the_array_that_it_was_made_of()
    {
        int[] dims = [2, 3];
        var s = new Shape(dims);
        dims[0] = 9;
        s.ToArray()[1] = 9;
        Assert.Equal([2, 3], s.ToArray());
    }
}
