using System.Runtime.CompilerServices;
using Xunit;

namespace Edge.Tensors.Tests;

/// <summary>Memory of a tensor stays as long as a span of it is in use, though nothing else needs the tensor.</summary>
public class TensorLifetimeTests
{
    [Fact]
    public void A_span_keeps_the_memory_of_a_tensor_that_nobody_else_needs()
    {
        Span<float> values = Sevens(1000), again = Sevens(3);
        // What is free is taken by these at once, if it can be had.
        for (int i = 0; i < 50; i++)
        {
            GC.Collect();
            for (int k = 0; k < 20; k++) Tensor.Create<float>(new Shape(1000)).AsSpan<float>().Fill(i);
        }
        Assert.Equal(-1, values.IndexOfAnyExcept(7f));
        Assert.Equal(-1, again.IndexOfAnyExcept(7f));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Span<float> Sevens(int count)
    {
        Tensor t = Tensor.Create<float>(new Shape(count));
        t.AsSpan<float>().Fill(7);
        return t.AsSpan<float>();
    }
}
