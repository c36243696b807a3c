using Edge.Kernels.Layout;
using Edge.Kernels.SelfTest;
using Edge.Kernels.Threading;
using Edge.Tensors;
using Xunit;

namespace Edge.Kernels.Tests.Layout;

public unsafe class RowPartsTests
{
    /// <summary>Around what registers of each size hold, and what is left to the system's routine.</summary>
    private static readonly int[] s_lengths = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 58, 63, 64, 65, 96, 127, 128, 129, 255, 256, 257, 600];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Parts_are_joined_and_taken_apart_again(int threads)
    {
        using WorkerPool pool = new(threads);
        RowPart* parts = stackalloc RowPart[2];
        foreach (int length in s_lengths)
            foreach (int rows in (int[])[1, 2, 37, 2100])
            {
                const int gap = 3, other = 21;
                int rowBytes = length + gap + other;
                Tensor first = StridedCopyTests.Numbered([rows, length], 1), second = StridedCopyTests.Numbered([rows, other], 1);
                using GuardedMemory whole = new((nint)rows * rowBytes), again = new(first.ByteLength);
                whole.Bytes.Fill(0xA5);
                parts[0] = new() { Data = first.Data, Bytes = length };
                parts[1] = new() { Data = second.Data, Bytes = other, Place = length + gap };
                RowParts.Join(parts, 2, whole.Data, rowBytes, rows, null, pool);
                for (int r = 0; r < rows; r++)
                {
                    Span<byte> row = whole.Bytes.Slice(r * rowBytes, rowBytes);
                    Assert.True(row[..length].SequenceEqual(first.Bytes.Slice(r * length, length)), $"{length} bytes, row {r} of {rows}");
                    Assert.False(row.Slice(length, gap).ContainsAnyExcept((byte)0xA5));
                    Assert.True(row[(length + gap)..].SequenceEqual(second.Bytes.Slice(r * other, other)));
                }

                parts[0] = new() { Data = again.Data, Bytes = length };
                RowParts.Split(parts, 1, whole.Data, rowBytes, rows, pool);
                Assert.True(again.Bytes.SequenceEqual(first.Bytes), $"{length} bytes, {rows} rows");
                Assert.True(whole.IsIntact && again.IsIntact);
            }
    }

    [Fact]
    public void A_part_is_looked_up_on_its_way_by_every_set()
    {
        Tensor table = StridedCopyTests.Numbered([256], 1);
        foreach (KernelSet kernels in KernelCatalog.Available)
            foreach (int length in s_lengths)
            {
                const int rows = 19, place = 5;
                int rowBytes = length + place + 2;
                Tensor x = StridedCopyTests.Numbered([rows, length], 1);
                using GuardedMemory whole = new((nint)rows * rowBytes);
                whole.Bytes.Fill(0x5A);
                RowPart part = new() { Data = x.Data, Bytes = length, Place = place, Table = table.Data };
                RowParts.Join(&part, 1, whole.Data, rowBytes, rows, kernels.Elementwise.Lookup, WorkerPool.Inline);
                for (int i = 0; i < rows * rowBytes; i++)
                {
                    (int r, int at) = Math.DivRem(i, rowBytes);
                    byte expected = at < place || at >= place + length ? (byte)0x5A : table.Bytes[x.Bytes[r * length + at - place]];
                    Assert.True(whole.Bytes[i] == expected, $"{kernels.Name}, {length} bytes: byte {at} of row {r}");
                }

                Assert.True(whole.IsIntact);
            }
    }
}
