using Edge.Kernels;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Quantize;
using Edge.Kernels.Threading;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Lookup;

/// <summary>
/// Makes the table of a function from 8-bit integers to 8-bit integers: dequantize, apply, quantize, for each of the 256
/// bit patterns.
/// </summary>
/// <param name="kernels">The kernels that would do the same to whole tensors.</param>
/// <param name="from">uint8 or int8.</param>
/// <param name="to">uint8 or int8.</param>
/// <param name="function">Null for the identity.</param>
internal sealed unsafe class ByteTable(KernelSet kernels, DataType from, DataType to, UnaryKernel? function)
{
    public const int Entries = 256;

    /// <summary>Scratch that <see cref="Fill"/> needs.</summary>
    public const int ScratchBytes = Entries * sizeof(float);

    private static readonly Tensor s_patterns = Tensor.Create<byte>(new Shape(Entries), [.. Enumerable.Range(0, Entries).Select(i => (byte)i)]);

    /// <summary>The function, as kernel names show it.</summary>
    public string Name => function?.Name ?? "requantize";

    public ByteLookup Lookup { get; } = kernels.Elementwise.Lookup;

    public void Fill(byte* table, QuantizationParameters x, QuantizationParameters y, byte* scratch)
    {
        var layout = ChannelLayout.PerTensor(Entries);
        var real = (float*)scratch;
        float xScale = x.Scale, yScale = y.Scale, yZero = y.ZeroPoint;
        int xZero = x.ZeroPoint;
        kernels.Quantize.Dequantize(s_patterns.Data, from, real, layout, &xScale, &xZero, WorkerPool.Inline);
        function?.Run(real, real, Entries, WorkerPool.Inline);
        kernels.Quantize.Quantize(real, table, to, layout, &yScale, &yZero, WorkerPool.Inline);
    }
}
