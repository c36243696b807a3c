using Edge.Onnx;
using Edge.OnnxRuntime;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Sessions;

/// <summary>Runs a model here, with and without passes and on every kernel set, and in ONNX Runtime.</summary>
internal static class EngineComparison
{
    /// <summary>Fails unless all float outputs agree within <paramref name="tolerance"/> of the output's range, and all others exactly.</summary>
    public static void AssertAgrees(ModelProto proto, IReadOnlyList<Tensor> inputs, double tolerance = 1e-5)
    {
        using var stream = new MemoryStream();
        OnnxWriter.Write(proto, stream);
        using var oracle = OnnxRuntimeSession.Load(stream.ToArray(), "test");
        var expected = oracle.Run([.. inputs]);
        foreach (bool optimize in (bool[])[true, false])
        {
            foreach (var isa in Kernels.KernelCatalog.Available)
            {
                using var model = Model.FromProto(proto, "test");
                using var session = new InferenceSession(model, new SessionOptions { Optimize = optimize, Isa = isa.Name, Threads = 2 });
                for (int run = 0; run < 2; run++)
                {
                    var actual = session.Run([.. inputs]);
                    for (int i = 0; i < expected.Count; i++)
                        AssertClose(expected[i], actual[i], tolerance, $"output {i} on {isa.Name}, {(optimize ? "optimized" : "as it is")}, run {run}");
                }
            }
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
        double range = Math.Max(1, e.ToArray().Max(Math.Abs));
        for (int i = 0; i < e.Length; i++)
            Assert.True(Math.Abs((double)e[i] - a[i]) <= tolerance * range, $"{what}: element {i} is {a[i]} instead of {e[i]}");
    }
}
