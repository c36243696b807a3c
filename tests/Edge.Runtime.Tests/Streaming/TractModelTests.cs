using Edge.OnnxRuntime;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Streaming;

/// <summary>The models of tract that bring inputs and expected outputs along.</summary>
public class TractModelTests
{
    /// <param name="folder">Of the model.</param>
    /// <param name="tolerance">Allowed difference; none where everything is quantized.</param>
    /// <param name="skipped">Rows by which the expected output begins earlier: what a window over the edge would give.</param>
    [Theory]
    [InlineData("models/tract_byte_sb_bidi_lstm", 1e-5)]
    [InlineData("models-int8/tract_q/qrelu_1", 0)]
    [InlineData("models-int8/tract_q/qsigmoid_1", 0)]
    [InlineData("models-int8/tract_q/qtanh_1", 0)]
    [InlineData("models-int8/tract_q/qlstm_3-2-3_T3_S1", 0)]
    [InlineData("models-int8/tract_q/qtdnn_10x5_101_i32_biases", 0, 1)]
    public void The_outputs_are_the_expected_ones(string folder, double tolerance, int skipped = 0)
    {
        string file = SharedData.Require($"{folder}/model.onnx");
        var arrays = NumpyArchive.Read(SharedData.Require($"{folder}/io.npz"));
        Tensor input = arrays[0].Value, expected = arrays[1].Value;
        using var oracle = OnnxRuntimeSession.Load(file, new OnnxRuntimeOptions { Threads = 1 });
        Tensor theirs = oracle.Run(input)[0];
        foreach (bool optimize in (bool[])[true, false])
        {
            using var model = Model.Load(file);
            using var session = new InferenceSession(model, new SessionOptions { Optimize = optimize });
            Tensor ours = session.Run(input)[0];
            Assert.Equal(theirs.Shape, ours.Shape);
            var wanted = expected.AsSpan<float>().Slice(skipped * ours.Shape[^1], ours.Count);
            for (int i = 0; i < ours.Count; i++)
            {
                Assert.Equal(wanted[i], ours.AsSpan<float>()[i], tolerance);
                Assert.Equal(theirs.AsSpan<float>()[i], ours.AsSpan<float>()[i], tolerance);
            }
        }
    }
}
