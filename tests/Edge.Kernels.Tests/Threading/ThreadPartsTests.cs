using Edge.Kernels.Threading;
using Xunit;

namespace Edge.Kernels.Tests.Threading;

/// <summary>Where the parts of memory lie that threads divide.</summary>
public class ThreadPartsTests
{
    [Fact]
    public void Whatever_is_needed_parts_of_one_memory_lie_at_the_same_places()
    {
        foreach (int least in (int[])[64, 1024, 4096]) Assert.Equal(4096, ThreadParts.Stride(3 * 4096 + 100, 3, least));
        Assert.Equal(64, ThreadParts.Stride(200, 2, 64));
    }

    [Fact]
    public void Parts_have_what_they_need() => Assert.Equal(640, ThreadParts.Stride(1000, 2, 640));
}
