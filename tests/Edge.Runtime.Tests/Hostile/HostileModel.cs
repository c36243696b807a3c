using Edge.Onnx;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Hostile;

/// <summary>Models that somebody wrote to do harm; each is what <c>tools/Edge.Fuzz</c> found, made small.</summary>
internal static class HostileModel
{
    public static readonly SessionLimits Limits = new() { MaxActivationBytes = 16 << 20, MaxFoldedBytes = 1 << 20, MaxNodes = 1000, MaxLoopIterations = 100 };

    /// <summary>Reads the model from its bytes, makes a session and runs it once. Throws what the product throws.</summary>
    public static Tensor[] Run(OnnxGraphBuilder builder, params Tensor[] inputs) => Run(builder, Limits, inputs);

    /// <inheritdoc cref="Run(OnnxGraphBuilder, Tensor[])"/>
    public static Tensor[] Run(OnnxGraphBuilder builder, SessionLimits limits, params Tensor[] inputs)
    {
        using var model = Model.Load(builder.ToBytes(), "hostile.onnx");
        using var session = new InferenceSession(model, new SessionOptions { Threads = 1, Limits = limits });
        return [.. session.Run(inputs).Select(t => t.Clone())];
    }

    /// <summary>Fails unless the model is refused with a message that has <paramref name="words"/>.</summary>
    public static void AssertRefused(string words, OnnxGraphBuilder builder, params Tensor[] inputs)
    {
        var e = Assert.Throws<ModelException>(() => Run(builder, inputs));
        Assert.True(e.Message.Contains(words, StringComparison.Ordinal), e.Message);
        Assert.StartsWith("hostile.onnx", e.Message, StringComparison.Ordinal);
    }

    public static Tensor Floats(params int[] dims) => Tensor.Create<float>(new Shape(dims));

    public static Tensor Longs(params long[] elements) => Tensor.Create<long>(new Shape(elements.Length), elements);
}
