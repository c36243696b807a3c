using Edge.Runtime.Tests.Sessions;
using Xunit;

namespace Edge.Runtime.Tests.Streaming;

[Collection("alone")]
public class StreamingAllocationTests
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
    public void A_step_allocates_nothing_after_warming_up(string name)
    {
        foreach (int threads in (int[])[1, 2])
        {
            var (session, step) = StreamedModels.Get(name).Start(threads);
            using (session) Assert.Equal(0, AllocationTests.Allocated(step));
        }
    }
}
