using CsCheck;
using Edge.Kernels.Layout;
using Edge.Kernels.SelfTest;
using Edge.Kernels.Threading;
using Edge.Tensors;
using Xunit;

namespace Edge.Kernels.Tests.Layout;

public unsafe class StridedCopyTests
{
    /// <summary>Dimensions 0 to 40 up to rank 5, a permutation, an element size and threads.</summary>
    private static readonly Gen<(int[] Dims, int[] Permutation, int Element, int Threads)> Transposes =
        from rank in Gen.Int[0, 5]
        from dims in Gen.OneOf(Gen.Int[1, 6], Gen.Int[0, 3], Gen.Int[1, rank > 3 ? 9 : 40]).Array[rank]
        from permutation in Gen.Shuffle(Enumerable.Range(0, rank).ToArray())
        from element in Gen.Int[0, 3].Select(i => 1 << i)
        from threads in Gen.Int[1, 3]
        select (dims, permutation, element, threads);

    [Fact]
    public void A_transposition_puts_every_element_where_its_coordinates_say() => Transposes.Sample(t =>
    {
        Tensor x = Numbered(t.Dims, t.Element);
        int[] dims = [.. t.Permutation.Select(a => t.Dims[a])];
        Tensor y = Tensor.Create(x.Type, new Shape(dims));
        using WorkerPool pool = new(t.Threads);
        StridedCopy.Transpose(t.Dims, t.Permutation, t.Element).Run(x.Data, y.Data, pool);
        int[] strides = x.Shape.Strides();
        for (int i = 0; i < y.Count; i++)
        {
            int rest = i, from = 0;
            for (int a = dims.Length - 1; a >= 0; a--)
            {
                (rest, int at) = Math.DivRem(rest, dims[a]);
                from += at * strides[t.Permutation[a]];
            }

            Assert.True(Element(x, from).SequenceEqual(Element(y, i)));
        }
    }, iter: 400, threads: 1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Tiles_of_a_large_transposition_meet(int element)
    {
        // Multiples of what vectors and tiles hold, one more, one less, a few.
        int[] sizes = [3, 7, 8, 9, 15, 17, 127, 128, 129, 257];
        foreach (int rows in sizes)
            foreach (int columns in (int[])[.. sizes, 2051])
            {
                Tensor x = Numbered([2, rows, columns], element);
                using GuardedMemory y = new(x.ByteLength);
                using WorkerPool pool = new(1 + (rows + columns) % 3);
                StridedCopy.Transpose([2, rows, columns], [0, 2, 1], element).Run(x.Data, y.Data, pool);
                for (int image = 0; image < 2; image++)
                    for (int r = 0; r < rows; r++)
                        for (int c = 0; c < columns; c++)
                            Assert.True(Element(x, (image * rows + r) * columns + c).SequenceEqual(new Span<byte>(y.Data, (int)x.ByteLength).Slice(((image * columns + c) * rows + r) * element, element)), $"{rows} {columns}: {r} {c}");
                Assert.True(y.IsIntact);
            }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Two_groups_of_channels_are_interleaved_in_every_pixel(int element)
    {
        foreach (int channels in (int[])[1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 29, 33, 58])
            foreach (int threads in (int[])[1, 2, 3])
            {
                // Of each pixel there is more than is taken, so that images and pixels stay axes of their own.
                const int images = 3, pixels = 700;
                int pixel = 2 * channels + 5;
                Tensor x = Numbered([images, pixels + 1, pixel], element);
                using GuardedMemory y = new((nint)images * pixels * 2 * channels * element);
                using WorkerPool pool = new(threads);
                nint stride = (nint)pixel * element;
                new StridedCopy(
                    [
                        new(images, (pixels + 1) * stride, (nint)pixels * 2 * channels * element), new(pixels, stride, (nint)2 * channels * element),
                        new(channels, element, (nint)2 * element), new(2, (nint)channels * element, element),
                    ], element).Run(x.Data, y.Data, pool);
                for (int i = 0; i < images * pixels * channels; i++)
                    for (int group = 0; group < 2; group++)
                        Assert.True(Element(x, (i / channels / pixels * (pixels + 1) + i / channels % pixels) * pixel + group * channels + i % channels)
                            .SequenceEqual(y.Bytes.Slice((2 * i + group) * element, element)), $"{channels} channels: {i}");
                Assert.True(y.IsIntact);
            }
    }

    [Theory]
    [InlineData(1, 3, 70, 50)]
    [InlineData(2, 1, 129, 33)]
    [InlineData(4, 2, 64, 64)]
    [InlineData(8, 5, 31, 200)]
    public void Steps_backwards_and_repetitions_are_followed(int element, int repeat, int rows, int columns)
    {
        Tensor x = Numbered([rows, columns], element);
        Tensor y = Tensor.Create(x.Type, new Shape(repeat, rows, (columns + 1) / 2));
        int taken = (columns + 1) / 2;
        CopyAxis[] axes =
        [
            new(repeat, 0, (nint)rows * taken * element),
            new(rows, -(nint)columns * element, (nint)taken * element),
            new(taken, 2 * (nint)element, element),
        ];
        new StridedCopy(axes, element).Run(x.Data + (nint)(rows - 1) * columns * element, y.Data, WorkerPool.Inline);
        for (int i = 0; i < y.Count; i++)
            Assert.True(Element(x, (rows - 1 - i / taken % rows) * columns + i % taken * 2).SequenceEqual(Element(y, i)));
    }

    /// <summary>Channel shuffles and colour pictures, around every length of a vector.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Two_and_three_planes_are_interleaved_and_taken_apart(int element)
    {
        for (int planes = 2; planes <= 3; planes++)
            for (int count = 1; count <= 70; count++)
            {
                // Planes that lie apart.
                int plane = count + 3;
                Tensor x = Numbered([planes, plane], element);
                using GuardedMemory y = new((nint)count * planes * element), z = new((nint)count * element);
                new StridedCopy([new(count, element, (nint)planes * element), new(planes, (nint)plane * element, element)], element).Run(x.Data, y.Data, WorkerPool.Inline);
                for (int i = 0; i < count * planes; i++)
                    Assert.True(Element(x, i % planes * plane + i / planes).SequenceEqual(y.Bytes.Slice(i * element, element)), $"{planes} planes of {count}, element {i}");
                for (int first = 0; first < planes; first++)
                {
                    new StridedCopy([new(count, (nint)planes * element, element)], element).Run(y.Data + first * element, z.Data, WorkerPool.Inline);
                    for (int i = 0; i < count; i++)
                        Assert.True(Element(x, first * plane + i).SequenceEqual(z.Bytes.Slice(i * element, element)), $"element {first} of {planes}, {count} of them");
                }

                Assert.True(y.IsIntact && z.IsIntact);
            }
    }

    [Fact]
    public void Axes_that_continue_each_other_are_one_block() =>
        Assert.Equal("copy", StridedCopy.Transpose([4, 1, 5, 6], [1, 0, 2, 3], 4).Name);

    [Theory]
    [InlineData(4, "transpose_4")]
    [InlineData(1, "transpose_1")]
    public void Two_layouts_of_one_picture_are_walked_in_tiles(int element, string name) =>
        Assert.Equal(name, StridedCopy.Transpose([1, 16, 20, 20], [0, 2, 3, 1], element).Name);

    internal static Tensor Numbered(int[] dims, int element)
    {
        DataType type = element switch { 1 => DataType.UInt8, 2 => DataType.UInt16, 4 => DataType.UInt32, _ => DataType.UInt64 };
        Tensor t = Tensor.Create(type, new Shape(dims));
        new Random(1).NextBytes(t.Bytes);
        return t;
    }

    internal static ReadOnlySpan<byte> Element(Tensor t, int i) => t.Bytes.Slice(i * t.Type.Size(), t.Type.Size());
}
