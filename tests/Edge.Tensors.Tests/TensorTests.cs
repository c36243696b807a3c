using CsCheck;
using Xunit;

namespace Edge.Tensors.Tests;

public unsafe class TensorTests
{
    private static readonly DataType[] Numeric = [.. Enum.GetValues<DataType>().Where(t => t.Size() > 0)];

    [Fact]
    public void Memory_is_aligned_zeroed_and_followed_by_readable_slack() =>
        Gen.Select(Gen.Int[0, Numeric.Length - 1].Select(i => Numeric[i]), Gen.Int[0, 200]).Sample((type, n) =>
        {
            var t = Tensor.Create(type, new Shape(n));
            Assert.Equal(0, (nint)t.Data % Tensor.Alignment);
            Assert.True(t.HasSlack);
            Assert.Equal((nint)n * type.Size(), t.ByteLength);
            Assert.False(new Span<byte>(t.Data, (int)t.ByteLength + Tensor.Slack).ContainsAnyExcept((byte)0));
        }, iter: 200);

    [Fact]
    public void Elements_are_those_that_were_given()
    {
        var t = Tensor.Create<short>(new Shape(2, 2), [1, -2, 3, -4]);
        Assert.Equal(DataType.Int16, t.Type);
        Assert.Equal([1, -2, 3, -4], t.AsSpan<short>().ToArray());
        Assert.Equal([1, -2, 3, -4], t.View.AsSpan<short>().ToArray());
    }

    [Fact]
    public void A_wrong_number_of_elements_is_refused()
    {
        var e = Assert.Throws<ArgumentException>(() => Tensor.Create<float>(new Shape(2, 2), [1, 2, 3]));
        Assert.Equal("3 elements do not fill shape [2,2] of 4", e.Message);
    }

    [Fact]
    public void Elements_are_not_read_as_another_type()
    {
        var e = Assert.Throws<InvalidOperationException>(() => Tensor.Create<float>(new Shape(2)).AsSpan<int>());
        Assert.Equal("the tensor holds float, not Int32", e.Message);
        Assert.Throws<InvalidOperationException>(() => Tensor.Create<byte>(new Shape(2)).View.AsSpan<sbyte>());
    }

    [Fact]
    public void A_clone_has_memory_of_its_own_and_a_reshape_has_not()
    {
        var t = Tensor.Create<float>(new Shape(4), [1, 2, 3, 4]);
        var clone = t.Clone();
        var view = t.Reshape(new Shape(2, 2));
        t.AsSpan<float>()[0] = 9;
        Assert.Equal(1, clone.AsSpan<float>()[0]);
        Assert.Equal(9, view.AsSpan<float>()[0]);
        Assert.True(view.HasSlack);
        Assert.Throws<ArgumentException>(() => t.Reshape(new Shape(5)));
    }

    [Fact]
    public void Borrowed_memory_promises_no_slack_unless_it_is_said()
    {
        float[] values = [1, 2];
        fixed (float* p = values)
        {
            Assert.False(Tensor.Borrow(DataType.Float32, new Shape(2), p, values).HasSlack);
            Assert.True(Tensor.Borrow(DataType.Float32, new Shape(1), p, values, hasSlack: true).HasSlack);
            Assert.Equal([1, 2], Tensor.Borrow(DataType.Float32, new Shape(2), p, values).AsSpan<float>().ToArray());
        }
    }

    [Fact]
    public void Types_without_a_size_are_not_made() => Assert.Throws<ArgumentException>(() => Tensor.Create(DataType.Undefined, new Shape(1)));

    [Fact]
    public void Every_element_type_and_its_dotnet_type_agree_in_size()
    {
        Assert.Equal(DataType.Float16, DataTypeExtensions.Of<Half>());
        Assert.Equal(8, DataTypeExtensions.Of<ulong>().Size());
        Assert.Equal(1, DataTypeExtensions.Of<bool>().Size());
        Assert.Throws<NotSupportedException>(() => DataTypeExtensions.Of<char>());
    }

    [Fact]
    public void Elements_that_are_deferred_are_made_once_by_whoever_asks_first()
    {
        int made = 0;
        Tensor t = Tensor.Defer(DataType.Float32, new Shape(2, 3), () =>
        {
            Interlocked.Increment(ref made);
            return Tensor.Create<float>(new Shape(2, 3), [1f, 2, 3, 4, 5, 6]);
        });
        Assert.Equal((24, 0, true), (t.ByteLength, made, t.HasSlack));
        Parallel.For(0, 8, _ => Assert.Equal([1f, 2, 3, 4, 5, 6], t.AsSpan<float>()));
        Assert.Equal([1f, 2, 3, 4, 5, 6], t.Reshape(new Shape(6)).AsSpan<float>());
        Assert.Equal(1, made);
        Tensor wrong = Tensor.Defer(DataType.Float32, new Shape(2), () => Tensor.Create<float>(new Shape(3)));
        Assert.Throws<InvalidOperationException>(() => wrong.Bytes.Length);
    }
}
