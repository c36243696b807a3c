using Edge.Onnx;
using Edge.OnnxRuntime;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Sessions;

/// <summary>Runs a model here, with and without passes and on every kernel set, and in ONNX Runtime.</summary>
internal static class EngineComparison
{
    private static readonly OnnxRuntimeOptions s_asWritten = new() { Optimization = Microsoft.ML.OnnxRuntime.GraphOptimizationLevel.ORT_DISABLE_ALL };

    /// <summary>Fails unless all float outputs agree within <paramref name="tolerance"/> of the output's range, and all others exactly.</summary>
    /// <param name="proto">The model.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="tolerance">Of the range.</param>
    /// <param name="asWritten">ONNX Runtime runs every node as it stands: on its own account it quantizes activations of products with stored weights.</param>
    public static void AssertAgrees(ModelProto proto, IReadOnlyList<Tensor> inputs, double tolerance = 1e-5, bool asWritten = false) =>
        AssertAgreesInTurn(proto, [[.. inputs]], tolerance, asWritten);

    /// <summary>As <see cref="AssertAgrees"/>, for inputs of several shapes that one session is given one after another, twice.</summary>
    public static void AssertAgreesInTurn(ModelProto proto, Tensor[][] inputs, double tolerance = 1e-5, bool asWritten = false)
    {
        var options = asWritten ? s_asWritten : new OnnxRuntimeOptions();
        using var oracle = OnnxRuntimeSession.Load(Bytes(proto), "test", options);
        Tensor[][] expected = [.. inputs.Select(set => oracle.Run(set).Select(t => t.Clone()).ToArray())];
        foreach (bool optimize in (bool[])[true, false])
        {
            foreach (var isa in Kernels.KernelCatalog.Available)
            {
                using var model = Model.FromProto(proto, "test");
                using var session = new InferenceSession(model, new SessionOptions { Optimize = optimize, Isa = isa.Name, Threads = 2 });
                for (int run = 0; run < 2 * inputs.Length; run++)
                {
                    int set = run % inputs.Length;
                    var actual = session.Run(inputs[set]);
                    for (int i = 0; i < expected[set].Length; i++)
                        AssertClose(expected[set][i], actual[i], tolerance, $"output {i} on {isa.Name}, {(optimize ? "optimized" : "as it is")}, run {run}");
                }
            }
        }
    }

    /// <summary>The model as a file holds it.</summary>
    public static byte[] Bytes(ModelProto proto)
    {
        using var stream = new MemoryStream();
        OnnxWriter.Write(proto, stream);
        return stream.ToArray();
    }

    /// <summary>
    /// Fails unless our integer form of the model gives, on every kernel set, the same bytes, and differs from ONNX Runtime
    /// running every node as it stands by no more than one <paramref name="step"/>, and by that in at most 2% of the values.
    /// </summary>
    public static void AssertWithinStep(ModelProto proto, IReadOnlyList<Tensor> inputs, float step)
    {
        using var oracle = OnnxRuntimeSession.Load(Bytes(proto), "test", s_asWritten);
        var expected = oracle.Run([.. inputs])[0].Clone().AsSpan<float>().ToArray();
        float[]? first = null;
        foreach (var isa in Kernels.KernelCatalog.Available)
        {
            using var session = new InferenceSession(Model.FromProto(proto, "test"), new SessionOptions { Isa = isa.Name, Threads = 2 });
            var actual = session.Run([.. inputs])[0].AsSpan<float>().ToArray();
            first ??= actual;
            Assert.Equal(first, actual);
            Assert.Equal(expected.Length, actual.Length);
            int off = 0;
            for (int i = 0; i < actual.Length; i++)
            {
                float d = Math.Abs(actual[i] - expected[i]);
                Assert.True(d <= step * 1.001f, $"{isa.Name}: element {i} is {actual[i]} instead of {expected[i]}");
                if (d > step * 0.01f) off++;
            }

            Assert.True(off <= Math.Max(1, actual.Length / 50), $"{isa.Name}: {off} of {actual.Length} elements are a step off");
        }
    }

    public static Tensor Random(int seed, params int[] dims)
    {
        var random = new Random(seed);
        var t = Tensor.Create<float>(new Shape(dims));
        foreach (ref float v in t.AsSpan<float>()) v = random.NextSingle() * 4 - 2;
        return t;
    }

    private static void AssertClose(Tensor expected, Tensor actual, double tolerance, string what)
    {
        Assert.Equal(expected.Type, actual.Type);
        Assert.True(expected.Shape == actual.Shape, $"{what}: {actual} instead of {expected}");
        if (expected.Type != DataType.Float32)
        {
            Assert.True(expected.Bytes.SequenceEqual(actual.Bytes), $"{what}: other values");
            return;
        }

        var e = expected.AsSpan<float>();
        var a = actual.AsSpan<float>();
        double range = Math.Max(1, e.ToArray().Select(Math.Abs).DefaultIfEmpty().Max());
        for (int i = 0; i < e.Length; i++)
            Assert.True(Math.Abs((double)e[i] - a[i]) <= tolerance * range, $"{what}: element {i} is {a[i]} instead of {e[i]}");
    }
}
