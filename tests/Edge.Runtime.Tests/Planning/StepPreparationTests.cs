using Edge.Onnx;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Planning;

public sealed class StepPreparationTests
{
    /// <summary>The last three of many convolutions.</summary>
    [Fact]
    public void Of_nodes_that_cannot_be_prepared_the_first_is_named()
    {
        var model = new OnnxGraphBuilder().Input("x0", DataType.Float32, 1, 4, 16, 16).Initializer("w", new float[16], 4, 4, 1, 1).Initializer("large", new float[400], 4, 4, 5, 5);
        const int Nodes = 12;
        for (int i = 0; i < Nodes; i++)
            model.Node("Conv", [$"x{i}", i < Nodes - 3 ? "w" : "large"], [$"x{i + 1}"], AttributeProto.Of("auto_pad", "SAME_UPPER"));
        byte[] bytes = model.Output($"x{Nodes}").ToBytes();
        for (int i = 0; i < 20; i++)
        {
            using var loaded = Model.Load(bytes, "test");
            var options = new SessionOptions { Threads = 4, Limits = new SessionLimits { MaxNodeWork = 50_000 } };
            var e = Assert.Throws<ModelException>(() => new InferenceSession(loaded, options));
            Assert.Contains(nameof(SessionLimits.MaxNodeWork), e.Message, StringComparison.Ordinal);
            Assert.Contains($"'Conv_{Nodes - 3}'", e.Message, StringComparison.Ordinal);
        }
    }
}
