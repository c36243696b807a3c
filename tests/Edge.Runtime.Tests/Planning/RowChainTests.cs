using Edge.Kernels;
using Edge.Onnx;
using Edge.Runtime.Tests.Passes.Patterns;
using Edge.Runtime.Tests.Sessions;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Planning;

/// <summary>Threads take their rows through several steps where each reads of the others what the same thread has written.</summary>
public class RowChainTests
{
    private const int Size = 20, Channels = 64;

    private static string Conv(WrittenOut g, string x, int seed, int kernel = 1, int inputs = Channels, int outputs = Channels)
    {
        long pad = kernel / 2;
        return g.Node("Conv", [x, g.Constant(seed, outputs, inputs, kernel, kernel), g.Constant(seed + 1, outputs)], AttributeProto.Of("pads", [pad, pad, pad, pad]));
    }

    private static WrittenOut Written() => new(17, 1, Channels, Size, Size);

    private static SessionOptions Options(int threads, string isa) => new() { Threads = threads, Isa = isa, Winograd = false };

    /// <summary>Sets that compute ranges of pixels, and that this CPU can run.</summary>
    public static TheoryData<string> Isas => [.. KernelCatalog.Available.Select(k => k.Name).Where(n => n != "scalar")];

    /// <summary>The plan's steps for two threads, those that are chained to the one before behind a +; every number of threads returns the same bytes.</summary>
    private static string Chains(WrittenOut g, string isa, params string[] outputs)
    {
        return Chains(g.Build(outputs), EngineComparison.Random(5, 1, Channels, Size, Size), isa);
    }

    private static string Chains(ModelProto proto, Tensor x, string isa)
    {
        using var alone = new InferenceSession(Model.FromProto(proto, "test"), Options(1, isa));
        Assert.All(alone.Describe().Steps, s => Assert.False(s.Chained));
        byte[][] expected = [.. alone.Run(x).Select(t => t.Bytes.ToArray())];
        string found = "";
        foreach (int threads in (int[])[2, 3, 4])
        {
            using var session = new InferenceSession(Model.FromProto(proto, "test"), Options(threads, isa));
            if (threads == 2) found = string.Join(' ', session.Describe().Steps.Select(s => (s.Chained ? "+" : "") + s.OpType));
            for (int run = 0; run < 20; run++)
            {
                Tensor[] actual = [.. session.Run(x)];
                for (int i = 0; i < actual.Length; i++) Assert.True(actual[i].Bytes.SequenceEqual(expected[i]), $"{isa}, {threads} threads: output {i} differs");
            }
        }

        return found.Replace("Transpose ", "").Replace(" Transpose", "");
    }

    [Theory]
    [MemberData(nameof(Isas))]
    public void Pixels_go_from_a_convolution_to_pointwise_ones_behind_it(string isa)
    {
        WrittenOut g = Written();
        string found = Chains(g, isa, Conv(g, Conv(g, Conv(g, "x", 1, kernel: 3), 3), 5));
        // Tiles of other sets divide pixels by their height, which both have.
        Assert.Equal("Conv +Conv +Conv", found);
    }

    [Theory]
    [MemberData(nameof(Isas))]
    public void What_is_joined_from_parts_goes_along(string isa)
    {
        WrittenOut g = Written();
        string squeezed = Conv(g, "x", 1, outputs: 16), narrow = Conv(g, squeezed, 3, inputs: 16), wide = Conv(g, squeezed, 5, kernel: 3, inputs: 16);
        string found = Chains(g, isa, Conv(g, g.Node("Concat", [narrow, wide], AttributeProto.Of("axis", 1L)), 7, inputs: 2 * Channels));
        Assert.EndsWith("+Conv", found, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Isas))]
    public void Pooled_lines_go_to_what_is_behind_them(string isa)
    {
        WrittenOut g = Written();
        string pooled = g.Node("MaxPool", ["x"], AttributeProto.Of("kernel_shape", [3L, 3L]), AttributeProto.Of("pads", [1L, 1, 1, 1]));
        // Other sets divide pixels by the height of their tiles, which lines do not.
        Assert.Equal(isa == "avx512vnni" ? "MaxPool +Conv +Conv" : "MaxPool Conv +Conv", Chains(g, isa, Conv(g, Conv(g, pooled, 1), 3)));
    }

    [Theory]
    [MemberData(nameof(Isas))]
    public void Every_other_channel_goes_along_but_not_every_other_line(string isa)
    {
        WrittenOut g = Written();
        string Sliced(string x, long axis) => g.Node("Slice", [x, g.Ints(1), g.Ints(long.MaxValue), g.Ints(axis), g.Ints(2)]);
        string a = Conv(g, Conv(g, "x", 1), 3);
        string found = Chains(g, isa, Conv(g, Sliced(a, 1), 5, inputs: Channels / 2), Conv(g, Sliced(a, 2), 7));
        Assert.StartsWith("Conv +Conv +Slice +Conv", found, StringComparison.Ordinal);
        Assert.Contains(" Slice", found, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Isas))]
    public void A_convolution_over_neighbours_of_what_the_chain_writes_begins_another_one(string isa)
    {
        WrittenOut g = Written();
        Assert.Equal("Conv +Conv Conv +Conv", Chains(g, isa, Conv(g, Conv(g, Conv(g, Conv(g, "x", 1), 3), 5, kernel: 3), 7)));
    }

    [Theory]
    [MemberData(nameof(Isas))]
    public void What_one_thread_reads_around_its_rows_no_other_thread_overwrites(string isa)
    {
        // The sum is written where the input of the wide convolution lies, which nobody reads afterwards.
        WrittenOut g = Written();
        string a = Conv(g, Conv(g, "x", 1), 3), wide = Conv(g, a, 5, kernel: 3);
        string found = Chains(g, isa, Conv(g, g.Node("Mul", [a, wide]), 7));
        Assert.Equal("Conv +Conv Conv Mul Conv", found);
    }

    /// <summary>A block of 8-bit layers: a convolution over neighbours, then a pointwise one, a sum, parts joined by tables, shuffled channels.</summary>
    [Theory]
    [MemberData(nameof(Isas))]
    public void Sums_joined_parts_and_shuffles_of_bytes_go_along(string isa)
    {
        const int half = 2 * Channels;
        var random = new Random(3);
        var g = new OnnxGraphBuilder(17).Input("x", DataType.UInt8, [1, half, Size, Size]);
        g.Initializer("scale", [0.02f]).Initializer("half scale", [0.04f]).Initializer<byte>("zero", [117]).Initializer("w scale", [0.004f]).Initializer<sbyte>("w zero", [0]);
        string Conv(string x, string name, int inputs, int kernel, int group = 1)
        {
            var w = new sbyte[half * inputs / group * kernel * kernel];
            foreach (ref sbyte v in w.AsSpan()) v = (sbyte)random.Next(-127, 128);
            g.Initializer($"{name} w", w, half, inputs / group, kernel, kernel);
            long pad = kernel / 2;
            g.Node("QLinearConv", [x, "scale", "zero", $"{name} w", "w scale", "w zero", "scale", "zero"], [name], AttributeProto.Of("pads", [pad, pad, pad, pad]), AttributeProto.Of("group", (long)group));
            return name;
        }

        string a = Conv("x", "a", half, 3), b = Conv(a, "b", half, 1);
        g.Node("com.microsoft", "QLinearAdd", [a, "scale", "zero", b, "scale", "zero", "scale", "zero"], ["sum"]);
        g.Node("com.microsoft", "QLinearConcat", ["half scale", "zero", "sum", "scale", "zero", b, "scale", "zero"], ["joined"], AttributeProto.Of("axis", 1L));
        g.Initializer("apart", [1L, 2, half, Size, Size], 5).Initializer("together", [1L, 2 * half, Size, Size], 4);
        g.Node("Reshape", ["joined", "apart"], ["planes"]).Node("Transpose", ["planes"], ["swapped"], AttributeProto.Of("perm", [0L, 2, 1, 3, 4])).Node("Reshape", ["swapped", "together"], ["shuffled"]);
        string d = Conv(Conv(Conv("shuffled", "c", 2 * half, 1), "depthwise", half, 3, half), "d", half, 1);
        ModelProto proto = g.Output(d).Build();
        var bytes = new byte[half * Size * Size];
        random.NextBytes(bytes);

        string found = Chains(proto, Tensor.Create<byte>(new Shape(1, half, Size, Size), bytes), isa);
        Assert.Contains("+QLinearAdd +QLinearConcat +ChannelShuffle", found, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_chain_hands_on_takes_no_memory_as_a_whole()
    {
        // Each of the tensors between takes 6 MB, of which threads have their rows; the first and the last are there at once.
        const int size = 160;
        WrittenOut g = new(17, 1, Channels, size, size);
        string y = "x";
        for (int i = 0; i < 4; i++) y = Conv(g, y, 2 * i + 1);
        ModelProto proto = g.Build(y);
        using InferenceSession one = new(Model.FromProto(proto, "test"), new SessionOptions { Threads = 1 }), two = new(Model.FromProto(proto, "test"), new SessionOptions { Threads = 2 });
        Assert.Equal(3, two.Describe().Steps.Count(s => s.Chained));
        Assert.True(two.Describe().ArenaBytes <= one.Describe().ArenaBytes * 9 / 8, $"{two.Describe().ArenaBytes} bytes for two threads, {one.Describe().ArenaBytes} for one");
    }

    [Fact]
    public void Few_pixels_and_large_weights_are_left_to_each_step()
    {
        WrittenOut g = new(17, 1, Channels, 7, 7);
        string y = Conv(g, Conv(g, "x", 1), 3);
        using var few = new InferenceSession(Model.FromProto(g.Build(y), "test"), new SessionOptions { Threads = 2 });
        Assert.All(few.Describe().Steps, s => Assert.False(s.Chained));

        g = Written();
        y = Conv(g, Conv(g, "x", 1, outputs: 8192), 3, inputs: 8192);
        using var large = new InferenceSession(Model.FromProto(g.Build(y), "test"), new SessionOptions { Threads = 2 });
        Assert.All(large.Describe().Steps, s => Assert.False(s.Chained));
    }
}
