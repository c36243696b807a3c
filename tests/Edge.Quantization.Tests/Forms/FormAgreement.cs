using Edge.Onnx;
using Edge.OnnxRuntime;
using Edge.Quantization.Report;
using Edge.Runtime;
using Edge.Tensors;
using Microsoft.ML.OnnxRuntime;
using Xunit;

namespace Edge.Quantization.Tests.Forms;

/// <summary>Runs models of all forms on this project's runtime and on ONNX Runtime.</summary>
internal static class FormAgreement
{
    /// <summary>The outputs of a model on this project's runtime, which must be those of ONNX Runtime, as it is written and at its highest level.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="optimizedDb">
    /// How near ONNX Runtime must be at its highest level, where it quantizes the activations of products with stored weights on
    /// its own account.
    /// </param>
    public static Tensor[] Run(ModelProto model, Tensor[] inputs, double optimizedDb = 60)
    {
        using IInferenceSession own = new QuantizationOptions().Sessions(model, "test"), oracle = Oracle.Session(model);
        using OnnxRuntimeSession plain = Plain(model);
        Tensor[] outputs = [.. own.Run(inputs).Select(t => t.Clone())];
        Near(plain.Run(inputs), outputs, 60);
        Near(oracle.Run(inputs), outputs, optimizedDb);
        return outputs;
    }

    public static void Near(IReadOnlyList<Tensor> expected, IReadOnlyList<Tensor> actual, double leastDb)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++)
        {
            Assert.Equal(expected[i].Shape, actual[i].Shape);
            var ratio = new SignalToNoise();
            ratio.Add(expected[i].AsSpan<float>(), actual[i].AsSpan<float>());
            Assert.InRange(ratio.SqnrDb, leastDb, double.PositiveInfinity);
        }
    }

    public static IReadOnlyList<Tensor> Float(ModelProto model, Tensor[] inputs)
    {
        using IInferenceSession session = Oracle.Session(model);
        return [.. session.Run(inputs).Select(t => t.Clone())];
    }

    private static OnnxRuntimeSession Plain(ModelProto model)
    {
        using var stream = new MemoryStream();
        OnnxWriter.Write(model, stream);
        return OnnxRuntimeSession.Load(stream.ToArray(), "test", new OnnxRuntimeOptions { Threads = 1, Spin = false, Optimization = GraphOptimizationLevel.ORT_DISABLE_ALL });
    }
}
