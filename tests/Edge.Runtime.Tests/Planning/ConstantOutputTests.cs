using System.Runtime.CompilerServices;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Planning;

/// <summary>A constant that a model returns is held by its plan, which knows it by address only.</summary>
public class ConstantOutputTests
{
    private const int Count = 50, Length = 4096;

    [Fact]
    public void Constants_that_are_returned_outlive_a_garbage_collection()
    {
        using var session = Open();
        var garbage = new List<byte[]>();
        for (int round = 0; round < 3; round++)
        {
            // What is no longer held is collected, and its memory given to arrays of other contents.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            for (int i = 0; i < 4 * Count; i++)
            {
                byte[] other = GC.AllocateUninitializedArray<byte>(Length * sizeof(float) + 128, pinned: true);
                other.AsSpan().Fill(0xA5);
                garbage.Add(other);
            }
        }

        var x = Tensor.Create<float>(new Shape(1));
        var outputs = session.Run(x);
        Assert.Equal(Count, outputs.Count);
        for (int i = 0; i < Count; i++) Assert.Equal(Enumerable.Repeat((float)i, Length), outputs[i].AsSpan<float>().ToArray());
        GC.KeepAlive(garbage);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static InferenceSession Open()
    {
        var graph = new OnnxGraphBuilder().Input("x", DataType.Float32, [1]);
        for (int i = 0; i < Count; i++)
        {
            graph.Initializer($"k{i}", Enumerable.Repeat((float)i, Length).ToArray(), Length);
            graph.Node("Identity", [$"k{i}"], [$"y{i}"]).Output($"y{i}");
        }

        return new InferenceSession(Model.Load(graph.ToBytes(), "constants"));
    }
}
