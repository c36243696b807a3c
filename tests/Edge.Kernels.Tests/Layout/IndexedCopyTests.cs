using CsCheck;
using Edge.Kernels.Layout;
using Edge.Kernels.Threading;
using Edge.Tensors;
using Xunit;

namespace Edge.Kernels.Tests.Layout;

public unsafe class IndexedCopyTests
{
    private static readonly Gen<(int[] Dims, int[][] Tables, int Element, int Threads)> Copies =
        from dims in Gen.Int[1, 6].Array[1, 4]
        from tables in Gen.Select(Table(dims[0]), Table(dims[Math.Min(1, dims.Length - 1)]), Table(dims[Math.Min(2, dims.Length - 1)]), Table(dims[^1]))
        from element in Gen.Int[0, 3].Select(i => 1 << i)
        from threads in Gen.Int[1, 3]
        select (dims, new[] { tables.Item1, tables.Item2, tables.Item3, tables.Item4 }[..dims.Length], element, threads);

    [Fact]
    public void Every_element_comes_from_where_the_tables_say() => Copies.Sample(t =>
    {
        // The generator knows the sizes of up to three leading axes; the others are clamped to their own.
        for (int a = 0; a < t.Dims.Length; a++) t.Tables[a] = [.. t.Tables[a].Select(i => Math.Min(i, t.Dims[a] - 1))];
        Tensor x = StridedCopyTests.Numbered(t.Dims, t.Element);
        Tensor fill = StridedCopyTests.Numbered([], t.Element);
        Tensor y = Tensor.Create(x.Type, new Shape([.. t.Tables.Select(table => table.Length)]));
        using WorkerPool pool = new(t.Threads);
        new IndexedCopy(t.Dims, t.Tables, t.Element).Run(x.Data, y.Data, fill.Data, pool);
        int[] strides = x.Shape.Strides();
        for (int i = 0; i < y.Count; i++)
        {
            int rest = i, from = 0;
            bool filled = false;
            for (int a = t.Dims.Length - 1; a >= 0; a--)
            {
                (rest, int at) = Math.DivRem(rest, t.Tables[a].Length);
                filled |= t.Tables[a][at] < 0;
                from += t.Tables[a][at] * strides[a];
            }

            Assert.True((filled ? StridedCopyTests.Element(fill, 0) : StridedCopyTests.Element(x, from)).SequenceEqual(StridedCopyTests.Element(y, i)));
        }
    }, iter: 500, threads: 1);

    /// <summary>As it is, any indices, or indices and fill values.</summary>
    private static Gen<int[]> Table(int size) => Gen.OneOf(
        Gen.Const(Enumerable.Range(0, size).ToArray()), Gen.Int[0, size - 1].Array[0, 9], Gen.Int[-1, size - 1].Array[0, 9]);
}
