using Edge.Kernels.Recurrent;
using Edge.Kernels.Tests.Dense;
using Xunit;

namespace Edge.Kernels.Tests.Recurrent;

/// <summary>Cells give the scalar ones' bits on every instruction set, and stay inside their buffers.</summary>
public sealed unsafe class CellTests
{
    private static readonly int[] s_sizes = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65];

    private static RecurrentKernels Scalar => KernelCatalog.Available[^1].Recurrent;

    public static TheoryData<RecurrentFunction> Functions => [.. Enum.GetValues<RecurrentFunction>()];

    [Theory]
    [MemberData(nameof(Functions))]
    public void Lstm_cells_give_the_same_bits(RecurrentFunction function)
    {
        RecurrentActivation f = new(RecurrentFunction.Sigmoid), g = new(RecurrentFunction.Tanh), other = new(function, 0.7f, 0.3f);
        foreach (KernelSet set in KernelCatalog.Available)
            foreach (int h in s_sizes)
                foreach (var (gate, candidate, coupled) in (ReadOnlySpan<(RecurrentActivation, RecurrentActivation, bool)>)[(f, g, false), (other, g, true), (f, other, false)])
                    foreach (int optional in (int[])[0, 1])
                    {
                        float[] Run(RecurrentKernels kernels)
                        {
                            using Buffers b = new(h, 4, 4, 8 * optional, 3 * optional, 1, 1);
                            kernels.Lstm(gate, candidate, g, 1.5f, coupled, h).Step(b[0], b[1], optional == 0 ? null : b[2], optional == 0 ? null : b[3], b[4], b[5]);
                            return [.. b.Floats(4), .. b.Floats(5)];
                        }

                        Assert.Equal(Run(Scalar), Run(set.Recurrent));
                    }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Gru_cells_give_the_same_bits(RecurrentFunction function)
    {
        RecurrentActivation f = new(RecurrentFunction.Sigmoid), g = new(RecurrentFunction.Tanh), other = new(function, 0.7f, 0.3f);
        foreach (KernelSet set in KernelCatalog.Available)
            foreach (int h in s_sizes)
                foreach (var (gate, candidate) in (ReadOnlySpan<(RecurrentActivation, RecurrentActivation)>)[(f, g), (other, g), (f, other)])
                    foreach (int optional in (int[])[0, 1])
                    {
                        float[] Run(RecurrentKernels kernels)
                        {
                            using Buffers b = new(h, 3, 3, 6 * optional, 1, 1, 1);
                            GruCell cell = kernels.Gru(gate, candidate, 1.5f, h);
                            float* bias = optional == 0 ? null : b[2];
                            cell.Step(b[0], b[1], bias, b[3]);
                            cell.Reset(b[0], b[1], bias, b[3], b[4]);
                            cell.Finish(b[0], b[1], b[5], bias, b[3]);
                            return [.. b.Floats(1), .. b.Floats(3), .. b.Floats(4)];
                        }

                        Assert.Equal(Run(Scalar), Run(set.Recurrent));
                    }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Rnn_cells_give_the_same_bits(RecurrentFunction function)
    {
        foreach (KernelSet set in KernelCatalog.Available)
            foreach (int h in s_sizes)
            {
                float[] Run(RecurrentKernels kernels)
                {
                    using Buffers b = new(h, 1, 1, 2, 1);
                    kernels.Rnn(new(function, 0.7f, 0.3f), 1.5f, h).Step(b[0], b[1], b[2], b[3]);
                    return b.Floats(3);
                }

                Assert.Equal(Run(Scalar), Run(set.Recurrent));
            }
    }

    /// <summary>Rows of random numbers, each ending at a page that cannot be touched.</summary>
    private sealed class Buffers : IDisposable
    {
        private readonly GuardPages[] _pages;
        private readonly int[] _counts;

        /// <param name="hidden">H.</param>
        /// <param name="multiples">Numbers in each row, in units of H.</param>
        public Buffers(int hidden, params int[] multiples)
        {
            var random = new Random(hidden);
            _counts = Array.ConvertAll(multiples, m => m * hidden);
            _pages = Array.ConvertAll(_counts, n => new GuardPages(n * sizeof(float)));
            for (int i = 0; i < _pages.Length; i++)
                foreach (ref float v in new Span<float>(_pages[i].Data, _counts[i])) v = random.NextSingle() * 4 - 2;
        }

        public float* this[int row] => (float*)_pages[row].Data;

        public float[] Floats(int row) => new Span<float>(_pages[row].Data, _counts[row]).ToArray();

        public void Dispose() => Array.ForEach(_pages, p => p.Dispose());
    }
}
