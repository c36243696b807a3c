using Edge.OnnxRuntime;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Streaming;

/// <summary>A model that is run step by step, its state outputs becoming its state inputs.</summary>
/// <param name="path">Under <c>shared/data</c>.</param>
/// <param name="inputs">The inputs of a step; those of the state count only for the first one.</param>
/// <param name="states">The outputs that are fed back, and where.</param>
internal sealed class StreamedModel(string path, Func<int, Tensor[]> inputs, params (int Output, int Input)[] states)
{
    public const int Steps = 60;

    /// <summary>
    /// Runs both engines, each on its own state, and fails unless at every step every output is within 10⁻⁴ of ONNX Runtime's
    /// range over the whole run.
    /// </summary>
    /// <returns>What ONNX Runtime returned.</returns>
    public IReadOnlyList<Tensor[]> AssertAgrees(int threads = 1)
    {
        string file = SharedData.Require(path);
        using var oracle = OnnxRuntimeSession.Load(file, new OnnxRuntimeOptions { Threads = 1 });
        using var model = Model.Load(file);
        using var session = new InferenceSession(model, new SessionOptions { Threads = threads });
        var expected = Run(oracle);
        var actual = Run(session);
        for (int output = 0; output < expected[0].Length; output++)
        {
            float[] all = [.. expected.SelectMany(s => s[output].AsSpan<float>().ToArray())];
            float range = all.Max() - all.Min();
            Assert.True(range > 0, $"{path}: output {output} never changes");
            for (int step = 0; step < expected.Count; step++)
            {
                Tensor e = expected[step][output], a = actual[step][output];
                Assert.True(e.Shape == a.Shape, $"{path}: output {output} of step {step} is {a} instead of {e}");
                for (int i = 0; i < e.Count; i++)
                    Assert.True(Math.Abs(e.AsSpan<float>()[i] - a.AsSpan<float>()[i]) <= 1e-4f * range,
                        $"{path}: element {i} of output {output} of step {step} is {a.AsSpan<float>()[i]} instead of {e.AsSpan<float>()[i]}; the output ranges over {range}");
            }
        }

        return expected;
    }

    /// <summary>A session in which each call of the result is a step with inputs made before; what is fed back is the session's own tensor.</summary>
    public (InferenceSession Session, Action Step) Start(int threads)
    {
        Tensor[][] made = [.. Enumerable.Range(0, Steps).Select(inputs)];
        using var model = Model.Load(SharedData.Require(path));
        var session = new InferenceSession(model, new SessionOptions { Threads = threads });
        int step = 0;
        IReadOnlyList<Tensor>? before = null;
        return (session, () =>
        {
            var x = made[step++ % Steps];
            if (before is not null)
                foreach (var (output, input) in states) x[input] = before[output];
            before = session.Run(x);
        });
    }

    public override string ToString() => path;

    private List<Tensor[]> Run(IInferenceSession session)
    {
        var results = new List<Tensor[]>();
        for (int step = 0; step < Steps; step++)
        {
            var x = inputs(step);
            if (step > 0)
                foreach (var (output, input) in states) x[input] = results[^1][output];
            results.Add([.. session.Run(x).Select(t => t.Clone())]);
        }

        return results;
    }
}
