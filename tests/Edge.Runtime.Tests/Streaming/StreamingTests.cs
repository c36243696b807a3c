using Xunit;

namespace Edge.Runtime.Tests.Streaming;

public class StreamingTests
{
    [Theory]
    [InlineData("silero_vad")]
    [InlineData("silero_vad at 8 kHz")]
    [InlineData("silero_vad_16k_op15")]
    [InlineData("dtln")]
    [InlineData("cwru_bigru")]
    [InlineData("cmapss_lstm")]
    [InlineData("sww")]
    [InlineData("bidi_lstm")]
    public void A_model_agrees_with_ONNX_Runtime_at_every_step(string name)
    {
        StreamedModels.Get(name).AssertAgrees();
        StreamedModels.Get(name).AssertAgrees(threads: 2);
    }
}
